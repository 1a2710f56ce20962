import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A request that the load client sends: where to, and the bytes of the body. */
export interface BenchBody {
  readonly path: string
  readonly body: Buffer
}

interface Container {
  env?: unknown
}

interface PodLikeSpec {
  nodeName?: string
  containers: Container[]
}

/** What this file changes of the real reviews. */
interface Review {
  readonly request: {
    readonly object: {
      readonly target: { name: string }
      readonly spec: PodLikeSpec & { readonly template: { readonly spec: PodLikeSpec } }
    }
  }
}

const fixture = (name: string): Review =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/reviews', name), 'utf8'))

const serialized = (path: string, review: unknown): BenchBody => ({ path, body: Buffer.from(JSON.stringify(review)) })

const environment = (count: number): { name: string; value: string }[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `SETTING_${at}`,
    value: `value-of-setting-${at}-${'x'.repeat(24)}`,
  }))

/** A real binding by kube-scheduler onto the given node: 0.8 KB once the managed fields are there. */
export const bindingBody = (node: string): BenchBody => {
  const review = fixture('plain-pod--bindings-CREATE-pods.binding.json')
  review.request.object.target.name = node
  return serialized('/validate/bindings?timeout=10s', review)
}

/** A real pod that names its node, grown to 11 KB by environment variables as pods of the field are. */
export const podBody = (node: string): BenchBody => {
  const review = fixture('pod-nodename--pods-CREATE-pods.json')
  review.request.object.spec.nodeName = node
  const [container = {}] = review.request.object.spec.containers
  for (let count = 8; JSON.stringify(review).length < 11_000; count += 1) container.env = environment(count)
  return serialized('/validate/pods?timeout=10s', review)
}

/** A Deployment of 1 MB, nearly all of it environment variables: the largest a busy cluster sees beside its bindings. */
export const workloadBody = (): BenchBody => {
  const review = fixture('deployment--advisory-CREATE-deployments.json')
  const [container = {}] = review.request.object.spec.template.spec.containers
  container.env = environment(13_200)
  return serialized('/validate/advisory?timeout=10s', review)
}
