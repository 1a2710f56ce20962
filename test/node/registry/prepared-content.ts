import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { nodeTestsCache, type Release } from '../releases/release.ts'
import { buildImages } from './images.ts'
import { RegistryContent, readRegistryContent } from './registry-content.ts'
import { addReferringIndex, withIndexInside } from './soci-index.ts'

const SOURCES = ['images.ts', 'oci-image.ts', 'tar.ts', 'waiting-program.ts', 'soci-index.ts', 'registry-content.ts']

/** A registry's images for nodes of a release, with the kind of SOCI index that it reads; prepared once and kept in the cache. */
export async function preparedContent({ sociIndex }: Release): Promise<RegistryContent> {
  const folder = join(nodeTestsCache(), `registry-${sociIndex}-${sourceHash()}`)
  if (!existsSync(folder)) {
    mkdirSync(nodeTestsCache(), { recursive: true })
    const unfinished = mkdtempSync(join(nodeTestsCache(), 'unfinished-'))
    const content = await prepare(sociIndex)
    content.write(unfinished)
    renameSync(unfinished, folder)
  }
  return readRegistryContent(folder)
}

async function prepare(sociIndex: Release['sociIndex']): Promise<RegistryContent> {
  const content = new RegistryContent()
  const images = buildImages()
  content.addImage('pause:3.10', images['pause:3.10'])
  content.addImage('addon:1', images['addon:1'])
  content.addImage('tiny:1', sociIndex === 'v2' ? withIndexInside(images['tiny:1']) : images['tiny:1'])
  if (sociIndex === 'v1') await addReferringIndex(content, 'tiny:1')
  return content
}

function sourceHash(): string {
  const hash = createHash('sha256')
  for (const file of SOURCES) hash.update(readFileSync(join(import.meta.dirname, file)))
  return hash.digest('hex').slice(0, 16)
}
