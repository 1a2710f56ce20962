import { foreignContainersOfEarlierBoots } from '../report/foreign-containers.ts'
import type { NodeReport } from '../report/node-report.ts'
import { hasStatsBug } from './containerd-version.ts'
import { ADVISORIES, type Advisory } from './reasons.ts'
import { hasOtherHandlers } from './runtime-handler.ts'

/** An advisory that a report can give; EvidenceHeld is about the whole cluster instead. */
export type ReportAdvisory = Exclude<Advisory, 'EvidenceHeld'>

type Applies = (report: NodeReport, expectedSnapshotter: string) => boolean

const APPLIES: Readonly<Record<ReportAdvisory, Applies>> = {
  LazyLoadingDisabled: report => report.snapshotAnnotations === false,
  ContainerdStatsBug: report => hasStatsBug(report.runtime.version),
  SandboxImageOutsideDefault: report => report.sandboxImage.status === 'Recoverable',
  RuntimeHandlerUsesOtherSnapshotter: hasOtherHandlers,
  EarlierBootResidue: report => foreignContainersOfEarlierBoots(report).length > 0,
  NoRegistryAuthentication: report => report.registryAuthentication === 'None',
}

const REPORT_ADVISORIES = ADVISORIES.filter(advisory => advisory !== 'EvidenceHeld')

/** What is worth saying about a node whose default is the expected snapshotter; of any other node they would say nothing new. */
export const findAdvisories = (report: NodeReport, expectedSnapshotter: string): readonly ReportAdvisory[] =>
  report.defaultSnapshotter.name === expectedSnapshotter
    ? REPORT_ADVISORIES.filter(advisory => APPLIES[advisory](report, expectedSnapshotter))
    : []
