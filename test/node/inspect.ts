import { writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../support/run-command.ts'
import { capture } from './capture.ts'
import type { TestNode } from './node.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

/** What `soci-guard inspect -o json` printed, and how it ended. */
export interface Inspected {
  exitCode: number
  state: string
  reason: string
  message: string
  defaultSnapshotter: string
  advisories: string[]
  report: Record<string, unknown>
}

/** The verdict on the node by `soci-guard inspect`; rejects with its error text when it gives none. */
export async function inspect(node: TestNode): Promise<Inspected> {
  const { code, stdout, stderr } = await runCommand(inspectArguments(node))
  if (stdout === '') throw new Error(`inspect ended with ${code}: ${stderr}`)
  return { exitCode: code, ...JSON.parse(stdout) }
}

/** The verdict on a capture that the tests' own reader took: what the product reads by itself must come to the same. */
export async function inspectCapture(node: TestNode): Promise<Inspected> {
  const path = join(node.folder, 'capture.json')
  writeFileSync(path, JSON.stringify(await capture(node.address)))
  const { code, stdout, stderr } = await runCommand(['inspect', '--replay', path, '--output', 'json'])
  if (stdout === '') throw new Error(`inspect ended with ${code}: ${stderr}`)
  return { exitCode: code, ...JSON.parse(stdout) }
}

/** What a person sees of `soci-guard inspect`. */
export async function inspectAsText(node: TestNode): Promise<string> {
  return (await runCommand(['inspect', '--address', node.address])).stdout
}

/** The verdict if the machine had been started at this moment, two seconds from now: everything so far is of an earlier boot. */
export async function inspectAfterReboot(node: TestNode): Promise<Inspected> {
  // The namespace and the kernel both cut the moment to whole seconds.
  await new Promise(resolve => setTimeout(resolve, 2_100))
  // The clock since the start must not become negative.
  const started = ['unshare', '--time', '--boottime', String(-Math.floor(uptime())), '--fork', '--kill-child']
  const quiet = ['sh', '-c', '"$@" || [ $? -eq 3 ]', 'inspect']
  const text = await node.run([...started, ...quiet, process.execPath, MAIN, ...inspectArguments(node)])
  return JSON.parse(text)
}

function inspectArguments(node: TestNode): string[] {
  return ['inspect', '--address', node.address, '--output', 'json']
}
