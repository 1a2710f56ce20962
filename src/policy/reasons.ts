/** The verdict on a node. */
export type State = 'Ready' | 'NotDefault' | 'Mixed' | 'Broken' | 'Unverified'

/** Every reason and the state it belongs to, in the order in which the rules are tried; docs/reasons.md has a row for each. */
export const REASON_STATES = {
  UnsupportedOperatingSystem: 'NotDefault',
  NotContainerd: 'NotDefault',
  NodeNotFound: 'Unverified',
  NoReport: 'Unverified',
  ReportFromOtherNode: 'Unverified',
  ReportFromEarlierBoot: 'Unverified',
  ReportStale: 'Unverified',
  AgentStarting: 'Unverified',
  RuntimeUnavailable: 'Broken',
  DefaultUnknown: 'Unverified',
  RevertedFromExpected: 'Mixed',
  SnapshotterNotRegistered: 'NotDefault',
  SnapshotterNotDefault: 'NotDefault',
  LabelMissing: 'NotDefault',
  SnapshotterUnavailable: 'Broken',
  SandboxImageStranded: 'Mixed',
  ConfiguredAfterLaunch: 'Mixed',
  ImagesStranded: 'Mixed',
  SnapshotsMissing: 'Mixed',
} as const satisfies Record<string, State>

/** Something worth saying that does not deny by itself; `violations` in the configuration makes one deny. */
export const ADVISORIES = [
  'LazyLoadingDisabled',
  'ContainerdStatsBug',
  'SandboxImageOutsideDefault',
  'RuntimeHandlerUsesOtherSnapshotter',
  'EarlierBootResidue',
  'NoRegistryAuthentication',
  'EvidenceHeld',
] as const

/** The code of an advisory. */
export type Advisory = (typeof ADVISORIES)[number]

/** UpperCamelCase machine word for a state; '' for Ready. An advisory is a reason where the configuration makes it deny. */
export type Reason = keyof typeof REASON_STATES | Advisory | ''
