// The image without a container builder: its root file system is assembled and started as a container runtime would start it,
// in a mount namespace of its own, read-only, as the image's user.
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { assembleImageRoot, IMAGE_ENTRY_POINT, IMAGE_USER } from '../scripts/image-root.ts'
import { writeDevelopmentCertificates } from '../src/tls/development-certificates.ts'

const repository = resolve(import.meta.dirname, '..')
const bundle = join(repository, 'dist')
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))

/** Why the image cannot be started here, or undefined. */
const obstacle = (): string | undefined => {
  if (process.platform !== 'linux') return `the image is for Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'mount namespaces and chroot need root'
  const { status, error, stderr } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' })
  return status === 0 ? undefined : `unshare --mount: ${error?.message ?? stderr}`
}

const why = obstacle()
if (why !== undefined && process.env.CI !== 'true') {
  t.plan(0, `*** THE IMAGE WAS NOT STARTED, NOTHING WAS PROVED: ${why}`)
  process.exit()
}
if (why !== undefined) throw new Error(`the image cannot be started: ${why}`)
if (!existsSync(bundle)) throw new Error(`${bundle} is missing; run "npm run build" first`)

const folder = t.testdir({ config: {}, certs: {} })
const root = join(folder, 'root')
const libraries = await assembleImageRoot({ root, bundle, package: repository, node: process.execPath })

// Binds the two folders that a pod mounts, then makes everything below the root read-only. The environment is emptied because
// tap has put options for Node into it.
const START = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount --bind "$2" "$1/etc/soci-guard/config"
mount --bind "$3" "$1/etc/soci-guard/certs"
for target in "$1" "$1/etc/soci-guard/config" "$1/etc/soci-guard/certs"; do mount -o remount,bind,ro "$target"; done
root=$1
shift 3
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot --userspec=${IMAGE_USER.uid}:${IMAGE_USER.gid} "$root" "$@"`

const command = (args: readonly string[]): [string, string[]] => {
  const folders = [root, join(folder, 'config'), join(folder, 'certs')]
  return ['unshare', ['--mount', 'sh', '-c', START, 'image', ...folders, ...IMAGE_ENTRY_POINT, ...args]]
}

const start = (args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> =>
  spawn(...command(args), { stdio: ['ignore', 'pipe', 'pipe'] })

const get = async (port: number, path: string): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  request({ host: '127.0.0.1', port, path, agent: false }, response => {
    text(response).then(body => resolve(`${response.statusCode} ${body}`), reject)
  })
    .on('error', reject)
    .end()
  return promise
}

const entries = readdirSync(root, { recursive: true, encoding: 'utf8' }).map(path => `/${path}`)

t.test('the only program is node, and the only libraries are those it is linked with', async t => {
  const isExecutable = (path: string): boolean => {
    const found = statSync(join(root, path))
    return found.isFile() && (found.mode & 0o111) !== 0
  }
  const entryPoints: string[] = [...IMAGE_ENTRY_POINT]
  t.strictSame(entries.filter(isExecutable).sort(), [...entryPoints, ...libraries].sort())
  t.ok(libraries.length > 0)
})

t.test('nothing in it is for others to write, or gives anybody rights', async t => {
  const unsafe = entries.filter(path => (statSync(join(root, path)).mode & 0o7022) !== 0)
  t.strictSame(unsafe, [])
})

t.test('it says who made what is in it', async t => {
  t.ok(existsSync(join(root, 'licenses/soci-guard')))
  t.ok(existsSync(join(root, 'app/third-party-licenses.txt')))
})

t.test('it runs as its user and says its version', async t => {
  const [program, args] = command(['--version'])
  t.equal(execFileSync(program, args, { encoding: 'utf8' }), `${version}\n`)
})

t.test('serve starts on a read-only root and stops when it is asked to', async t => {
  const names = { dnsNames: [], ipAddresses: [] }
  const directory = join(folder, 'certs')
  const { files } = await writeDevelopmentCertificates({ directory, ...names, nowMs: Date.now(), validityDays: 1 })
  // As a Secret's volume with an fsGroup: the user may read the keys, which belong to root.
  execFileSync('chgrp', [String(IMAGE_USER.gid), ...files])
  execFileSync('chmod', ['0440', ...files])
  for (const name of ['inventory.yaml', 'guard.yaml']) {
    copyFileSync(join(repository, 'examples', name), join(folder, 'config', name))
  }
  const flags = ['--inventory=/etc/soci-guard/config/inventory.yaml', '--config=/etc/soci-guard/config/guard.yaml']
  const addresses = ['--host=127.0.0.1', '--port=0', '--ops-host=127.0.0.1', '--ops-port=0', '--drain-seconds=0']
  const child = start(['serve', ...flags, '--cert-dir=/etc/soci-guard/certs', ...addresses])
  t.teardown(() => child.kill('SIGKILL'))
  const errors = text(child.stderr)
  const ended = once(child, 'exit')
  let opsPort: number | undefined
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line)
    if (said.msg !== 'listening') continue
    opsPort = said.opsPort
    break
  }
  if (opsPort === undefined) throw new Error(`serve ended: ${await errors}`)
  t.equal(await get(opsPort, '/healthz'), '200 ok\n')
  t.equal(await get(opsPort, '/readyz'), '200 ok\n')
  child.stdout.resume()
  child.kill('SIGTERM')
  t.strictSame(await ended, [0, null])
  t.equal(await errors, '')
})

t.test('its size', async t => {
  const sizesBytes = entries.map(path => statSync(join(root, path))).map(found => (found.isFile() ? found.size : 0))
  const sizeBytes = sizesBytes.reduce((sum, size) => sum + size, 0)
  const nodeBytes = statSync(join(root, IMAGE_ENTRY_POINT[0])).size
  t.comment(`${(sizeBytes / 1_000_000).toFixed(1)} MB, ${(nodeBytes / 1_000_000).toFixed(1)} MB of them node`)
  t.ok(sizeBytes - nodeBytes < 25_000_000, 'everything but node is small')
})
