/** The names of the calls in an observation, the same as in the captures. */
export const CALLS = {
  plugins: 'introspection.Plugins',
  server: 'introspection.Server',
  version: 'version.Version',
  criStatus: 'cri.runtime.Status',
  criConfig: 'cri.runtime.Status.info.config',
  podSandboxes: 'cri.runtime.ListPodSandbox',
  imageFs: 'cri.image.ImageFsInfo',
  containers: 'containers.List',
  content: 'content.List',
  images: 'images.List',
  containerdFiles: 'files.containerd',
  snapshotterFiles: 'files.snapshotter',
  host: 'host',
} as const

/** The call that lists the snapshots of a snapshotter through containerd. */
export const snapshotsCall = (snapshotter: string): string => `snapshots.List.${snapshotter}`

/** The real call on a snapshotter plugin's own address. */
export const pluginCall = (snapshotter: string): string => `plugin.${snapshotter}.snapshots.List`

/** The call that tells whether a snapshotter plugin serves CRI's ImageService on its own address, which is how it gets credentials. */
export const pluginImageCall = (snapshotter: string): string => `plugin.${snapshotter}.ImageFsInfo`
