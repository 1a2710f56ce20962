import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DIE_WITH_PARENT } from '../e2e/cluster/daemon-process.ts'
import { NodesUnavailable } from './releases/unavailable.ts'

/** The Go module that pins the newest containerd and SOCI snapshotter, and nothing else: its tools are their commands. */
export const NEWEST_MODULE = join(import.meta.dirname, 'newest')

/** The folder that holds containerd, its shim, ctr, soci and soci-snapshotter-grpc, or will once they are built. */
export function newestFolder(cacheFolder: string): string {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(NEWEST_MODULE, file)))
  return resolve(cacheFolder, `newest-${hash.digest('hex').slice(0, 16)}`)
}

/** Builds the newest containerd and SOCI snapshotter when the cache has none: five minutes, at the lowest priority. */
export async function buildNewest(cacheFolder: string, onBuild?: () => void): Promise<string> {
  const folder = newestFolder(cacheFolder)
  if (existsSync(folder)) return folder
  requireGo()
  onBuild?.()
  mkdirSync(cacheFolder, { recursive: true })
  const unfinished = mkdtempSync(resolve(cacheFolder, 'unfinished-'))
  try {
    await compile(unfinished)
    if (!existsSync(folder)) renameSync(unfinished, folder)
    return folder
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

function requireGo(): void {
  const go = spawnSync('go', ['version'], { cwd: NEWEST_MODULE, encoding: 'utf8' })
  if (go.status === 0) return
  const why = (go.error?.message ?? go.stderr).trim()
  throw new NodesUnavailable(
    `the newest containerd is built with Go, and "go version" failed here: ${why}; install the Go that ${NEWEST_MODULE}/go.mod names`,
  )
}

function compile(output: string): Promise<void> {
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', `${output}/`]
  const [wrapper, ...wrapperArgs] = DIE_WITH_PARENT
  const build = spawn(wrapper, [...wrapperArgs, 'nice', '-n', '19', 'go', 'build', ...flags, 'tool'], {
    cwd: NEWEST_MODULE,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((done, failed) => {
    build.once('error', failed)
    build.once('exit', (code, signal) => {
      if (code === 0) done()
      else failed(new Error(`go build of the newest containerd failed with ${code ?? signal}`))
    })
  })
}
