import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { performance } from 'node:perf_hooks'
import type { BenchBody } from './bodies.ts'
import { median } from './compare.ts'

const postOnce = (port: number, ca: Buffer, { path, body }: BenchBody): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      },
      response => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })

const firstAnswerMs = async (args: readonly string[], port: number, ca: Buffer, body: BenchBody): Promise<number> => {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  for (;;) {
    const status = await postOnce(port, ca, body).catch(() => 0)
    if (status === 200) break
    if (child.exitCode !== null) throw new Error(`the server exited with ${child.exitCode}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  const elapsedMs = performance.now() - startedAt
  child.kill('SIGKILL')
  await once(child, 'exit')
  return elapsedMs
}

/** Milliseconds from exec to the first 200 over TLS: the median of several starts. */
export const measureStartUpMs = async (
  args: readonly string[],
  port: number,
  caFile: string,
  body: BenchBody,
  runs: number,
): Promise<number> => {
  const ca = readFileSync(caFile)
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) times.push(await firstAnswerMs(args, port, ca, body))
  return median(times)
}
