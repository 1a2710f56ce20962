import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import {
  type CertificateKeeper,
  type CertificateKeeperDeps,
  createCertificateKeeper,
} from '../../../src/controller/certificates/certificate-keeper.ts'
import { issueCertificates } from '../../../src/tls/issue-certificates.ts'
import { type FakeCertificateApi, type Stored, startFakeCertificateApi } from './fake-certificate-api.ts'

const NAMES = ['guard', 'guard.guards', 'guard.guards.svc', 'guard.guards.svc.cluster.local']
const DAY_MS = 86_400_000
const YEARS_MS = 3 * 365 * DAY_MS
const TO_RENEWAL_MS = (YEARS_MS * 2) / 3 + DAY_MS

// Conditions here read keys and certificates: asked too often they take the time that the keeper needs.
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 20))
}

interface Kept {
  readonly keeper: CertificateKeeper
  readonly steps: string[]
  readonly said: object[]
}

const start = async (t: Test): Promise<FakeCertificateApi> => {
  const api = await startFakeCertificateApi()
  t.teardown(() => api.close())
  return api
}

const keep = (t: Test, api: FakeCertificateApi, deps: Partial<CertificateKeeperDeps> = {}): Kept => {
  const steps: string[] = []
  const said: object[] = []
  const keeper = createCertificateKeeper({
    connection: api.connection,
    service: { namespace: 'guards', name: 'guard', portName: 'https' },
    webhookConfiguration: 'hooks',
    servingSecret: 'tls',
    authoritySecret: 'ca',
    lives: { authorityMs: YEARS_MS, servingMs: 90 * DAY_MS, dnsNames: NAMES },
    times: { settleMs: 200, lingerMs: 200 },
    pollMs: 20,
    log: { info: () => {}, warn: (fields, message) => said.push({ ...fields, message }) },
    recorder: { looked: () => {}, wrote: step => steps.push(step) },
    nowMs: Date.now,
    steadyMs: () => performance.now(),
    ...deps,
  })
  t.teardown(() => keeper.stop())
  keeper.start()
  return { keeper, steps, said }
}

const authorities = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map(block => new X509Certificate(block))
const ids = (pem: string): string[] => authorities(pem).map(({ fingerprint256 }) => fingerprint256)
const leafOf = (api: FakeCertificateApi): string => api.text('tls', 'tls.crt')

const isKeyOf = (certificatePem: string, privateKeyPem: string): boolean => {
  if (!/BEGIN/.test(certificatePem) || !/BEGIN/.test(privateKeyPem)) return false
  return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem))
}

/** One authority, which every webhook trusts and which signed the leaf; keys and certificates belong together. */
const isAtRest = (api: FakeCertificateApi): boolean => {
  const [authority, ...older] = authorities(api.text('ca', 'ca.crt'))
  if (authority === undefined || older.length > 0) return false
  const belongs =
    isKeyOf(leafOf(api), api.text('tls', 'tls.key')) && isKeyOf(authority.toString(), api.text('ca', 'ca.key'))
  const isTrusted = api.bundles().every(bundle => ids(bundle).join() === authority.fingerprint256)
  return belongs && isTrusted && new X509Certificate(leafOf(api)).verify(authority.publicKey)
}

/** A replica that serves what `load` gave it last. */
const startReplica = async (t: Test, api: FakeCertificateApi) => {
  const pair = () => ({ cert: api.text('tls', 'tls.crt'), key: api.text('tls', 'tls.key') })
  const server = createServer(pair())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  api.replicas.push({ port, ready: true })
  return { port, load: () => server.setSecureContext(pair()) }
}

/** What a TLS client says that trusts a bundle and calls the Service by its name. */
const call = (port: number, ca: string): Promise<string> =>
  new Promise(resolve => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca, servername: 'guard.guards.svc' })
    socket.on('secureConnect', () => resolve('trusted'))
    socket.on('error', error => resolve(error.message))
    socket.on('close', () => socket.destroy())
    socket.on('secureConnect', () => socket.end())
  })

