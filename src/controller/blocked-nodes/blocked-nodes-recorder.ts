/** Is told what becomes of BlockedNodes, for metrics. */
export interface BlockedNodesRecorder {
  /** Everything wanted is on the API server: so many nodes in so many objects, of which so many had to be written. */
  published(counts: { readonly nodes: number; readonly objects: number; readonly writes: number }): void
  failed(): void
}
