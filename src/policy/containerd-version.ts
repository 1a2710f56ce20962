interface ContainerdVersion {
  readonly numbers: readonly [number, number, number]
  readonly preRelease: boolean
}

// Whatever follows is a distribution's or a build's own (1.6.20~ds1, 1.7.24-0ubuntu1, 1.7.16+unknown) and not older than the
// release itself, except for the pre-releases of containerd: 1.7.16-rc.1, and 1.7.16~rc.1 as Debian writes it.
const PATTERN = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-~](alpha|beta|rc))?/

const parse = (text: string): ContainerdVersion | null => {
  const match = PATTERN.exec(text)
  if (match === null) return null
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], preRelease: match[4] !== undefined }
}

const isBefore = ({ numbers, preRelease }: ContainerdVersion, release: readonly [number, number, number]): boolean => {
  const differing = numbers.findIndex((number, i) => number !== release[i])
  return differing === -1 ? preRelease : (numbers[differing] ?? 0) < (release[differing] ?? 0)
}

/**
 * True when this containerd hides a proxy snapshotter's root from the kubelet, which then enforces no storage limits and collects
 * no garbage: before 1.7.16, except 1.6.32 and later of 1.6 (SOCI's docs/kubernetes.md, "Known Bugs"); false when unreadable.
 */
export const hasStatsBug = (version: string): boolean => {
  const containerd = parse(version)
  if (containerd === null) return false
  const [major, minor] = containerd.numbers
  return isBefore(containerd, major === 1 && minor === 6 ? [1, 6, 32] : [1, 7, 16])
}
