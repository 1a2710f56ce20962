/** The first two numbers of a containerd version such as 1.7.24~ds1 or v2.4.2+unknown. */
export interface ContainerdRelease {
  readonly major: number
  readonly minor: number
}

/** The release by its version text; 0.0 when it could not be read. */
export const parseContainerdRelease = (version: string): ContainerdRelease => {
  const match = /^v?(\d{1,9})\.(\d{1,9})/.exec(version)
  return { major: Number(match?.[1] ?? 0), minor: Number(match?.[2] ?? 0) }
}
