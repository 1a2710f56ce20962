// The agent as its DaemonSet runs it: the bundle, with the options of node and of malloc in the manifest.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

/** An agent that runs. */
export interface AgentProcess {
  readonly pid: number
  /** Milliseconds of processor time, of all threads. */
  cpuMs(): number
  /** Megabytes: now, and at most so far. */
  memory(): { readonly rssMB: number; readonly peakMB: number }
  stop(): Promise<void>
}

const root = resolve(import.meta.dirname, '../../..')

interface Manifest {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly env: readonly { name: string; value?: string }[] }] }
    }
  }
}

/** The environment that the DaemonSet gives to the agent, as far as it is fixed. */
export const agentEnvironment = (): Record<string, string> => {
  const manifest = parse(readFileSync(join(root, 'manifests/base/52-agent.yaml'), 'utf8')) as Manifest
  const [{ env }] = manifest.spec.template.spec.containers
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))
}

/** What an agent is told in a pod. */
export interface PodOptions {
  readonly containerd: string
  readonly apiPort: number
  /** A folder with token and ca.crt, which is mounted where a pod has it; needs root. */
  readonly serviceAccount: string
}

const MOUNT = [
  'mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount',
  'cp "$0"/* /run/secrets/kubernetes.io/serviceaccount/ && exec "$@"',
].join(' && ')

/** Starts it and waits for the line by which it says that it listens. */
export const startAgent = async ({ containerd, apiPort, serviceAccount }: PodOptions): Promise<AgentProcess> => {
  const flags = [`--address=${containerd}`, '--node-name=node1', '--pod-uid=pod-1', '--ops-host=127.0.0.1']
  const agent = [join(root, 'dist/soci-guard.js'), 'agent', ...flags, '--ops-port=0', '--log-level=warn']
  const child = spawn('unshare', ['-m', 'sh', '-c', MOUNT, serviceAccount, process.execPath, ...agent], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(apiPort),
      ...agentEnvironment(),
    },
  })
  await isListening(child)
  const pid = child.pid as number
  const tasks = `/proc/${pid}/task`
  return {
    pid,
    cpuMs: () => {
      const nanoseconds = readdirSync(tasks).map(task => schedstat(join(tasks, task, 'schedstat')))
      return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6
    },
    memory: () => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      const megabytes = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
      return { rssMB: megabytes('VmRSS'), peakMB: megabytes('VmHWM') }
    },
    stop: async () => {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

// A thread may end between the two looks.
const schedstat = (path: string): number => {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}

const isListening = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the agent ended with ${code}`)))
    child.stdout?.on('data', chunk => String(chunk).includes('"listening"') && resolve())
  })
