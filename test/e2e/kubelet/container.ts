import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIE_WITH_PARENT } from '../cluster/daemon-process.ts'
import type { PodNetwork } from '../cluster/pod-network.ts'
import { expandVariables } from './expand-variables.ts'
import { type Image, resolveInRoot } from './image.ts'
import type { ContainerSpec, Pod } from './pod.ts'
import type { PodVolumes } from './volumes.ts'

/** One run of a container. */
export interface RunningContainer {
  readonly startedAt: string
  /** The process of the entry point, seen from outside its process namespace. */
  pid(): number | undefined
  /** The exit code once it has ended, 128 + n for signal n. */
  readonly exited: Promise<number>
  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

/** All that a container is started with. */
export interface ContainerOptions {
  pod: Pod
  container: ContainerSpec
  image: Image
  environment: ReadonlyMap<string, string>
  volumes: PodVolumes
  network: PodNetwork
  /** A folder of this container's own. */
  folder: string
  logPath: string
}

const SCRIPT = join(import.meta.dirname, 'start-container.sh')
const UNSHARE = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', SCRIPT] as const
const NODE_OPTIONS = 'E2E_NODE_OPTIONS'
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGKILL: 9, SIGTERM: 15, SIGSEGV: 11, SIGABRT: 6 }

/** Starts a container's entry point as process 1 of its own process and mount namespaces, in the pod's network. */
export function startContainer(options: ContainerOptions): RunningContainer {
  const { environment, network, folder, logPath } = options
  mkdirSync(folder, { recursive: true })
  const log = openSync(logPath, 'a')
  const [wrapper, ...args] = [
    ...DIE_WITH_PARENT,
    ...network.enter,
    ...UNSHARE,
    ...rootArguments(options),
    ...commandOf(options),
  ]
  // A test runner adds words of its own to NODE_OPTIONS of every process that is started; the script takes them away again.
  const nodeOptions = environment.get('NODE_OPTIONS') ?? ''
  const env = { ...Object.fromEntries(environment), [NODE_OPTIONS]: nodeOptions }
  const child = spawn(wrapper as string, args, { stdio: ['ignore', log, log], env })
  closeSync(log)
  let killed = false
  return {
    startedAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    pid: () => entryPointOf(child),
    // `unshare` of util-linux 2.38 ends with 1 when its child was killed, and not by the same signal.
    exited: exitCode(child).then(code => (killed ? 137 : code)),
    signal: signal => {
      killed ||= signal === 'SIGKILL'
      const pid = entryPointOf(child)
      // Not the wrapper where there is an entry point: it would be gone sooner than the process that is waited for.
      if (pid !== undefined) process.kill(pid, signal)
      else if (signal === 'SIGKILL') child.kill('SIGKILL')
    },
  }
}

/** The words a container is started with: command over the entry point, args over the image's, `$(NAME)` expanded. */
export function commandOf({
  container,
  image,
  environment,
}: Pick<ContainerOptions, 'container' | 'image' | 'environment'>): string[] {
  const { command, args } = container
  const imageArgs = command ? [] : (image.cmd ?? [])
  const expand = (word: string) => expandVariables(word, environment)
  return [...(command?.map(expand) ?? image.entrypoint), ...(args?.map(expand) ?? imageArgs)]
}

function rootArguments({ pod, container, image, volumes, folder }: ContainerOptions): string[] {
  const ofPod = pod.spec.securityContext ?? {}
  const security = { ...ofPod, ...container.securityContext }
  const user = security.runAsUser ?? image.user
  if (user === 0 && security.runAsNonRoot) throw new Error('container has runAsNonRoot and image will run as root')
  const groups = [...(ofPod.supplementalGroups ?? []), ...(ofPod.fsGroup === undefined ? [] : [ofPod.fsGroup])]
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, readOnly, subPath }) => [
    join(volumes.folderOf(name), subPath ?? ''),
    resolveInRoot(image.root, mountPath),
    readOnly || isReadOnlyKind(pod, name) ? 'ro' : 'rw',
  ])
  return [
    image.root,
    folder,
    security.readOnlyRootFilesystem ? 'ro' : 'rw',
    `${user}:${security.runAsGroup ?? image.group}`,
    groups.join(','),
    String(mounts.length),
    ...mounts.flat(),
  ]
}

/** Kubernetes mounts these kinds read-only whatever the pod says. */
function isReadOnlyKind(pod: Pod, name: string): boolean {
  const volume = pod.spec.volumes?.find(candidate => candidate.name === name)
  return volume !== undefined && !volume.emptyDir && !volume.hostPath
}

/** `unshare --fork` waits with the entry point as its only child; signals must go to the child itself. */
function entryPointOf(child: ChildProcess): number | undefined {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return undefined
  try {
    const pid = Number.parseInt(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'), 10)
    return Number.isNaN(pid) ? undefined : pid
  } catch {
    return undefined
  }
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    child.once('error', () => resolve(127))
    child.once('exit', (code, signal) => resolve(code ?? 128 + ((signal && SIGNAL_NUMBERS[signal]) || 0)))
  })
}
