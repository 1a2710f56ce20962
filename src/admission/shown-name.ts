import { plainText } from '../policy/plain-text.ts'

// No name in Kubernetes is longer (RFC 1123 subdomain).
const LONGEST_NAME = 253

const ORDINARY = /^[a-z0-9.-]{1,253}$/

/** A name from a request as it may be shown: printable, and no longer than Kubernetes lets a name be. */
export const shownName = (name: string): string =>
  // Nearly every name is one that Kubernetes allows, and needs no repair.
  ORDINARY.test(name) ? name : plainText(name, LONGEST_NAME)
