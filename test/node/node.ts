import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type DaemonProcess, logTail, startDaemon } from '../e2e/cluster/daemon-process.ts'
import { waitFor } from '../e2e/cluster/wait-for.ts'
import { type Cri, connectCri } from './cri.ts'
import { type ContainerdConfiguration, containerdConfiguration } from './lab/containerd-configuration.ts'
import { criInitialized, sociFound } from './lab/daemons-ready.ts'
import { NODES_FOLDER, requireLab } from './lab/lab-namespace.ts'
import { createMountNamespace, type MountNamespace } from './lab/mount-namespace.ts'
import { killPods } from './lab/node-processes.ts'
import { type SociConfiguration, sociConfiguration } from './lab/soci-configuration.ts'
import type { Registry } from './registry.ts'
import type { Release } from './releases/release.ts'

/** What one node is made of. */
export interface NodeOptions {
  /** A folder name of its own among the nodes that run at the same time. */
  name: string
  release: Release
  registry: Registry
  /** Kept after the run: one file per daemon. */
  logFolder: string
  containerd?: ContainerdConfiguration
  soci?: SociConfiguration
}

/** A containerd with a SOCI snapshotter, both real, with folders, sockets and mounts of their own. */
export class TestNode {
  readonly name: string
  readonly release: Release
  /** containerd's root, state, sockets and configuration are below. */
  readonly folder: string
  /** containerd's socket. */
  readonly address: string
  /** The SOCI snapshotter's socket. */
  readonly sociAddress: string
  readonly #options: NodeOptions
  readonly #mounts: MountNamespace
  #containerd: DaemonProcess | undefined
  #soci: DaemonProcess | undefined
  #cri: Cri | undefined

  private constructor(options: NodeOptions, mounts: MountNamespace) {
    this.name = options.name
    this.release = options.release
    this.folder = join(NODES_FOLDER, options.name)
    this.address = join(this.folder, 'containerd.sock')
    this.sociAddress = join(this.folder, 'soci.sock')
    this.#options = options
    this.#mounts = mounts
  }

  /** Starts SOCI, then containerd, and waits until both answer. */
  static async start(options: NodeOptions): Promise<TestNode> {
    requireLab()
    const folder = join(NODES_FOLDER, options.name)
    mkdirSync(folder)
    mkdirSync(options.logFolder, { recursive: true })
    const node = new TestNode(options, await createMountNamespace(folder, options.logFolder))
    try {
      node.configure(options.containerd ?? {})
      await node.startSoci(options.soci)
      await node.startContainerd()
    } catch (error) {
      await node.stop()
      throw error
    }
    return node
  }

  /** A kubelet's connection to the containerd that runs now. */
  get cri(): Cri {
    this.#cri ??= connectCri(this.address, this.name, join(this.folder, 'pod-logs'))
    return this.#cri
  }

