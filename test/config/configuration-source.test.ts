import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createConfigurationSource } from '../../src/config/configuration-source.ts'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'

const HEAD = 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\n'
const POLL_MS = 5

/** A source over a file whose callbacks queue up, as modes and messages, to be taken one after the other. */
const watch = (t: Test, path: string | undefined) => {
  const stop = new AbortController()
  // The source's own timer does not keep a process alive; a server does.
  const server = setInterval(() => {}, 60_000)
  t.teardown(() => {
    stop.abort()
    clearInterval(server)
  })
  const told: string[] = []
  let wake = () => {}
  const tell = (text: string) => {
    told.push(text)
    wake()
  }
  const source = createConfigurationSource({
    path,
    pollMs: POLL_MS,
    onChange: ({ mode }) => tell(mode),
    onError: error => tell(error instanceof Error ? error.message : String(error)),
    signal: stop.signal,
  })
  const next = async (): Promise<string | undefined> => {
    if (told.length > 0) return told.shift()
    await new Promise<void>(resolve => {
      wake = resolve
    })
    return told.shift()
  }
  return { source, told, next, stop }
}

/** Replaces the file in one step, as editors and kubelet do. */
const replace = async (path: string, text: string) => {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

t.test('without a file the defaults hold', async t => {
  t.equal(await watch(t, undefined).source.load(), DEFAULT_CONFIGURATION)
})

t.test('a first file with problems is an error with all of them, one a line', async t => {
  const path = join(t.testdir({ 'guard.yaml': `${HEAD}mode: on\nunverified: no\n` }), 'guard.yaml')
  await t.rejects(watch(t, path).source.load(), {
    name: 'GuardError',
    code: 'SOCI_GUARD_CONFIGURATION_INVALID',
    message: [
      `${path}:3: mode: expected one of enforce, warn, audit, off; found "on"`,
      `${path}:4: unverified: expected one of deny, warn, allow; found "no"`,
    ].join('\n'),
  })
})

t.test('a file that cannot be read is an error that says why', async t => {
  const directory = t.testdir({})
  await t.rejects(watch(t, join(directory, 'none.yaml')).source.load(), {
    code: 'SOCI_GUARD_FILE_UNREADABLE',
    message: `cannot read the configuration ${join(directory, 'none.yaml')}: no such file or directory`,
  })
  await t.rejects(watch(t, directory).source.load(), {
    code: 'SOCI_GUARD_FILE_UNREADABLE',
    message: `cannot read the configuration ${directory}: illegal operation on a directory`,
  })
})

t.test('a good edit is taken, a bad one keeps the last good configuration and is told once', async t => {
  const path = join(t.testdir({ 'guard.yaml': `${HEAD}mode: warn\n` }), 'guard.yaml')
  const { source, told, next } = watch(t, path)
  t.equal((await source.load()).mode, 'warn')
  await replace(path, `${HEAD}mode: audit\n`)
  t.equal(await next(), 'audit')
  await replace(path, `${HEAD}mode: strict\n`)
  t.equal(await next(), `${path}:3: mode: expected one of enforce, warn, audit, off; found "strict"`)
  // Only the passing of several looks can show that they say nothing more.
  await setTimeout(10 * POLL_MS)
  t.strictSame(told, [])
  await replace(path, `${HEAD}mode: enforce\n`)
  t.equal(await next(), 'enforce')
})

t.test('taking a bad edit back tells the last good configuration again', async t => {
  const path = join(t.testdir({ 'guard.yaml': `${HEAD}mode: warn\n` }), 'guard.yaml')
  const { source, next } = watch(t, path)
  await source.load()
  for (const _ of ['first', 'second']) {
    await rm(path)
    t.equal(await next(), `cannot read the configuration ${path}: no such file or directory`)
    await replace(path, `${HEAD}mode: warn\n`)
    t.equal(await next(), 'warn')
  }
})

t.test('after the signal nothing is told any more', async t => {
  const path = join(t.testdir({ 'guard.yaml': HEAD }), 'guard.yaml')
  const { source, told, stop } = watch(t, path)
  await source.load()
  stop.abort()
  await replace(path, `${HEAD}mode: audit\n`)
  await setTimeout(10 * POLL_MS)
  t.strictSame(told, [])
})
