// The pause image. Machine images bring it along, unpacked in overlayfs whatever the default will be, so it must be told apart: on a
// healthy node it is often the only image outside the default snapshotter.

import type { StoredContainer } from './containers.ts'
import type { CRIConfig } from './cri-config.ts'
import type { StoredImage } from './images.ts'

const PAUSE_REPOSITORY = /(^|\/)[^/:@]*pause[^/:@]*(:[^/@]*)?(@[^/]*)?$/

/** The sandbox image that CRI uses, and every image that is (or was) one. */
export interface SandboxImages {
  /** The reference that CRI uses, or the name of the image; '' when it could not be told. */
  readonly reference: string
  /** undefined when it is not on the node, or could not be told. */
  readonly image: StoredImage | undefined
  readonly all: ReadonlySet<StoredImage>
}

/** The sandbox images among the images: the one that CRI names, those that sandboxes use, and pinned ones that look like one. */
export const findSandboxImages = (
  images: readonly StoredImage[],
  config: CRIConfig | null,
  containers: readonly StoredContainer[],
): SandboxImages => {
  const named = config?.sandboxImage ?? ''
  if (isWithoutSandboxImage(config)) return { reference: '', image: undefined, all: new Set() }
  const byName = new Map(
    images.flatMap(image => [...image.names, ...image.configs].map(name => [name, image] as const)),
  )
  const used = containers.filter(({ kind }) => kind === 'sandbox').sort(newestFirst)
  const inUse = used.flatMap(({ image }) => byName.get(image) ?? [])
  const pinned = pinnedSandboxImages(images)
  const image = named === '' ? (inUse[0] ?? pinned[0]) : byName.get(named)
  const all = new Set([...(image === undefined ? [] : [image]), ...inUse, ...pinned])
  return {
    reference: named || (inUse[0] === undefined ? undefined : used[0]?.image) || (image?.reference ?? ''),
    image,
    all,
  }
}

// Handlers with a sandboxer of their own need no pause image; it may then be anywhere.
const isWithoutSandboxImage = (config: CRIConfig | null): boolean =>
  config !== null && config.runtimes.length > 0 && config.runtimes.every(runtime => runtime.withoutSandboxImage)

// From containerd 1.7 CRI pins its sandbox image; an administrator may pin others, so a name that says what it is comes first.
const pinnedSandboxImages = (images: readonly StoredImage[]): readonly StoredImage[] => {
  const pinned = images.filter(image => image.pinned)
  const pauses = pinned.filter(({ names }) => names.some(name => PAUSE_REPOSITORY.test(name)))
  return pauses.length > 0 ? pauses : pinned
}

const newestFirst = (one: StoredContainer, other: StoredContainer): number =>
  (other.createdAtMs ?? 0) - (one.createdAtMs ?? 0)
