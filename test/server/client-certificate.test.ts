import t from 'tap'
import { postBytes } from '../support/raw-tls-client.ts'
import { authority, startServer } from '../support/review-server.ts'
import { createTestAuthority, type TestCertificate } from '../support/test-certificates.ts'

const POST = postBytes('/validate/bindings', '{}')

const clients = createTestAuthority('client CA')
const strangers = createTestAuthority('another CA')

const tls = ({ certificatePem, privateKeyPem }: TestCertificate) => ({ cert: certificatePem, key: privateKeyPem })

const table = [
  { name: 'a client with an allowed common name may ask', certificate: clients.client('kube-apiserver'), want: null },
  {
    name: 'a client with an allowed DNS name may ask',
    certificate: clients.client('other', ['x.example', 'api.example']),
    want: null,
  },
  {
    name: 'a client with other names may not',
    certificate: clients.client('other', ['x.example']),
    want: 'client certificate: expected the name kube-apiserver or api.example, found other, x.example',
  },
  {
    name: 'a DNS name that imitates two names is no name',
    certificate: clients.client('other', ['x, DNS:api.example']),
    want: 'client certificate: expected the name kube-apiserver or api.example, found other',
  },
  {
    name: 'a client of another CA may not, whatever its name',
    certificate: strangers.client('kube-apiserver'),
    want: 'client certificate: expected one signed by the client CA, found one that is not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
  },
  {
    name: 'a client without a certificate may not',
    certificate: null,
    want: 'client certificate: expected one signed by the client CA, found none',
  },
]

for (const { name, certificate, want } of table) {
  t.test(name, async t => {
    const { connect } = await startServer(t, {
      clientAuthority: { caPem: clients.caPem, names: new Set(['kube-apiserver', 'api.example']) },
    })
    const client = await connect(certificate === null ? {} : tls(certificate))
    for (const bytes of [POST, POST]) {
      client.write(bytes)
      const answer = await client.answer()
      t.equal(answer.statusCode, want === null ? 200 : 403)
      if (want !== null) t.equal(JSON.parse(answer.body).message, want)
    }
  })
}

t.test('without names any client of the CA may ask', async t => {
  const { connect } = await startServer(t, { clientAuthority: { caPem: clients.caPem, names: new Set() } })
  const client = await connect(tls(clients.client('anybody')))
  client.write(POST)
  t.equal((await client.answer()).statusCode, 200)
  const stranger = await connect(tls(strangers.client('anybody')))
  stranger.write(POST)
  t.equal((await stranger.answer()).statusCode, 403)
})

t.test('without a client CA nobody is asked for a certificate', async t => {
  const { connect } = await startServer(t)
  const client = await connect()
  client.write(POST)
  t.equal((await client.answer()).statusCode, 200)
})

t.test('a resumed session is judged by the certificate of the first one', async t => {
  const { connect } = await startServer(t, {
    clientAuthority: { caPem: clients.caPem, names: new Set(['kube-apiserver']) },
  })
  for (const { certificate, code } of [
    { certificate: clients.client('kube-apiserver'), code: 200 },
    { certificate: clients.client('other'), code: 403 },
    { certificate: strangers.client('kube-apiserver'), code: 403 },
  ]) {
    const first = await connect({ ...tls(certificate), maxVersion: 'TLSv1.3' })
    const session = new Promise<Buffer>(resolve => first.socket.once('session', resolve))
    first.write(POST)
    t.equal((await first.answer()).statusCode, code)
    const second = await connect({ ...tls(certificate), session: await session })
    second.write(POST)
    t.equal((await second.answer()).statusCode, code)
    t.ok(second.socket.isSessionReused())
  }
})

t.test('the CA of the server is no CA of clients', async t => {
  const { connect } = await startServer(t, { clientAuthority: { caPem: clients.caPem, names: new Set() } })
  const client = await connect(tls(authority.client('kube-apiserver')))
  client.write(POST)
  t.equal((await client.answer()).statusCode, 403)
})
