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
  const used = [
    ...new Set(
      containers
        .filter(isSandbox)
        .sort(newestFirst)
        .map(({ image }) => image),
    ),
  ]
  const inUse = used.flatMap(name => findImage(images, name) ?? [])
  const pinned = pinnedSandboxImages(images)
  const image = named === '' ? (inUse[0] ?? pinned[0]) : findImage(images, named)
  const all = new Set([...(image === undefined ? [] : [image]), ...inUse, ...pinned])
  return { reference: named || (inUse.length > 0 ? used[0] : undefined) || (image?.reference ?? ''), image, all }
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

const isSandbox = ({ kind }: StoredContainer): boolean => kind === 'sandbox'

const findImage = (images: readonly StoredImage[], name: string): StoredImage | undefined =>
  images.find(({ names, configs }) => names.includes(name) || configs.includes(name))

const newestFirst = (one: StoredContainer, other: StoredContainer): number =>
  (other.createdAtMs ?? 0) - (one.createdAtMs ?? 0)
