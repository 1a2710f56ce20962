import type { PodFacts } from '../admission/cluster-view.ts'
import type { Parsed } from '../errors.ts'
import type { NodeFacts } from '../policy/node-facts.ts'
import { parseNodeFacts } from '../policy/parse-node-facts.ts'
import type { RuntimeClassFacts } from '../policy/runtime-class-facts.ts'
import type { NodeReport } from '../report/node-report.ts'
import { parseNodeReport } from '../report/parse-node-report.ts'
import type { InventoryContents } from './inventory-contents.ts'
import { parseNamespace } from './parse-namespace.ts'
import { parsePod } from './parse-pod.ts'
import { parseRuntimeClass } from './parse-runtime-class.ts'
import { stepsOf } from './problem-path.ts'
import type { ObjectProblem, SourceObject } from './source-object.ts'

/** An object with the file it came from, so that a duplicate can say where the first one is. */
export interface FiledObject extends SourceObject {
  readonly file: string
}

/** Something wrong with one object of one file. */
export interface FiledProblem extends ObjectProblem {
  readonly file: string
}

interface Kind {
  readonly read: (object: FiledObject, into: Reading) => Parsed<string>
}

interface Reading {
  readonly nodes: Map<string, NodeFacts>
  readonly reports: Map<string, NodeReport>
  readonly runtimeClasses: Map<string, RuntimeClassFacts>
  readonly namespaceModes: Map<string, string | undefined>
  readonly pods: Map<string, PodFacts>
}

const kindOf = <Facts extends { readonly name: string }>(
  parse: (object: unknown) => Parsed<Facts>,
  keep: (facts: Facts, into: Reading) => void,
): Kind => ({
  read: ({ value }, into) => {
    const parsed = parse(value)
    if (!parsed.ok) return parsed
    keep(parsed.value, into)
    return { ok: true, value: parsed.value.name }
  },
})

// By API group and kind; the version is the parsers' affair. Every other kind is of no use here and is passed over, so that
// `kubectl get all -o yaml` is an inventory too.
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['/Node', kindOf(parseNodeFacts, (node, into) => into.nodes.set(node.name, node))],
  ['soci-guard.dev/NodeSnapshotter', kindOf(parseNodeReport, (report, into) => into.reports.set(report.name, report))],
  ['node.k8s.io/RuntimeClass', kindOf(parseRuntimeClass, (facts, into) => into.runtimeClasses.set(facts.name, facts))],
  ['/Namespace', kindOf(parseNamespace, ({ name, modeLabel }, into) => into.namespaceModes.set(name, modeLabel))],
  ['/Pod', kindOf(parsePod, ({ name, facts }, into) => into.pods.set(name, facts))],
])

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/', 1)[0] ?? '') : '')

const whereIs = ({ file, document, path }: FiledObject): string =>
  `${file}, document ${document.number}, line ${document.lineOf(path)}`

/** Everything of use in the objects, or every problem in them; two objects of one kind and name are a problem. */
export const parseInventory = (
  objects: readonly FiledObject[],
): { contents: InventoryContents; problems: FiledProblem[] } => {
  const contents: Reading = {
    nodes: new Map(),
    reports: new Map(),
    runtimeClasses: new Map(),
    namespaceModes: new Map(),
    pods: new Map(),
  }
  const problems: FiledProblem[] = []
  const seen = new Map<string, FiledObject>()
  for (const object of objects) {
    const kind = KINDS.get(`${groupOf(object.apiVersion)}/${object.kind}`)
    if (kind === undefined) continue
    const { file, document, path } = object
    const read = kind.read(object, contents)
    if (!read.ok) {
      problems.push(
        ...read.problems.map(problem => ({
          file,
          document,
          path: [...path, ...stepsOf(problem.path)],
          message: problem.message,
        })),
      )
      continue
    }
    const key = `${object.kind} ${read.value}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, object)
    else
      problems.push({
        file,
        document,
        path: [...path, 'metadata', 'name'],
        message: `expected one ${key}, found it again after ${whereIs(first)}`,
      })
  }
  return { contents, problems }
}
