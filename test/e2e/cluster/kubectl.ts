import { spawn } from 'node:child_process'
import { dirname } from 'node:path'

/** What kubectl printed and how it ended. */
export interface KubectlResult {
  code: number
  stdout: string
  stderr: string
}

/** Input and limits of one call. */
export interface KubectlOptions {
  /** Given to kubectl on its standard input, for `-f -`. */
  input?: string
  timeoutMs?: number
  /** Another kubeconfig than the administrator's. */
  kubeconfig?: string
}

/** Runs kubectl with a kubeconfig; a call that outlives its timeout is killed and ends with code 124. */
export function runKubectl(
  binary: string,
  kubeconfig: string,
  args: readonly string[],
  { input = '', timeoutMs = 30_000 }: KubectlOptions = {},
): Promise<KubectlResult> {
  const child = spawn(binary, args, {
    env: { PATH: '/usr/bin:/bin', HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig, KUBECTL_KUBERC: 'false' },
  })
  const result = { code: 0, stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', text => {
      result[stream] += text
    })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => {
      clearTimeout(timer)
      if (code === null) result.stderr += `kubectl ${args.join(' ')} was killed after ${timeoutMs} ms\n`
      resolve({ ...result, code: code ?? 124 })
    })
  })
}
