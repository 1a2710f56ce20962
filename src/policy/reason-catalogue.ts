import type { Reason } from './reasons.ts'

/** What a reason means and what to do about it: one sentence each, at most 100 characters, so that a warning can hold one. */
export interface ReasonEntry {
  readonly meaning: string
  readonly remedy: string
}

/** The words for every reason and advisory; docs/reasons.md has a row with more of the background for each. */
export const REASON_CATALOGUE: Readonly<Record<Exclude<Reason, ''>, ReasonEntry>> = {
  UnsupportedOperatingSystem: {
    meaning: 'The node does not run linux, so it cannot use the snapshotter.',
    remedy: 'Schedule onto linux nodes, or put these nodes into a pool with mode off.',
  },
  NotContainerd: {
    meaning: 'The node runs another container runtime than containerd.',
    remedy: 'Use nodes that run containerd, or put these nodes into a pool with mode off.',
  },
  NodeNotFound: {
    meaning: 'There is no Node object of this name.',
    remedy: "Check the node's name; a new node is known within seconds of its registration.",
  },
  NoReport: {
    meaning: 'No agent has reported about the node.',
    remedy: 'Check that the soci-guard agent runs on the node and can write its report.',
  },
  ReportFromOtherNode: {
    meaning: 'The report is about another Node object of the same name.',
    remedy: 'Wait for a new report; if none comes, restart the soci-guard agent on the node.',
  },
  ReportFromEarlierBoot: {
    meaning: 'The report is from before the node was last started.',
    remedy: "Wait for a new report; if none comes, look at the soci-guard agent's log on the node.",
  },
  ReportStale: {
    meaning: 'The report has not been renewed in time.',
    remedy: 'Check the soci-guard agent on the node and its connection to the API server.',
  },
  AgentStarting: {
    meaning: "The agent has not verified the node's facts yet.",
    remedy: "Try again in some seconds; if it stays, look at the soci-guard agent's log on the node.",
  },
  RuntimeUnavailable: {
    meaning: 'containerd does not serve CRI.',
    remedy: "Correct containerd's configuration at launch and replace the node.",
  },
  DefaultUnknown: {
    meaning: 'The running containerd did not tell its default snapshotter.',
    remedy: 'Run soci-guard inspect on the node to see which call fails.',
  },
  RevertedFromExpected: {
    meaning: 'The default was switched away from the expected snapshotter.',
    remedy: 'Replace the node, and set the snapshotter at launch only.',
  },
  SnapshotterNotRegistered: {
    meaning: 'containerd does not know the expected snapshotter.',
    remedy: 'Configure the snapshotter at launch and replace the node; do not switch a node in use.',
  },
  SnapshotterNotDefault: {
    meaning: 'Another snapshotter is the default.',
    remedy: 'Set the default snapshotter at launch and replace the node; do not switch a node in use.',
  },
  LabelMissing: {
    meaning: 'The node lacks a label that ready nodes of its pool carry.',
    remedy: 'Check the launch automation that sets the label; do not set it by hand on a node in use.',
  },
  SnapshotterUnavailable: {
    meaning: 'The default snapshotter does not answer.',
    remedy: "Restart the snapshotter's service on the node, then recreate the node's containers.",
  },
  SandboxImageStranded: {
    meaning: 'The sandbox image cannot be used from the default snapshotter.',
    remedy: 'Replace the node; pulling the sandbox image again repairs that one image only.',
  },
  ConfiguredAfterLaunch: {
    meaning: 'The expected snapshotter became the default after the node was in use.',
    remedy: 'Replace the node; its images cannot be repaired in place.',
  },
  ImagesStranded: {
    meaning: 'Images cannot be used from the default snapshotter.',
    remedy: 'Replace the node; the kubelet takes the images for present and does not pull them again.',
  },
  SnapshotsMissing: {
    meaning: 'The snapshotter has lost images that containerd still lists.',
    remedy: "Replace the node; the snapshotter's data was removed under containerd.",
  },
  LazyLoadingDisabled: {
    meaning: 'containerd does not tell the snapshotter how to load images lazily.',
    remedy: 'Set disable_snapshot_annotations = false at launch; in parallel mode all pods fail without.',
  },
  ContainerdStatsBug: {
    meaning: "This containerd misleads the kubelet about the snapshotter's disk use.",
    remedy: 'Use containerd 1.7.16 or later (1.6.32 on 1.6); else storage limits are not enforced.',
  },
  SandboxImageOutsideDefault: {
    meaning: 'The sandbox image is not in the default snapshotter yet, but can be unpacked.',
    remedy: 'Import the sandbox image into the default snapshotter at launch.',
  },
  RuntimeHandlerUsesOtherSnapshotter: {
    meaning: 'A runtime handler uses another snapshotter.',
    remedy: 'Give every runtime handler the same snapshotter, or exempt the runtime class.',
  },
  EarlierBootResidue: {
    meaning: 'Containers of an earlier boot are left in another snapshotter.',
    remedy: 'Nothing is broken; replace the node when convenient to remove what is left.',
  },
  NoRegistryAuthentication: {
    meaning: 'The snapshotter has no registry credentials.',
    remedy: 'Give the snapshotter registry credentials if images are private.',
  },
  EvidenceHeld: {
    meaning: 'The verdict rests on the last facts of this boot, because most reports are out.',
    remedy: 'Find out why most agents do not report: a rollout, a permission, or the API server.',
  },
}
