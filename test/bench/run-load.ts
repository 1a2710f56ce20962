import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ServerProcess, spawnPinned } from './server-process.ts'

/** What one run of the load client measured, with the server's processor time per request. */
export interface LoadResult {
  readonly requests: number
  readonly failures: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicroseconds: number
}

/** A file with a request body, and the path it is posted to. */
export interface BodyFile {
  readonly path: string
  readonly file: string
}

/** How a run loads the server; a rate of 0 saturates it. */
export interface Load {
  readonly ca: string
  readonly connections: number
  readonly durationMs: number
  readonly warmUpMs: number
  readonly ratePerSecond: number
  readonly bodies: readonly BodyFile[]
  readonly beside: (BodyFile & { readonly ratePerSecond: number }) | null
}

/** Runs the load client on core 1 against the server and returns its figures; any failed request is an error. */
export const runLoad = async (server: ServerProcess, load: Load): Promise<LoadResult> => {
  const child = spawnPinned(1, process.execPath, [
    join(import.meta.dirname, 'load-client.ts'),
    JSON.stringify({ ...load, port: server.port }),
  ])
  if (child.stdout === null) throw new Error('the load client has no output')
  let cpuBeforeMs = 0
  let cpuMs = 0
  let figures: Omit<LoadResult, 'cpuMicroseconds'> | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'counting') cpuBeforeMs = server.cpuMs()
    else if (line === 'counted') cpuMs = server.cpuMs() - cpuBeforeMs
    else figures = JSON.parse(line) as Omit<LoadResult, 'cpuMicroseconds'>
  }
  if (figures === undefined) throw new Error('the load client printed no figures')
  if (figures.failures > 0) throw new Error(`${server.name} failed ${figures.failures} of ${figures.requests} requests`)
  return { ...figures, cpuMicroseconds: (cpuMs * 1000) / figures.requests }
}
