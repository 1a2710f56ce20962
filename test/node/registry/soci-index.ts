import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestNode } from '../node.ts'
import { startRegistry } from '../registry.ts'
import { type Release, release } from '../releases/release.ts'
import { type Descriptor, MANIFEST_TYPE, type OciImage } from './oci-image.ts'
import type { RegistryContent } from './registry-content.ts'

/** Makes a version 1 index with the old `soci create` and pushes it: the registry then lists it as the image's referrer. */
export async function addReferringIndex(content: RegistryContent, image: string): Promise<void> {
  const registry = await startRegistry(content)
  const node = await TestNode.start({
    name: 'index',
    release: release('1.7.24'),
    registry,
    logFolder: mkdtempSync(join(tmpdir(), 'soci-index-')),
    containerd: { defaultSnapshotter: 'overlayfs', registerSoci: false },
  })
  try {
    const name = `registry.test/${image}`
    await node.cri.pullImage(name)
    const soci = ['soci', '--address', node.address, '--namespace', 'k8s.io']
    await node.run([...soci, 'create', '--min-layer-size', '0', name])
    await node.run([...soci, 'push', name])
  } finally {
    await node.stop()
    await registry.close()
  }
}

/** Makes an image with a version 2 index inside, of an image without one, with the newest `soci convert`. */
export function withIndexInside(image: OciImage): OciImage {
  const folder = mkdtempSync(join(tmpdir(), 'soci-index-'))
  try {
    const input = join(folder, 'input')
    const output = join(folder, 'output')
    writeLayout(input, image)
    soci(release('2.4.2'), ['convert', '--standalone', '--format', 'oci-dir', '--min-layer-size', '0', input, output])
    return readLayout(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function soci({ path }: Release, args: string[]): void {
  execFileSync('soci', args, { env: { ...process.env, PATH: `${path}:${process.env.PATH}` }, stdio: 'pipe' })
}

function writeLayout(folder: string, { manifest, blobs }: OciImage): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }))
  for (const [digest, bytes] of blobs) writeFileSync(blobPath(folder, digest), bytes)
}

function readLayout(folder: string): OciImage {
  const blobs = new Map<string, Buffer>()
  const add = ({ mediaType, digest }: Descriptor): void => {
    const bytes = readFileSync(blobPath(folder, digest))
    blobs.set(digest, bytes)
    if (!/manifest|index/.test(mediaType)) return
    const { manifests = [], layers = [], config } = JSON.parse(bytes.toString())
    for (const child of [...manifests, ...layers, ...(config ? [config] : [])]) add(child)
  }
  const [manifest] = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests
  add(manifest)
  return { manifest: { mediaType: MANIFEST_TYPE, ...manifest }, blobs }
}

function blobPath(folder: string, digest: string): string {
  return join(folder, 'blobs', digest.replace(':', '/'))
}
