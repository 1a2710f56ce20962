import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readBootIdentity } from '../../src/agent/boot-identity.ts'
import { readLatchFile, writeLatchFile } from '../../src/agent/latch-file.ts'

t.test('the boot is read from proc', async t => {
  const proc = t.testdir({
    sys: { kernel: { random: { boot_id: '0d9f6a3e-0000-4000-8000-000000000000\n' } } },
    stat: 'cpu 1 2 3\nbtime 1795334400\nprocesses 9\n',
  })
  t.strictSame(await readBootIdentity(proc), {
    bootID: '0d9f6a3e-0000-4000-8000-000000000000',
    bootTimeMs: 1_795_334_400_000,
  })
  writeFileSync(join(proc, 'stat'), 'cpu 1 2 3\n')
  t.match(await readBootIdentity(proc), { bootTimeMs: null })
  writeFileSync(join(proc, 'sys/kernel/random/boot_id'), '\n')
  await t.rejects(readBootIdentity(proc), { code: 'SOCI_GUARD_FILE_UNREADABLE', message: /found an empty file$/ })
})

t.test('the boot of this machine can be read', async t => {
  t.match(await readBootIdentity('/proc'), { bootID: /^[0-9a-f-]{36}$/, bootTimeMs: Number })
})

const LATCH = {
  rootUUID: 'root-1',
  mixed: { since: '2026-11-22T08:00:00Z', reason: 'ImagesStranded', message: 'Seen.' },
}

t.test('the latch in its file', async t => {
  const path = join(t.testdir(), 'state/latch.json')
  t.equal(await readLatchFile(path, 'boot-1'), null, 'no file')
  await writeLatchFile(path, 'boot-1', LATCH)
  t.strictSame(await readLatchFile(path, 'boot-1'), LATCH)
  t.equal(await readLatchFile(path, 'boot-2'), null, 'of another boot')
  writeFileSync(path, '{"bootID":"boot-1","rootUUID":"roo')
  t.equal(await readLatchFile(path, 'boot-1'), null, 'half a file')
  mkdirSync(`${path}.folder`)
  await t.rejects(readLatchFile(`${path}.folder`, 'boot-1'), 'what cannot be read is not nothing')
})
