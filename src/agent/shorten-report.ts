// One node's report is held by every webhook replica, for every node, so it is small whatever happens on the node.
import type { NodeReport } from '../report/node-report.ts'
import { cutText } from './cut-text.ts'

/** How much of a report is kept: items of a list, plugins and handlers, UTF-16 units of a text, of a sentence. */
export interface ReportLimits {
  readonly items: number
  readonly plugins: number
  readonly text: number
  readonly sentence: number
}

/** From what the CustomResourceDefinition allows to what surely fits; a list of 10 means "10 or more", so texts go first. */
export const REPORT_LIMITS: readonly ReportLimits[] = [
  { items: 10, plugins: 32, text: 512, sentence: 1024 },
  { items: 10, plugins: 32, text: 160, sentence: 400 },
  { items: 10, plugins: 16, text: 80, sentence: 300 },
  { items: 10, plugins: 8, text: 50, sentence: 200 },
  { items: 5, plugins: 6, text: 40, sentence: 120 },
  // Letters outside of ASCII take up to three bytes, and control characters six.
  { items: 3, plugins: 4, text: 24, sentence: 80 },
  { items: 2, plugins: 3, text: 16, sentence: 60 },
]

/** The report with its lists and texts cut to the limits, and each plugin and handler once, the expected and the default one first. */
export const shortenReport = (report: NodeReport, limits: ReportLimits, expectedSnapshotter: string): NodeReport => {
  const { items, plugins, text, sentence } = limits
  const cut = (value: string, ownMaximum = 512): string => cutText(value, Math.min(text, ownMaximum))
  const cutAll = (values: readonly string[] | null): string[] | null =>
    values === null ? null : values.slice(0, items).map(value => cut(value))
  const important = new Set([cut(expectedSnapshotter, 128), cut(report.defaultSnapshotter.name, 128)])
  const { runtime, containers, images, sandboxImage, mixed } = report
  return {
    ...report,
    runtime: {
      ...runtime,
      name: cut(runtime.name, 64),
      version: cut(runtime.version, 128),
      criError: cutText(runtime.criError, sentence),
    },
    defaultSnapshotter: {
      name: cut(report.defaultSnapshotter.name, 128),
      source: cut(report.defaultSnapshotter.source, 64),
    },
    snapshotters: byName(
      report.snapshotters.map(plugin => ({
        ...plugin,
        name: cut(plugin.name, 128),
        address: cut(plugin.address, 256),
        root: cut(plugin.root, 256),
      })),
      important,
    ).slice(0, plugins),
    runtimeHandlers: byName(
      report.runtimeHandlers.map(({ name, snapshotter }) => ({
        name: cut(name, 128),
        snapshotter: cut(snapshotter, 128),
      })),
      NONE,
    ).slice(0, plugins),
    containers: {
      bySnapshotter: countsOf(containers.bySnapshotter, plugins, important, cut),
      foreign:
        containers.foreign?.slice(0, items).map(container => ({
          ...container,
          id: cut(container.id, 128),
          name: cut(container.name, 320),
          snapshotter: cut(container.snapshotter, 128),
          createdAt: cutText(container.createdAt, 40),
        })) ?? null,
    },
    images: {
      total: images.total,
      foreign: cutAll(images.foreign),
      stranded: cutAll(images.stranded),
      recoverable: cutAll(images.recoverable),
      missing: cutAll(images.missing),
    },
    sandboxImage: { ...sandboxImage, reference: cut(sandboxImage.reference) },
    configTrap: cut(report.configTrap, 128),
    mixed: mixed === null ? null : { ...mixed, message: cutText(mixed.message, sentence) },
  }
}

const NONE: ReadonlySet<string> = new Set()

// Each name once, also after it was cut: the API server merges these lists by it.
const byName = <Item extends { readonly name: string }>(list: readonly Item[], first: ReadonlySet<string>): Item[] => {
  const named = new Map<string, Item>()
  for (const item of list) if (!named.has(item.name)) named.set(item.name, item)
  const rank = ({ name }: Item): number => (first.has(name) ? 0 : 1)
  return [...named.values()].sort((one, other) => rank(one) - rank(other))
}

const countsOf = (
  counts: NodeReport['containers']['bySnapshotter'],
  plugins: number,
  important: ReadonlySet<string>,
  cut: (text: string, ownMaximum: number) => string,
): Record<string, number> | null => {
  if (counts === null) return null
  const entries = Object.entries(counts).map(([name, count]) => ({ name: cut(name, 128), count }))
  const largest = entries.sort((one, other) => other.count - one.count)
  return Object.fromEntries(
    byName(largest, important)
      .slice(0, plugins)
      .map(({ name, count }) => [name, count]),
  )
}
