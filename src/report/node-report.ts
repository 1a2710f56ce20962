/** Where the pause image stands with regard to the default snapshotter. */
export type SandboxImageStatus = 'InDefault' | 'Recoverable' | 'Stranded' | 'Missing' | 'Unknown'

/** How SOCI gets registry credentials; Unknown where the agent could not tell. */
export type RegistryAuthentication = 'CRICredentials' | 'DockerConfig' | 'KubernetesSecrets' | 'None' | 'Unknown'

/** A container that lives in a snapshotter other than the one it should be in. */
export interface ForeignContainer {
  readonly id: string
  readonly name: string
  readonly kind: 'sandbox' | 'container'
  readonly snapshotter: string
  /** RFC 3339; '' where containerd did not say. */
  readonly createdAt: string
}

/** One snapshotter plugin of the running containerd; `responds` is null where no real call was made. */
export interface ReportedSnapshotter {
  readonly name: string
  readonly address: string
  readonly root: string
  readonly registered: boolean
  readonly responds: boolean | null
}

/** A runtime handler and its snapshotter; '' = the default one. */
export interface ReportedRuntimeHandler {
  readonly name: string
  readonly snapshotter: string
}

/** The first mixed state seen in this boot and containerd root; it stays until one of them changes. */
export interface MixedLatch {
  readonly since: string
  readonly reason: string
  readonly message: string
}

/**
 * What one agent observed on its node: the parsed spec of a NodeSnapshotter object. A list, count or flag that is null is a
 * fact the agent could not tell, which is never a no.
 */
export interface NodeReport {
  readonly name: string
  readonly nodeUID: string
  readonly bootID: string
  readonly bootTime: string
  readonly agent: { readonly podUID: string; readonly version: string }
  readonly runtime: {
    readonly name: string
    readonly version: string
    readonly rootUUID: string
    readonly session: { readonly pid: number; readonly startTime: string } | null
    readonly criError: string
  }
  readonly defaultSnapshotter: { readonly name: string; readonly source: string }
  readonly snapshotters: readonly ReportedSnapshotter[]
  readonly runtimeHandlers: readonly ReportedRuntimeHandler[]
  readonly containers: {
    readonly bySnapshotter: Readonly<Record<string, number>> | null
    readonly foreign: readonly ForeignContainer[] | null
  }
  readonly images: {
    readonly total: number | null
    readonly foreign: readonly string[] | null
    readonly stranded: readonly string[] | null
    readonly recoverable: readonly string[] | null
    readonly missing: readonly string[] | null
  }
  readonly sandboxImage: { readonly reference: string; readonly status: SandboxImageStatus }
  readonly discardUnpackedLayers: boolean | null
  readonly snapshotAnnotations: boolean | null
  readonly configTrap: string
  readonly registryAuthentication: RegistryAuthentication
  readonly mixed: MixedLatch | null
  readonly verified: boolean
  readonly sequence: number
  readonly renewTime: string
}
