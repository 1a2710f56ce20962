import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Api } from './api.ts'
import { type ClusterFiles, SERVER, writeClusterFiles } from './cluster-files.ts'
import { type DaemonProcess, logTail, startDaemon } from './daemon-process.ts'
import { compactEtcd } from './etcd-compaction.ts'
import type { Identity } from './identity.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { type KubectlOptions, type KubectlResult, runKubectl } from './kubectl.ts'
import { requireNamespace } from './network-namespace.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from './program-flags.ts'
import { waitFor } from './wait-for.ts'

/** Where the programs are, where everything is written, and what differs from the usual. */
export interface ControlPlaneOptions {
  /** The folder that `buildControlPlane` gave. */
  binaries: string
  /** Kept after the run: `logs/` holds one file per program and the audit log. */
  folder: string
  apiServerFlags?: readonly string[]
}

/** The programs of a control plane, in the order in which they are started. */
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'] as const

/** One program of the control plane. */
export type Program = (typeof PROGRAMS)[number]

const STOP_GRACE_MS = 20_000

/** A running etcd, kube-apiserver, kube-scheduler and kube-controller-manager. */
export interface ControlPlane {
  readonly server: string
  readonly files: ClusterFiles
  /** The administrator's client. */
  readonly admin: Api
  pidOf(program: Program): number
  /** A client for another identity; closed with the control plane. */
  api(identity: Identity, connections?: number): Api
  /** Writes a kubeconfig for an identity and gives its path; `admin.kubeconfig` in the folder is there already. */
  kubeconfig(name: string, identity: Identity): string
  /** Runs kubectl as the administrator, unless told another kubeconfig. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>
  /** Stops a program; SIGKILL leaves every connection to the kernel to close. */
  stopProgram(program: Program, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Starts a stopped program again; of the API server it waits until it is ready. */
  startProgram(program: Program): Promise<void>
  /** Freezes or thaws a program without closing a connection. */
  signalProgram(program: Program, signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Makes every resourceVersion so far too old for etcd; resolves with the revision. */
  compactEtcd(): Promise<number>
  stop(): Promise<void>
}

/** Starts a control plane and waits until it is ready; only inside the tests' network namespace, one at a time. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  requireNamespace()
  mkdirSync(options.folder, { recursive: true })
  const files = writeClusterFiles(options.folder)
  const clients: Api[] = []
  const api = (identity: Identity, connections = 16) => {
    const client = new Api({ server: SERVER, authorityPem: files.authority.certificatePem, identity, connections })
    clients.push(client)
    return client
  }
  const admin = api(files.admin)
  const flags: Record<Program, () => string[]> = {
    etcd: () => etcdFlags(files),
    'kube-apiserver': () => apiServerFlags(files, options.apiServerFlags ?? []),
    'kube-scheduler': () => schedulerFlags(files),
    'kube-controller-manager': () => controllerManagerFlags(files),
  }
  const daemons = new Map<Program, DaemonProcess>()
  const daemon = (program: Program) => {
    const found = daemons.get(program)
    if (!found) throw new Error(`${program} was never started`)
    return found
  }
  const spawn = (program: Program) => {
    const command = join(options.binaries, program)
    daemons.set(program, startDaemon({ name: program, command, args: flags[program](), logFolder: files.logFolder }))
  }
  const startProgram = async (program: Program) => {
    spawn(program)
    if (program === 'kube-apiserver') await ready(admin, daemon('etcd'), daemon('kube-apiserver'))
  }
  spawn('etcd')
  await startProgram('kube-apiserver')
  spawn('kube-scheduler')
  spawn('kube-controller-manager')
  await controllersReady(admin, daemon('kube-scheduler'), daemon('kube-controller-manager'))

  return {
    server: SERVER,
    files,
    admin,
    pidOf: program => daemon(program).pid,
    api,
    kubeconfig: (name, identity) => {
      const path = files.path(`${name}.kubeconfig`)
      writeFileSync(path, kubeconfigText(SERVER, files.authority.certificatePem, identity), { mode: 0o600 })
      return path
    },
    kubectl: (args, more = {}) =>
      runKubectl(join(options.binaries, 'kubectl'), more.kubeconfig ?? files.path('admin.kubeconfig'), args, more),
    stopProgram: (program, signal) => daemon(program).stop(signal, STOP_GRACE_MS),
    startProgram,
    signalProgram: (program, signal) => daemon(program).signal(signal),
    compactEtcd,
    stop: async () => {
      for (const client of clients) client.close()
      for (const program of [...PROGRAMS].reverse()) await daemon(program).stop('SIGKILL')
    },
  }
}

function ready(admin: Api, ...daemons: DaemonProcess[]): Promise<void> {
  const probe = async () => (await admin.send('GET', '/readyz')).status === 200
  return whileRunning(daemons, waitFor('the API server to be ready', probe, { deadlineMs: 60_000 }))
}

/** The first ServiceAccount is the controller-manager's work, and no pod is admitted without it. */
function controllersReady(admin: Api, ...daemons: DaemonProcess[]): Promise<void> {
  const probe = () => admin.find('/api/v1/namespaces/default/serviceaccounts/default')
  return whileRunning(daemons, waitFor('the first ServiceAccount', probe))
}

/** Gives up as soon as one of the programs ends, with the end of their logs in the message. */
async function whileRunning(daemons: readonly DaemonProcess[], wait: Promise<unknown>): Promise<void> {
  const ends = daemons.map(async daemon => {
    throw new Error(`${daemon.name} ended with ${await daemon.exited}`)
  })
  try {
    await Promise.race([wait, ...ends])
  } catch (error) {
    const logs = daemons.map(daemon => `--- ${daemon.name}: ${daemon.logPath}\n${logTail(daemon)}`)
    throw new Error([(error as Error).message, ...logs].join('\n'))
  }
}
