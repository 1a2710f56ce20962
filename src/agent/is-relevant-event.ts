// containerd's topics that a report may depend on. A pull makes hundreds of blobs and snapshots; what comes of them is told by the
// image or container that uses them in the end. What goes away may be missed by an image that stays.
const RELEVANT = /^\/(images\/|containers\/|snapshot\/remove$|content\/delete$)/

/** True when what the topic tells of may change a report. */
export const isRelevantEvent = (topic: string): boolean => RELEVANT.test(topic)
