import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { parseAllDocuments } from 'yaml'
import { run } from '../../src/cli/run.ts'
import { certificateSecret } from '../../src/cli/webhook-objects.ts'
import { checkCertificate } from '../../src/tls/check-certificate.ts'
import { issueCertificates } from '../../src/tls/issue-certificates.ts'

const NOW_MS = Date.parse('2026-11-22T10:00:00Z')
const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/soci-guard'
const SECRET = '/api/v1/namespaces/soci-guard-system/secrets/soci-guard-tls'

const certs = async (...args: string[]) => {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await run(['certs', ...args], {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => stdout.push(text) > 0 },
    stderr: { write: (text: string) => stderr.push(text) > 0 },
    env: {},
    nowMs: () => NOW_MS,
    onStopSignal: () => {},
    exit: () => {},
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

interface Printed {
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly type?: string
  readonly data?: Readonly<Record<string, string>>
  readonly webhooks?: readonly { name: string; clientConfig: { caBundle: string } }[]
}

const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8')

const issue = () =>
  issueCertificates({ dnsNames: ['x'], ipAddresses: ['127.0.0.1'], validityDays: 9, nowMs: Date.now() })

t.test(
  'the Secret holds a certificate for all names of the Service, and what the webhooks trust has signed it',
  async t => {
    const { code, stdout } = await certs('--namespace', 'guards', '--service', 'guard', '--validity-days', '30')
    t.equal(code, 0)
    const [configuration, secret] = parseAllDocuments(stdout).map(document => document.toJS() as Printed)
    t.match(secret, { metadata: { name: 'soci-guard-tls', namespace: 'guards' }, type: 'kubernetes.io/tls' })
    t.strictSame(Object.keys(secret?.data ?? {}), ['ca.crt', 'tls.crt', 'tls.key'], "and not the authority's key")
    const texts = {
      certificatePem: decode(secret?.data?.['tls.crt']),
      privateKeyPem: decode(secret?.data?.['tls.key']),
    }
    t.equal(checkCertificate('.', texts, NOW_MS).notAfterMs, NOW_MS + 30 * 86_400_000)
    const leaf = new X509Certificate(texts.certificatePem)
    t.equal(
      leaf.subjectAltName,
      'DNS:guard, DNS:guard.guards, DNS:guard.guards.svc, DNS:guard.guards.svc.cluster.local',
    )
    t.strictSame(
      configuration?.webhooks?.map(({ name }) => name),
      ['bindings.soci-guard.dev', 'pods.soci-guard.dev', 'advisory.soci-guard.dev'],
    )
    for (const { clientConfig } of configuration?.webhooks ?? []) {
      t.ok(leaf.verify(new X509Certificate(decode(clientConfig.caBundle)).publicKey))
      t.equal(clientConfig.caBundle, secret?.data?.['ca.crt'])
    }
  },
)

t.test('JSON is one List, and more names may be added', async t => {
  const { stdout } = await certs(
    '--service',
    'soci-guard',
    '-o',
    'json',
    '--dns-name',
    'guard.example',
    '--ip',
    '10.0.0.7',
  )
  const { kind, items } = JSON.parse(stdout) as { kind: string; items: Printed[] }
  t.equal(kind, 'List')
  t.strictSame(
    items.map(item => [item.kind, item.metadata.namespace]),
    [
      ['ValidatingWebhookConfiguration', undefined],
      ['Secret', 'soci-guard-system'],
    ],
  )
  const { subjectAltName } = new X509Certificate(decode(items[1]?.data?.['tls.crt']))
  t.match(subjectAltName, /, DNS:guard\.example, IP Address:10\.0\.0\.7$/)
})

const REFUSED = [
  { args: ['-n', 'guards'], want: '--namespace: needs --service, the Service of the webhook' },
  { args: ['--apply'], want: '--apply: needs --service, the Service of the webhook' },
  { args: ['--service', 'a', '--force'], want: '--force: is about files, and with --service none are written' },
  { args: ['--service', 'a', '--context', 'c'], want: '--kubeconfig and --context: need --apply' },
  { args: ['--service', 'A'], want: '--service A: expected lower-case letters, digits and -, at most 63' },
  {
    args: ['--service', 'a', '-n', 'a.b'],
    want: '--namespace a.b: expected lower-case letters, digits and -, at most 63',
  },
]

for (const { args, want } of REFUSED) {
  t.test(`refused: certs ${args.join(' ')}`, async t => {
    t.strictSame(await certs(...args), { code: 2, stdout: '', stderr: `soci-guard: ${want}\n` })
  })
}

interface Call {
  readonly method: string
  readonly url: string
  readonly contentType: string | undefined
  readonly body: Printed | null
}

/** An API server that holds the given objects by path and takes every patch. */
const startApiServer = async (t: Test, objects: Readonly<Record<string, object>>) => {
  const serving = await issue()
  const calls: Call[] = []
  const server = createServer(
    { cert: serving.certificatePem, key: serving.privateKeyPem },
    async (request, response) => {
      let body = ''
      for await (const chunk of request.setEncoding('utf8')) body += chunk
      const { method = '', url = '' } = request
      calls.push({
        method,
        url,
        contentType: request.headers['content-type'],
        body: body === '' ? null : JSON.parse(body),
      })
      const found = method === 'PATCH' ? {} : objects[url]
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(found ?? { kind: 'Status', message: `${url} not found` }))
    },
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const kubeconfig = join(t.testdir({}), 'kubeconfig')
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(serving.authorityPem).toString('base64'),
  }
  const text = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(text))
  return { calls, apply: () => certs('--service', 'soci-guard', '--apply', '--kubeconfig', kubeconfig) }
}

