import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DIE_WITH_PARENT } from './cluster/daemon-process.ts'

/** The programs that the one binary is, by the name it is called. */
export const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager', 'kubectl'] as const

/** Says that this machine cannot build or run the control plane, and why; a reason to skip on a user's machine. */
export class ControlPlaneUnavailable extends Error {
  override readonly name = 'ControlPlaneUnavailable'
}

/** Where the Go module is, and the folder that keeps finished builds. */
export interface BuildOptions {
  moduleFolder: string
  cacheFolder: string
  /** Called once, before a build that takes minutes. */
  onBuild?: (version: string) => void
}

/** The folder that holds etcd, kube-apiserver, kube-scheduler, kube-controller-manager and kubectl; builds them when the cache has none. */
export async function buildControlPlane({ moduleFolder, cacheFolder, onBuild }: BuildOptions): Promise<string> {
  const folder = resolve(cacheFolder, sourceHash(moduleFolder))
  if (existsSync(join(folder, 'kubectl'))) return folder
  requireGo(moduleFolder)
  const version = kubernetesVersion(moduleFolder)
  onBuild?.(version)
  mkdirSync(cacheFolder, { recursive: true })
  const unfinished = mkdtempSync(resolve(cacheFolder, 'unfinished-'))
  try {
    await compile(moduleFolder, version, join(unfinished, 'controlplane'))
    for (const program of PROGRAMS) symlinkSync('controlplane', join(unfinished, program))
    if (!existsSync(folder)) renameSync(unfinished, folder)
    return folder
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** The Kubernetes release that the module requires, such as `v1.37.2`. */
export function kubernetesVersion(moduleFolder: string): string {
  const version = /^\s*(?:require\s+)?k8s\.io\/kubernetes (v\d+\.\d+\.\d+)/m.exec(
    readFileSync(join(moduleFolder, 'go.mod'), 'utf8'),
  )?.[1]
  if (version === undefined) throw new Error(`${moduleFolder}/go.mod requires no released k8s.io/kubernetes`)
  return version
}

function sourceHash(moduleFolder: string): string {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(moduleFolder, file)))
  return hash.digest('hex').slice(0, 16)
}

function requireGo(moduleFolder: string): void {
  const go = spawnSync('go', ['version'], { cwd: moduleFolder, encoding: 'utf8' })
  if (go.status === 0) return
  const why = (go.error?.message ?? go.stderr).trim()
  throw new ControlPlaneUnavailable(
    `the control plane is built with Go, and "go version" failed here: ${why}; install the Go that ${moduleFolder}/go.mod names`,
  )
}

/** Without the version flags kubectl and the API server call themselves v0.0.0, and some checks misbehave. */
async function compile(moduleFolder: string, version: string, output: string): Promise<void> {
  const [major, minor] = version.slice(1).split('.')
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }
  const settings = Object.entries(variables).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  const args = [
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    ['-s -w', ...settings].join(' '),
    '-o',
    output,
    '.',
  ]
  const [wrapper, ...wrapperArgs] = DIE_WITH_PARENT
  const build = spawn(wrapper, [...wrapperArgs, 'go', ...args], {
    cwd: moduleFolder,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code, signal] = await once(build, 'exit')
  if (code !== 0) throw new Error(`go build of the control plane failed with ${code ?? signal}`)
}
