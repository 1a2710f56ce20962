import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder for unix sockets that goes with the test: their paths have 107 characters at most, too few for a folder named after it. */
export const socketFolder = (t: Pick<Test, 'teardown'>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sg-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