t.test('a first installation: an authority, the caBundles, a leaf, at once and in this order', async t => {
  const api = await start(t)
  const startedMs = performance.now()
  const { keeper, steps } = keep(t, api, { times: { settleMs: 60_000, lingerMs: 60_000 } })
  await until(() => isAtRest(api) && steps.length > 2)
  t.ok(performance.now() - startedMs < 20_000, 'nobody was waited for')
  t.strictSame(steps, ['writeAuthorities', 'writeBundles', 'writeLeaf'])
  const first = api.server.requests.slice(0, 3).map(line => line.split('/').at(-1))
  t.strictSame(first, ['hooks', 'tls', 'ca'], 'what is written first is read last')
  t.equal(keeper.trouble(), null)
  t.strictSame(keeper.remarks?.(), [])
  t.match(api.get('tls'), {
    type: 'kubernetes.io/tls',
    metadata: { labels: { 'app.kubernetes.io/name': 'soci-guard' } },
  })
  t.strictSame(Object.keys(api.get('ca')?.data ?? {}), ['ca.crt', 'ca.key'])
  t.strictSame(Object.keys(api.get('tls')?.data ?? {}), ['ca.crt', 'tls.crt', 'tls.key'], "and not the authority's key")

  const leaf = new X509Certificate(leafOf(api))
  t.equal(leaf.subjectAltName, NAMES.map(name => `DNS:${name}`).join(', '))
  t.ok(leaf.validFromDate.getTime() <= Date.now() - 3_590_000, 'clocks may be an hour apart')
  const { port } = await startReplica(t, api)
  for (const bundle of api.bundles()) t.equal(await call(port, bundle), 'trusted')
})

const DAMAGE: { name: string; damage: (api: FakeCertificateApi) => void }[] = [
  { name: 'the Secret of the leaf is deleted', damage: api => api.edit('tls', () => undefined) },
  { name: 'the Secret of the authority is deleted', damage: api => api.edit('ca', () => undefined) },
  {
    name: 'both Secrets are deleted',
    damage: api => {
      api.edit('ca', () => undefined)
      api.edit('tls', () => undefined)
    },
  },
  {
    name: 'the key of the leaf is of another',
    damage: api => api.edit('tls', setKey('tls.key', api.text('ca', 'ca.key'))),
  },
  { name: 'the leaf is no certificate', damage: api => api.edit('tls', setKey('tls.crt', 'nonsense')) },
  { name: 'the authority beside the leaf is another', damage: api => api.edit('tls', setKey('ca.crt', '')) },
  { name: 'the key of the authority is gone', damage: api => api.edit('ca', object => ({ ...object, data: {} })) },
  { name: 'the authority is no certificate', damage: api => api.edit('ca', setKey('ca.crt', 'nonsense')) },
  { name: 'a caBundle is empty', damage: api => api.edit('hooks', setBundle(1, '')) },
  { name: 'a caBundle is nonsense', damage: api => api.edit('hooks', setBundle(2, 'nonsense')) },
  {
    name: 'a caBundle trusts somebody else too',
    damage: api => api.edit('hooks', setBundle(0, api.bundles()[0] + foreign.authorityPem)),
  },
  {
    name: 'the Secret was made immutable with nonsense in it',
    damage: api => api.edit('tls', object => ({ ...object, immutable: true, data: {} })),
  },
]

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const setKey =
  (key: string, text: string) =>
  (object: Stored): Stored => ({
    ...object,
    data: { ...object.data, [key]: base64(text) },
  })
const setBundle = (at: number, text: string) => (object: Stored) => ({
  ...object,
  webhooks: (object.webhooks ?? []).map((webhook, index) =>
    index === at ? { ...webhook, clientConfig: { caBundle: base64(text) } } : webhook,
  ),
})
const foreign = await issueCertificates({ dnsNames: NAMES, ipAddresses: [], validityDays: 9, nowMs: Date.now() })

for (const { name, damage } of DAMAGE) {
  t.test(`repaired: ${name}`, async t => {
    const api = await start(t)
    const { steps } = keep(t, api)
    await until(() => isAtRest(api))
    const { port, load } = await startReplica(t, api)
    steps.length = 0
    damage(api)
    await until(() => steps.length > 0)
    await until(() => {
      if (isKeyOf(leafOf(api), api.text('tls', 'tls.key'))) load()
      return isAtRest(api) && ids(api.text('tls', 'ca.crt')).length > 0
    })
    t.equal(await call(port, api.bundles()[0] ?? ''), 'trusted')
  })
}

t.test('an authority goes only when every replica is seen to serve what the next one signed', async t => {
  const api = await start(t)
  let nowMs = Date.now() - TO_RENEWAL_MS
  keep(t, api, { nowMs: () => nowMs, lives: { authorityMs: YEARS_MS, servingMs: YEARS_MS, dnsNames: NAMES } })
  await until(() => isAtRest(api))
  const slow = await startReplica(t, api)
  const quick = await startReplica(t, api)
  const [first = ''] = ids(api.text('ca', 'ca.crt'))
  const oldLeaf = leafOf(api)

  nowMs += TO_RENEWAL_MS
  await until(() => ids(api.bundles()[0] ?? '').length === 2)
  t.equal(leafOf(api), oldLeaf, 'both are trusted before the new one signs anything')
  const [second = ''] = ids(api.text('ca', 'ca.crt'))
  t.not(second, first)
  await until(() => leafOf(api) !== oldLeaf)
  quick.load()
  for (const port of [slow.port, quick.port])
    for (const bundle of api.bundles()) t.equal(await call(port, bundle), 'trusted')
  const asked = api.server.requests.length
  await until(() => api.server.requests.slice(asked).filter(line => line.includes('endpointslices')).length > 3)
  t.strictSame(ids(api.bundles()[0] ?? ''), [second, first], 'one replica serves the old one still')

  slow.load()
  await until(() => isAtRest(api))
  t.strictSame(ids(api.bundles()[0] ?? ''), [second])
  for (const port of [slow.port, quick.port]) t.equal(await call(port, api.bundles()[0] ?? ''), 'trusted')
})

