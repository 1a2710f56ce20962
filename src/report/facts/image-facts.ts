import type { NodeReport, SandboxImageStatus } from '../node-report.ts'
import { type Candidate, candidatesOf, type ImagePlace, type ImageSurroundings, placeOf } from './image-place.ts'
import type { StoredImage } from './images.ts'
import { reportedReferences } from './reported-list.ts'
import type { SandboxImages } from './sandbox-images.ts'

/** What a report says about the images of a node. */
export interface ImageFacts {
  readonly images: NodeReport['images']
  readonly sandboxImage: NodeReport['sandboxImage']
}

/** When this boot began: what was unpacked before says nothing. null = all of it counts. */
export type BootTimeMs = number | null

const SANDBOX_STATUS: Readonly<Record<ImagePlace, SandboxImageStatus>> = {
  inDefault: 'InDefault',
  missing: 'Missing',
  elsewhere: 'Unknown',
  recoverable: 'Recoverable',
  stranded: 'Stranded',
  unknown: 'Unknown',
}

/** What is wrong with which images, the sandbox image apart from the others. */
export const imageFacts = (
  images: readonly StoredImage[],
  sandbox: SandboxImages,
  surroundings: ImageSurroundings,
  bootTimeMs: BootTimeMs,
): ImageFacts => {
  const found: Record<ImagePlace, string[]> = {
    inDefault: [],
    missing: [],
    elsewhere: [],
    recoverable: [],
    stranded: [],
    unknown: [],
  }
  const foreign: string[] = []
  let isForeignKnown = true
  for (const image of images) {
    if (sandbox.all.has(image)) continue
    const candidates = candidatesOf(image, surroundings.content)
    found[placeOf(candidates, surroundings)].push(image.reference)
    const isForeign = isUnpackedElsewhere(candidates, surroundings, bootTimeMs)
    if (isForeign === true) foreign.push(image.reference)
    isForeignKnown &&= isForeign !== null
  }
  // Without the default's own snapshots no place can be told; what was unpacked elsewhere can.
  const isPlaceKnown = surroundings.snapshotsOf(surroundings.defaultSnapshotter) !== null
  const listed = (references: readonly string[]) => (isPlaceKnown ? reportedReferences(references) : null)
  return {
    images: {
      total: images.length,
      foreign: foreign.length > 0 || isForeignKnown ? reportedReferences(foreign) : null,
      stranded: listed(found.stranded),
      recoverable: listed(found.recoverable),
      missing: listed(found.missing),
    },
    sandboxImage: { reference: sandbox.reference, status: sandboxStatus(sandbox, surroundings) },
  }
}

const sandboxStatus = ({ image }: SandboxImages, surroundings: ImageSurroundings): SandboxImageStatus =>
  image === undefined ? 'Unknown' : SANDBOX_STATUS[placeOf(candidatesOf(image, surroundings.content), surroundings)]

// True when the image was surely unpacked in this boot where neither the default nor a runtime handler wants it; null when it could
// not be told when it was.
const isUnpackedElsewhere = (
  candidates: readonly Candidate[],
  surroundings: ImageSurroundings,
  bootTimeMs: BootTimeMs,
): boolean | null => {
  const { defaultSnapshotter, handlerSnapshotters, content, snapshotsOf } = surroundings
  const answers = candidates.flatMap(({ manifest, chainIDs }) =>
    [...chainIDs]
      .filter(([snapshotter]) => snapshotter !== defaultSnapshotter && !handlerSnapshotters.has(snapshotter))
      .map(([snapshotter, chainID]) => {
        const snapshots = snapshotsOf(snapshotter)
        return snapshots === null
          ? isBlobOfThisBoot(content.createdAtMs(manifest.config), bootTimeMs)
          : isSnapshotOfThisBoot(snapshots, chainID, bootTimeMs)
      }),
  )
  if (answers.includes(true)) return true
  return answers.includes(null) ? null : false
}

const isSnapshotOfThisBoot = (
  snapshots: ReadonlyMap<string, number | null>,
  chainID: string,
  bootTimeMs: BootTimeMs,
): boolean => {
  const createdAtMs = snapshots.get(chainID)
  if (createdAtMs === undefined) return false
  return createdAtMs === null || bootTimeMs === null || createdAtMs >= bootTimeMs
}

// An image cannot have been unpacked before it came; one that came before this boot may have been unpacked at any time since.
const isBlobOfThisBoot = (createdAtMs: number | null, bootTimeMs: BootTimeMs): true | null =>
  bootTimeMs === null || (createdAtMs !== null && createdAtMs >= bootTimeMs) ? true : null

/** What is said about images when containerd did not tell which there are, or what they consist of. */
export const unknownImageFacts = (total: number | null, reference: string): ImageFacts => ({
  images: { total, foreign: null, stranded: null, recoverable: null, missing: null },
  sandboxImage: { reference, status: 'Unknown' },
})
