// node scripts/assemble-image-root.ts FOLDER: assembles the image's root file system there; `npm run build` comes first.
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { assembleImageRoot } from './image-root.ts'

const [target, ...more] = process.argv.slice(2)
if (target === undefined || more.length > 0) {
  process.stderr.write('usage: node scripts/assemble-image-root.ts FOLDER\n')
  process.exit(2)
}
const repository = resolve(import.meta.dirname, '..')
const root = resolve(target)
await assembleImageRoot({ root, bundle: join(repository, 'dist'), package: repository, node: process.execPath })
const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile())
const sizes = await Promise.all(files.map(async entry => (await stat(join(entry.parentPath, entry.name))).size))
const sizeBytes = sizes.reduce((sum, size) => sum + size, 0)
process.stdout.write(`${root}: ${files.length} files, ${(sizeBytes / 1_000_000).toFixed(1)} MB\n`)
