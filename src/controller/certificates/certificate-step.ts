/** What to do next; `why` is for the log, and for whoever waits. */
export type CertificateStep =
  /** Writes the controller's Secret: a new authority first, where one is wanted, and then those to keep, by id, in this order. */
  | {
      readonly kind: 'writeAuthorities'
      readonly fresh: boolean
      readonly keep: readonly string[]
      readonly why: string
    }
  /** Gives every webhook these authorities and no other; `first` when none trusted anything, so that nobody needs time to learn of it. */
  | {
      readonly kind: 'writeBundles'
      readonly authorities: readonly string[]
      readonly first: boolean
      readonly why: string
    }
  /** Writes a new serving certificate, signed by the first authority. */
  | { readonly kind: 'writeLeaf'; readonly why: string }
  /** Asks every endpoint of the Service what it serves, and plans again. */
  | { readonly kind: 'askReplicas'; readonly why: string }
  /** Looks again after this time at the latest. */
  | { readonly kind: 'wait'; readonly forMs: number; readonly why: string }
