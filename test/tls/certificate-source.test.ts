import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createCertificateSource } from '../../src/tls/certificate-source.ts'
import type { CertificatePair } from '../../src/tls/check-certificate.ts'
import { generateKeyPair } from '../../src/tls/keys.ts'
import { createAuthority, issue, NOW_MS } from './certificates.ts'

const authority = await createAuthority()
const keys = await generateKeyPair('rsa-2048')
const otherKeys = await generateKeyPair('rsa-2048')
const first = issue(authority, keys)
const second = issue(authority, otherKeys, { notAfter: new Date(NOW_MS + 7_200_000) })
const third = issue(authority, keys)
const EXPIRY_OF_FIRST_MS = NOW_MS + 3_600_000
const EXPIRY_OF_SECOND_MS = NOW_MS + 7_200_000

type Texts = typeof first
type Event = { readonly pair: CertificatePair } | { readonly error: unknown }

const write = (directory: string, { certificatePem, privateKeyPem }: Texts) =>
  Promise.all([
    writeFile(join(directory, 'tls.crt'), certificatePem),
    writeFile(join(directory, 'tls.key'), privateKeyPem),
  ])

/** A source over the directory whose callbacks queue up as events, to be taken one after the other. */
const watch = (t: Test, directory: string, nowMs = () => NOW_MS) => {
  const stop = new AbortController()
  // The source's own timer does not keep a process alive; a server does.
  const server = setInterval(() => {}, 60_000)
  t.teardown(() => {
    stop.abort()
    clearInterval(server)
  })
  const events: Event[] = []
  let wake = () => {}
  const add = (event: Event) => {
    events.push(event)
    wake()
  }
  const source = createCertificateSource({
    directory,
    pollMs: 5,
    onChange: pair => add({ pair }),
    onError: error => add({ error }),
    signal: stop.signal,
    nowMs,
  })
  const next = async (): Promise<Event> => {
    const [event] = events.splice(0, 1)
    if (event !== undefined) return event
    await new Promise<void>(resolve => {
      wake = resolve
    })
    return next()
  }
  /** The next pair, past what is reported of files in the middle of being written. */
  const nextPair = async (): Promise<CertificatePair> => {
    const event = await next()
    return 'pair' in event ? event.pair : nextPair()
  }
  return { source, next, nextPair, stop }
}

t.test('the first pair is loaded', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  t.strictSame(await watch(t, directory).source.load(), { ...first, notAfterMs: EXPIRY_OF_FIRST_MS })
})

t.test('a first pair that cannot be served is an error at once', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': second.privateKeyPem })
  await t.rejects(watch(t, directory).source.load(), { code: 'SOCI_GUARD_CERTIFICATE_INVALID' })
})

t.test('files that are not there are an error at once', async t => {
  await t.rejects(watch(t, t.testdir({})).source.load(), { code: 'SOCI_GUARD_FILE_UNREADABLE' })
})

t.test('a pair rewritten in place is taken', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  const { source, nextPair } = watch(t, directory)
  await source.load()
  await write(directory, second)
  t.strictSame(await nextPair(), { ...second, notAfterMs: EXPIRY_OF_SECOND_MS })
})

t.test('a pair behind the symlink that kubelet swaps is taken in one step', async t => {
  const directory = t.testdir({})
  const writeVersion = async (version: string, texts: Texts) => {
    await mkdir(join(directory, version))
    await write(join(directory, version), texts)
    await symlink(version, join(directory, '..data_tmp'))
    await rename(join(directory, '..data_tmp'), join(directory, '..data'))
  }
  await writeVersion('..2026_11_22', first)
  for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(directory, name))
  const { source, nextPair } = watch(t, directory)
  t.equal((await source.load()).certificatePem, first.certificatePem)
  await writeVersion('..2026_11_23', second)
  await rm(join(directory, '..2026_11_22'), { recursive: true })
  t.strictSame(await nextPair(), { ...second, notAfterMs: EXPIRY_OF_SECOND_MS })
})

t.test('a mismatched pair is reported once, and when it is over the next good pair is taken', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  let looks = 0
  let onLook = () => {}
  const { source, next } = watch(t, directory, () => {
    looks++
    onLook()
    return NOW_MS
  })
  await source.load()
  await writeFile(join(directory, 'tls.key'), second.privateKeyPem)
  t.match(await next(), {
    error: {
      message: `${directory}/tls.key is not the key of ${directory}/tls.crt; write both files from the same pair`,
    },
  })
  const seen = looks
  await new Promise<void>(resolve => {
    onLook = () => looks >= seen + 3 && resolve()
  })
  await writeFile(join(directory, 'tls.crt'), second.certificatePem)
  t.strictSame(
    await next(),
    { pair: { ...second, notAfterMs: EXPIRY_OF_SECOND_MS } },
    'three more looks reported nothing',
  )
})

t.test('the pair served before is told again when the files are back as they were', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  const { source, next, nextPair } = watch(t, directory)
  await source.load()
  await rm(join(directory, 'tls.key'))
  t.match(await next(), { error: { code: 'SOCI_GUARD_FILE_UNREADABLE' } })
  await writeFile(join(directory, 'tls.key'), first.privateKeyPem)
  t.strictSame(await nextPair(), { ...first, notAfterMs: EXPIRY_OF_FIRST_MS })
})

t.test('the same failure is reported again after a success', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  const { source, next, nextPair } = watch(t, directory)
  await source.load()
  for (const good of [second, third]) {
    await rm(join(directory, 'tls.crt'))
    t.match(await next(), { error: { message: /tls\.crt: no such file or directory/ } })
    await write(directory, good)
    t.equal((await nextPair()).certificatePem, good.certificatePem)
  }
})

t.test('an expired pair does not replace the served one', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  const { source, next } = watch(t, directory)
  await source.load()
  const expired = issue(authority, keys, { notAfter: new Date(NOW_MS - 1000) })
  // Renamed into place, or a look could find the file while it is still empty.
  await writeFile(join(directory, 'tls.new'), expired.certificatePem)
  await rename(join(directory, 'tls.new'), join(directory, 'tls.crt'))
  t.match(await next(), { error: { message: /tls\.crt expired at 2026-11-22T09:59:59\.000Z/ } })
})

t.test('after the signal nothing is told any more', async t => {
  const directory = t.testdir({ 'tls.crt': first.certificatePem, 'tls.key': first.privateKeyPem })
  const { source, next, stop } = watch(t, directory)
  await source.load()
  stop.abort()
  await write(directory, second)
  const quiet = new Promise<string>(resolve => setTimeout(() => resolve('quiet'), 50))
  t.equal(await Promise.race([next(), quiet]), 'quiet')
})
