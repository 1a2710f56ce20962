/** One certificate authority, by the fingerprint of its certificate. */
export interface AuthorityFacts {
  readonly id: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** When two thirds of its life are over. */
  readonly renewAtMs: number
}

/** The serving certificate in its Secret. */
export interface LeafFacts {
  readonly id: string
  /** The ids of all authorities at hand, wherever they stand, that have signed it. */
  readonly signers: readonly string[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** When two thirds of its life are over. */
  readonly renewAtMs: number
  /** It has its own key beside it and is good for every name of the Service, so that a replica could serve it and a client take it. */
  readonly sound: boolean
}

/** What one webhook trusts. */
export interface BundleFacts {
  readonly authorities: readonly AuthorityFacts[]
  /** Nothing in the bundle is anything but a certificate of an authority, each of them once. */
  readonly clean: boolean
}

/** What one endpoint of the Service answered a TLS client. */
export interface ReplicaFacts {
  /** API servers call it. */
  readonly ready: boolean
  /** The ids of the authorities at hand that have signed what it serves; null when it did not answer. */
  readonly signers: readonly string[] | null
}

/** Everything that the next step is decided by; whatever is missing or damaged is absent from it. */
export interface CertificateFacts {
  /** Those of the controller's own Secret, newest first; none when the Secret is missing or damaged. */
  readonly authorities: readonly AuthorityFacts[]
  /** The key of the first is there and can sign. */
  readonly signs: boolean
  readonly leaf: LeafFacts | null
  /** The authorities that stand beside the leaf. */
  readonly besideLeaf: readonly AuthorityFacts[]
  /** One for each webhook; none when there is no webhook configuration. */
  readonly bundles: readonly BundleFacts[]
  /** For how long the webhook configuration has been seen as it is; endless where it trusted nothing before. */
  readonly bundleAgeMs: number
  /** For how long the leaf has been seen as it is. */
  readonly leafAgeMs: number
  /** null: they were not asked. */
  readonly replicas: readonly ReplicaFacts[] | null
}
