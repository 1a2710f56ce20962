// containerd lists each image of CRI three times: by tag, by digest, and by the digest of its config, which is the image's ID in
// Kubernetes. What they have in common is the target, so that is the image here.

import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn, textOf } from './raw-fields.ts'

const PINNED_LABEL = 'io.cri-containerd.pinned'
// The digest algorithms that containerd knows; a reference cannot begin so, because its domain comes first.
const isBareDigest = (name: string): boolean => name.startsWith('sha256:') || name.startsWith('sha512:')

/** An image in containerd's store, under all of its names. */
export interface StoredImage {
  /** The digest of its manifest or index. */
  readonly target: string
  /** The name to show: with a tag where there is one. */
  readonly reference: string
  /** Its names without the bare ones. */
  readonly names: readonly string[]
  /** Digests of configs that CRI knows the image by: of the platform that this node runs. */
  readonly configs: readonly string[]
  /** True when CRI keeps the kubelet from removing it. */
  readonly pinned: boolean
}

interface Growing {
  names: string[]
  configs: string[]
  pinned: boolean
}

// The list of a sweep is looked at several times, and again by later sweeps as long as no image comes or goes.
const known = new WeakMap<readonly unknown[], readonly StoredImage[]>()

/** Every image, by target, in the order of the references; null when containerd did not tell. */
export const readImages = (observation: Observation): readonly StoredImage[] | null => {
  const list = listIn(answerTo(observation, CALLS.images), 'images')
  if (list === null) return null
  const images = known.get(list) ?? imagesIn(list)
  known.set(list, images)
  return images
}

const imagesIn = (list: readonly unknown[]): readonly StoredImage[] => {
  const byTarget = new Map<string, Growing>()
  for (const raw of list) {
    const target = textOf(fieldOf(raw, 'target'), 'digest')
    const image = byTarget.get(target) ?? { names: [], configs: [], pinned: false }
    const name = textOf(raw, 'name')
    if (isBareDigest(name)) image.configs.push(name)
    else image.names.push(name)
    image.pinned ||= textOf(fieldOf(raw, 'labels'), PINNED_LABEL) !== ''
    byTarget.set(target, image)
  }
  return [...byTarget].map(([target, image]) => ({ target, reference: referenceOf(image), ...image })).sort(byReference)
}

const referenceOf = ({ names, configs }: Growing): string =>
  names.find(name => !name.includes('@')) ?? names[0] ?? configs[0] ?? ''

const byReference = (one: StoredImage, other: StoredImage): number =>
  one.reference < other.reference ? -1 : Number(one.reference > other.reference)
