import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Test } from 'tap'

/** A folder for one test file's cluster and its logs: tap removes it afterwards, unless SOCI_GUARD_E2E_FOLDER says where to keep it. */
export function testFolder(t: Test, fileUrl: string): string {
  const kept = process.env.SOCI_GUARD_E2E_FOLDER
  if (!kept) return t.testdir()
  const folder = join(kept, basename(fileUrl, '.test.ts'))
  mkdirSync(folder, { recursive: true })
  return folder
}
