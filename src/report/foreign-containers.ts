import type { ForeignContainer, NodeReport } from './node-report.ts'
import { parseRfc3339Ms } from './rfc3339.ts'

/** The foreign containers of this boot; one whose age, or the boot's, cannot be told counts, as it is evidence all the same. */
export const foreignContainersOfThisBoot = (report: NodeReport): readonly ForeignContainer[] =>
  (report.containers.foreign ?? []).filter(container => !isFromEarlierBoot(container, report.bootTime))

/** The foreign containers that are surely from before this boot: containerd still lists them, but none of them runs. */
export const foreignContainersOfEarlierBoots = (report: NodeReport): readonly ForeignContainer[] =>
  (report.containers.foreign ?? []).filter(container => isFromEarlierBoot(container, report.bootTime))

const isFromEarlierBoot = ({ createdAt }: ForeignContainer, bootTime: string): boolean => {
  const createdAtMs = parseRfc3339Ms(createdAt)
  const bootTimeMs = parseRfc3339Ms(bootTime)
  return createdAtMs !== null && bootTimeMs !== null && createdAtMs < bootTimeMs
}