t.test('the authority is applied before the certificate, by a field manager of its own', async t => {
  const { calls, apply } = await startApiServer(t, { [CONFIGURATION]: {} })
  t.strictSame(await apply(), {
    code: 0,
    stdout: `applied ValidatingWebhookConfiguration soci-guard: caBundle
applied Secret soci-guard-system/soci-guard-tls
The certificate is good for soci-guard, soci-guard.soci-guard-system, soci-guard.soci-guard-system.svc, soci-guard.soci-guard-system.svc.cluster.local until 2027-11-22.
Running replicas take it when the kubelet has brought it to them, within about two minutes; until then the old one counts too.
`,
    stderr: '',
  })
  const [authorities, secret, ...more] = calls.filter(({ method }) => method !== 'GET')
  t.strictSame(more, [])
  t.equal(authorities?.url, `${CONFIGURATION}?fieldManager=soci-guard-certs&force=true`)
  t.equal(secret?.url, `${SECRET}?fieldManager=soci-guard-certs&force=true`)
  t.strictSame([authorities?.contentType, secret?.contentType], Array(2).fill('application/apply-patch+yaml'))
  t.equal(authorities?.body?.webhooks?.[0]?.clientConfig.caBundle, secret?.body?.data?.['ca.crt'])
})

t.test('the authority of the certificate that replicas still serve stays trusted, and older ones do not', async t => {
  const before = await issue()
  const secret = certificateSecret('soci-guard-system', before)
  const { calls, apply } = await startApiServer(t, { [CONFIGURATION]: {}, [SECRET]: secret })
  t.equal((await apply()).code, 0)
  const [authorities, written] = calls.filter(({ method }) => method === 'PATCH')
  for (const { clientConfig } of authorities?.body?.webhooks ?? []) {
    t.equal(decode(clientConfig.caBundle), `${decode(written?.body?.data?.['ca.crt'])}${before.authorityPem}`)
  }
  t.equal(decode(written?.body?.data?.['ca.crt']).match(/BEGIN CERTIFICATE/g)?.length, 1)
})

t.test('what cannot be read as an authority was trusted by nobody', async t => {
  const { calls, apply } = await startApiServer(t, { [CONFIGURATION]: {}, [SECRET]: { data: { 'ca.crt': 'eA==' } } })
  t.equal((await apply()).code, 0)
  const [authorities, written] = calls.filter(({ method }) => method === 'PATCH')
  t.equal(authorities?.body?.webhooks?.[0]?.clientConfig.caBundle, written?.body?.data?.['ca.crt'])
})

t.test('nothing is written before the manifests are there', async t => {
  const { calls, apply } = await startApiServer(t, {})
  const want = `soci-guard: the cluster has no ValidatingWebhookConfiguration soci-guard; apply the manifests first: kubectl apply -k manifests/overlays/audit\n`
  t.strictSame(await apply(), { code: 2, stdout: '', stderr: want })
  t.notOk(calls.some(({ method }) => method !== 'GET'))
})

t.test('a Secret that cert-manager keeps is left to it', async t => {
  const kept = { metadata: { annotations: { 'cert-manager.io/certificate-name': 'soci-guard' } } }
  const { calls, apply } = await startApiServer(t, { [CONFIGURATION]: {}, [SECRET]: kept })
  const want = 'soci-guard: cert-manager keeps the Secret soci-guard-system/soci-guard-tls up to date\n'
  t.strictSame(await apply(), { code: 2, stdout: '', stderr: want })
  t.notOk(calls.some(({ method }) => method !== 'GET'))
})
