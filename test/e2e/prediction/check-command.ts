import { execFile } from 'node:child_process'
import { BUNDLE } from '../guard/guard-image.ts'
import type { ExplainedNode } from './expected-reasons.ts'

/** One pod of `check --explain -o json`. */
export interface CheckedPod {
  name: string
  verdict: string
  nodes: ExplainedNode[]
}

/** Runs the built `soci-guard check --explain -o json` over a file of manifests; 1, some pod is refused, is a result too. */
export function checkCommand(manifests: string, args: readonly string[]): Promise<CheckedPod[]> {
  const words = [BUNDLE, 'check', '-f', manifests, '--explain', '-o', 'json', ...args]
  const environment = { PATH: process.env.PATH, HOME: '/nonexistent' }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { maxBuffer: 2 ** 28, env: environment }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`check ended with ${error.code}: ${stderr}`))
      else
        resolve(
          stdout
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line) as CheckedPod),
        )
    })
  })
}
