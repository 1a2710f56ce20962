import type { Finding } from '../finding.ts'

/** NodeNotFound: what there is to say about a name that no Node object has. */
export const NODE_NOT_FOUND: Finding = { reason: 'NodeNotFound', found: 'no Node object of this name is known' }
