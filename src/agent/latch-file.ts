// The report on the API server carries the latch. This file is for the case that somebody deletes the report, or the Node with it.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createObjectReader } from '../report/object-reader.ts'
import type { Latch } from './latch.ts'

/** The latch that the file holds of this boot; null when it is of another boot, or there is no file, or no whole one. */
export const readLatchFile = async (path: string, bootID: string): Promise<Latch | null> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const file = createObjectReader(parsed(text), '', [])
  const mixed = file.object('mixed')
  if (file.string('bootID') !== bootID || mixed.string('reason') === '') return null
  return {
    rootUUID: file.string('rootUUID'),
    mixed: { since: mixed.string('since'), reason: mixed.string('reason'), message: mixed.string('message') },
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Writes the file so that a reader finds the old or the new one, whole. */
export const writeLatchFile = async (path: string, bootID: string, latch: Latch): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const next = `${path}.next`
  await writeFile(next, `${JSON.stringify({ bootID, ...latch })}\n`, { mode: 0o600 })
  await rename(next, path)
}