t.test('a ready replica that does not answer holds an authority, and one that is not ready does not', async t => {
  const api = await start(t)
  let nowMs = Date.now() - TO_RENEWAL_MS
  keep(t, api, { nowMs: () => nowMs, lives: { authorityMs: YEARS_MS, servingMs: YEARS_MS, dnsNames: NAMES } })
  await until(() => isAtRest(api))
  const silent = { port: 1, ready: true }
  api.replicas.push(silent)
  nowMs += TO_RENEWAL_MS
  await until(() => api.server.requests.filter(line => line.includes('endpointslices')).length > 3)
  t.equal(ids(api.bundles()[0] ?? '').length, 2)
  silent.ready = false
  await until(() => isAtRest(api))
})

t.test('two keepers come to one authority and one leaf, also when both begin with nothing', async t => {
  const api = await start(t)
  const kept = [keep(t, api), keep(t, api)]
  await until(() => isAtRest(api))
  const version = () => ['ca', 'tls', 'hooks'].map(name => api.get(name as 'ca')?.metadata.resourceVersion).join()
  const before = version()
  const seen = api.server.requests.length
  await until(() => api.server.requests.length > seen + 30)
  t.equal(version(), before, 'and rest')
  const steps = kept.flatMap(one => one.steps)
  t.equal(steps.filter(step => step === 'writeAuthorities').length, 1)
  t.equal(steps.filter(step => step === 'writeBundles').length, 1)
  t.strictSame(
    kept.flatMap(one => one.said),
    [],
  )
})

t.test('certificates that a person made before are taken over without a gap', async t => {
  const api = await start(t)
  api.edit('hooks', object => ({
    ...object,
    webhooks: (object.webhooks ?? []).map(({ name }) => ({
      name,
      clientConfig: { caBundle: base64(foreign.authorityPem) },
    })),
  }))
  api.edit('tls', () => ({
    metadata: { name: 'tls', annotations: { kept: 'yes' } },
    type: 'kubernetes.io/tls',
    data: {
      'ca.crt': base64(foreign.authorityPem),
      'tls.crt': base64(foreign.certificatePem),
      'tls.key': base64(foreign.privateKeyPem),
    },
  }))
  const { port, load } = await startReplica(t, api)
  keep(t, api)
  const answers: string[] = []
  while (!isAtRest(api)) {
    load()
    for (const bundle of api.bundles()) answers.push(await call(port, bundle))
  }
  t.strictSame([...new Set(answers)], ['trusted'])
  t.match(api.get('tls'), { metadata: { annotations: { kept: 'yes' } } })
})

t.test('what cert-manager keeps is left alone, and said once', async t => {
  const api = await start(t)
  api.edit('hooks', object => ({
    ...object,
    metadata: { ...object.metadata, annotations: { 'cert-manager.io/inject-ca-from': 'guards/guard' } },
  }))
  const { keeper, steps, said } = keep(t, api)
  await until(() => api.server.requests.length > 12)
  t.strictSame(steps, [])
  const why =
    'cert-manager keeps the certificates up to date; run the controller with --certificates external, or remove what cert-manager annotated'
  t.strictSame(said, [{ why, message: 'certificates are not kept' }])
  t.strictSame(keeper.remarks?.(), [`certificates: ${why}`])
})

t.test('what the API server refuses is said once, and tried again until it works', async t => {
  const api = await start(t)
  api.refuseWith = 500
  const { keeper, said } = keep(t, api)
  await until(() => api.server.requests.length > 3)
  t.match(said, [{ code: 'SOCI_GUARD_API_UNEXPECTED', message: 'certificates are not kept' }])
  t.match(keeper.trouble(), /validatingwebhookconfigurations\/hooks: the API server answered 500 not now$/)
  api.refuseWith = undefined
  await until(() => isAtRest(api))
  t.equal(keeper.trouble(), null)
  t.equal(said.length, 1)
})

t.test('without a webhook configuration the Secrets are made all the same', async t => {
  const api = await start(t)
  api.edit('hooks', () => undefined)
  keep(t, api)
  await until(() => isAtRest(api))
})
