import { plainText } from '../policy/plain-text.ts'

/** A name from a request as it may be shown: printable, and no longer than Kubernetes lets a name be (RFC 1123 subdomain, 253). */
export const shownName = (name: string): string => plainText(name, 253)
