// What may be placed on a node, told from its Node and its report as the API server stores them. Written from the documentation of
// the states, without a line of the guard: were it shared, both could be wrong together.

/** What is true of a node at one revision. */
export interface NodeTruth {
  ready: boolean
  /** Nothing speaks against the node but that its report is not verified at present: what the brake of an outage holds as Ready. */
  holdable: boolean
  /** Counts for an outage: no report can be trusted at present. */
  unverified: boolean
  why: string
}

/** The fields of a Node that count. */
export interface StoredNode {
  metadata: { uid: string }
  status?: { nodeInfo?: { bootID?: string } }
}

/** The fields of a report that count. */
export interface StoredReport {
  spec: {
    nodeUID: string
    bootID: string
    verified: boolean
    runtime?: { criError?: string }
    defaultSnapshotter?: { name?: string }
    snapshotters?: { name: string; responds?: boolean | null }[]
    containers?: { foreign?: unknown[] | null }
    images?: { foreign?: unknown[] | null; stranded?: unknown[] | null; missing?: unknown[] | null }
    mixed?: unknown
  }
}

/** Tells a node's truth. A report that only grew old is not looked at: nothing was delivered by silence. */
export function nodeTruth(node: StoredNode | undefined, report: StoredReport | undefined): NodeTruth {
  if (!node) return untrusted('there is no Node')
  if (!report) return untrusted('there is no report')
  const { spec } = report
  if (spec.nodeUID !== node.metadata.uid) return untrusted('the report is about another Node object')
  if (spec.bootID !== node.status?.nodeInfo?.bootID) return untrusted('the report is about an earlier boot')
  const wrong = wrongWith(spec)
  if (wrong !== undefined) return { ready: false, holdable: false, unverified: false, why: wrong }
  return spec.verified
    ? { ready: true, holdable: true, unverified: false, why: 'ready' }
    : { ready: false, holdable: true, unverified: true, why: 'the report is not verified' }
}

const untrusted = (why: string): NodeTruth => ({ ready: false, holdable: false, unverified: true, why })

function wrongWith(spec: StoredReport['spec']): string | undefined {
  const { images = {}, containers = {} } = spec
  const filled = (list: unknown[] | null | undefined) => (list?.length ?? 0) > 0
  if (spec.runtime?.criError) return 'containerd serves no CRI'
  if (spec.mixed) return 'the node was mixed earlier in this boot'
  if (spec.defaultSnapshotter?.name !== 'soci') return 'another snapshotter is the default'
  if (spec.snapshotters?.some(({ name, responds }) => name === 'soci' && responds === false))
    return 'soci does not answer'
  if (filled(containers.foreign) || filled(images.foreign)) return 'containers or images are in another snapshotter'
  if (filled(images.stranded) || filled(images.missing)) return 'images have lost their layers'
  return undefined
}