  get containerdPid(): number {
    return running(this.#containerd, 'containerd').pid
  }

  /** Writes containerd's configuration; it holds from its next start. */
  configure(configuration: ContainerdConfiguration): void {
    this.writeConfiguration(containerdConfiguration(this.release, this.folder, configuration))
  }

  /** Writes containerd's configuration as it is given. */
  writeConfiguration(text: string): void {
    writeFileSync(join(this.folder, 'containerd.toml'), text)
  }

  /** Starts containerd and waits until its socket answers; rejects with the end of its log when it exits instead. */
  async startContainerd(): Promise<void> {
    const path = (name: string) => join(this.folder, name)
    const flags = ['--config', path('containerd.toml'), '--address', this.address]
    this.#containerd = this.#daemon('containerd', [...flags, '--root', path('root'), '--state', path('state')])
    await answers(this.#containerd, this.address)
    await waitFor('CRI to be initialized', () => criInitialized(this.address), { everyMs: 20 })
  }

  /** Ends containerd; pods keep running. */
  async stopContainerd(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#cri?.close()
    this.#cri = undefined
    await this.#containerd?.stop(signal)
  }

  /** Restarts containerd with another configuration: the switch of the default snapshotter. */
  async reconfigure(configuration: ContainerdConfiguration): Promise<void> {
    this.configure(configuration)
    await this.stopContainerd()
    await this.startContainerd()
  }

  /** Starts the SOCI snapshotter and waits until its socket answers. */
  async startSoci(configuration: SociConfiguration = this.#options.soci ?? {}): Promise<void> {
    const config = join(this.folder, 'soci.toml')
    writeFileSync(config, sociConfiguration(this.release, this.address, configuration))
    const flags = ['--address', this.sociAddress, '--root', join(this.folder, 'soci'), '--config', config]
    // A killed snapshotter leaves its socket, which the next one refuses to take.
    rmSync(this.sociAddress, { force: true })
    this.#soci = this.#daemon('soci-snapshotter-grpc', flags)
    await answers(this.#soci, this.sociAddress)
    if (this.#containerd?.running())
      await waitFor('containerd to find SOCI again', () => sociFound(this.address), { everyMs: 50 })
  }

  /** Ends the SOCI snapshotter; after SIGKILL its socket stays, with nobody behind it. */
  async stopSoci(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await this.#soci?.stop(signal)
  }

  /** Hangs the SOCI snapshotter: its socket accepts, and nothing answers. */
  freezeSoci(): void {
    running(this.#soci, 'soci-snapshotter-grpc').signal('SIGSTOP')
  }

  /** Lets a frozen SOCI snapshotter go on. */
  thawSoci(): void {
    running(this.#soci, 'soci-snapshotter-grpc').signal('SIGCONT')
  }

  /** Restarts the SOCI snapshotter on an empty root, under a containerd that still knows its snapshots. */
  async wipeSociRoot(): Promise<void> {
    await this.stopSoci()
    await this.#wipe('soci', 'soci-content')
    await this.startSoci()
  }

  /** Ends everything and starts with empty roots and no pods, as a replaced node does. */
  async wipe(configuration: ContainerdConfiguration = this.#options.containerd ?? {}): Promise<void> {
    await this.#end()
    await this.#wipe('root', 'state', 'soci', 'soci-content')
    this.configure(configuration)
    await this.startSoci()
    await this.startContainerd()
  }

  /** What a command is prefixed with to run with this node's mounts. */
  get enter(): readonly string[] {
    return this.#mounts.enter
  }

  /** Runs a command with this node's mounts and programs; gives its output. */
  run(command: readonly string[]): Promise<string> {
    return this.#mounts.run(command, this.#env())
  }

  /** Runs `ctr` in Kubernetes' namespace. */
  ctr(...args: string[]): Promise<string> {
    return this.run(['ctr', '--address', this.address, '--namespace', 'k8s.io', ...args])
  }

  /** Makes containerd collect garbage now: discarded layers stay in its content store until it does. */
  async collectGarbage(): Promise<void> {
    await this.ctr('leases', 'create', '--id', 'garbage')
    await this.ctr('leases', 'delete', '--sync', 'garbage')
  }

  /** Ends the daemons and all that they started, and takes the node's folder away. */
  async stop(): Promise<void> {
    await this.#end()
    await this.#wipe('root', 'state', 'soci', 'soci-content')
    await this.#mounts.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #end(): Promise<void> {
    await this.stopContainerd('SIGKILL')
    await killPods(this.name, this.address)
    await this.stopSoci()
  }

  /** The latest mounts lie on top; a dead FUSE mount cannot be read, only taken away. */
  async #wipe(...names: string[]): Promise<void> {
    const paths = names.map(name => join(this.folder, name))
    const script = `for path; do
  awk -v p="$path/" 'index($5, p) == 1 { print $5 }' /proc/self/mountinfo | tac | while read -r m; do umount -l "$m"; done
  [ ! -d "$path" ] || find "$path" -mindepth 1 -delete
done`
    await this.#mounts.run(['sh', '-c', script, 'wipe', ...paths])
  }

  #daemon(command: string, args: readonly string[]): DaemonProcess {
    const [enter, ...enterArgs] = this.#mounts.enter
    return startDaemon({
      name: command,
      command: enter as string,
      args: [...enterArgs, command, ...args],
      env: this.#env(),
      logFolder: this.#options.logFolder,
    })
  }

  #env(): Record<string, string> {
    const path = `${this.release.path}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
    return { PATH: path, HOME: this.folder, SSL_CERT_FILE: this.#options.registry.authorityFile }
  }
}

function running(daemon: DaemonProcess | undefined, name: string): DaemonProcess {
  if (!daemon?.running()) throw new Error(`${name} does not run`)
  return daemon
}

async function answers(daemon: DaemonProcess, address: string): Promise<void> {
  await waitFor(
    `${daemon.name} to answer`,
    async () => {
      if (!daemon.running()) return true
      const socket = connect(address)
      await once(socket, 'connect')
      socket.destroy()
      return true
    },
    { deadlineMs: 20_000, everyMs: 10 },
  )
  if (!daemon.running()) throw new Error(`${daemon.name} ended at once:\n${logTail(daemon)}`)
}
