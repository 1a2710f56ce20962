// A cluster in which certificates are names and numbers: what the Secrets, the webhooks, the replicas and the API servers hold, and
// controllers that read, plan and write in as many separate moments as the real one.
import type { AuthorityFacts, LeafFacts } from '../../../src/controller/certificates/certificate-facts.ts'
import { type PlanTimes, planCertificates } from '../../../src/controller/certificates/certificate-plan.ts'
import type { CertificateStep } from '../../../src/controller/certificates/certificate-step.ts'
import { createSeenSince } from '../../../src/controller/certificates/seen-since.ts'

export const TIMES: PlanTimes = { settleMs: 100, lingerMs: 200 }
const AUTHORITY_MS = 6000
const LEAF_MS = 2000

interface Versioned {
  readonly version: number
}
interface AuthoritySecret extends Versioned {
  readonly list: readonly AuthorityFacts[]
  readonly signs: boolean
}
interface Leaf extends LeafFacts {
  readonly signer: string
}
interface ServingSecret extends Versioned {
  readonly leaf: Leaf | null
  readonly beside: readonly AuthorityFacts[]
}
interface Webhooks extends Versioned {
  readonly bundle: readonly AuthorityFacts[]
  readonly clean: boolean
}
interface Look {
  webhooks?: Webhooks
  serving?: ServingSecret | null
  authority?: AuthoritySecret | null
  step?: CertificateStep
  atMs: number
}

/** What somebody may do to the objects by hand. */
export const DAMAGES = [
  'delete the authority',
  'damage the authority',
  'forget the key',
  'delete the leaf',
  'damage the leaf',
  'mismatch the leaf',
] as const
export const BUNDLE_EDITS = ['empty', 'foreign', 'garbage', 'without the newest'] as const

export const createWorld = () => {
  let nowMs = 1000
  let counter = 0
  let authority: AuthoritySecret | null = null
  let serving: ServingSecret | null = null
  let webhooks: Webhooks = { version: 0, bundle: [], clean: true }
  let lastByHandMs = Number.NEGATIVE_INFINITY
  const views: { bundle: readonly AuthorityFacts[]; untilMs: number; byHand: boolean }[] = []
  const servings: { leaf: Leaf | null; untilMs: number }[] = []
  const replicas: (Leaf | null)[] = [null, null]
  const lost = new Set<string>()
  const controllers = [createController(), createController()]

  function createController() {
    return { look: { atMs: 0 } as Look, bundles: createSeenSince(), leaf: createSeenSince() }
  }
  const life = (lifeMs: number, untilMs = Number.POSITIVE_INFINITY) => {
    const notAfterMs = Math.min(nowMs + lifeMs, untilMs)
    return { notBeforeMs: nowMs, notAfterMs, renewAtMs: nowMs + (2 * (notAfterMs - nowMs)) / 3 }
  }
  const newAuthority = (name = 'ca'): AuthorityFacts => ({ id: `${name}${++counter}`, ...life(AUTHORITY_MS) })
  const setBundle = (bundle: readonly AuthorityFacts[], clean: boolean, byHand: boolean): void => {
    views.push({ bundle: webhooks.bundle, untilMs: nowMs, byHand: lastView.byHand })
    lastView.byHand = byHand
    if (byHand) lastByHandMs = nowMs
    webhooks = { version: ++counter, bundle, clean }
  }
  const lastView = { byHand: false }
  const setServing = (next: ServingSecret | null): void => {
    servings.push({ leaf: serving?.leaf ?? null, untilMs: nowMs })
    serving = next
  }
  const known = (look: Look): AuthorityFacts[] => [
    ...(look.authority?.list ?? []),
    ...(look.webhooks?.bundle ?? []),
    ...(look.serving?.beside ?? []),
  ]
  const pick = (ids: readonly string[], look: Look): AuthorityFacts[] =>
    ids.flatMap(id => known(look).find(candidate => candidate.id === id) ?? [])

  const atHand = (): string[] => known({ atMs: nowMs, webhooks, serving, authority }).map(({ id }) => id)
  // Who wipes an authority out of all three objects leaves nobody who could trust it again.
  const byHand = (edit: () => void): void => {
    const before = atHand()
    edit()
    const after = atHand()
    for (const id of before) if (!after.includes(id)) lost.add(id)
  }

  const plan = (which: number): void => {
    const { look, bundles, leaf } = controllers[which] as ReturnType<typeof createController>
    const facts = {
      authorities: look.authority?.list ?? [],
      signs: look.authority?.signs ?? false,
      leaf: look.serving?.leaf ?? null,
      besideLeaf: look.serving?.beside ?? [],
      bundles: [{ authorities: look.webhooks?.bundle ?? [], clean: look.webhooks?.clean ?? true }],
      bundleAgeMs: bundles.ageMs(String(look.webhooks?.version), nowMs),
      leafAgeMs: leaf.ageMs(look.serving?.leaf?.id ?? '', nowMs),
    }
    const first = planCertificates({ ...facts, replicas: null }, TIMES, nowMs)
    const served = replicas.filter(replica => replica !== null)
    const answers = served.map(({ signer }) => ({ ready: true, signers: [signer] }))
    look.step = first.kind === 'askReplicas' ? planCertificates({ ...facts, replicas: answers }, TIMES, nowMs) : first
  }

  const write = ({ look, bundles }: ReturnType<typeof createController>): void => {
    const { step } = look
    if (step?.kind === 'writeAuthorities') writeAuthorities(look, step)
    else if (step?.kind === 'writeLeaf') writeLeaf(look)
    else if (step?.kind === 'writeBundles' && look.webhooks?.version === webhooks.version) {
      setBundle(pick(step.authorities, look), true, false)
      if (step.first) bundles.takeForOld(String(webhooks.version))
    }
  }
  const writeAuthorities = (look: Look, { fresh, keep }: { fresh: boolean; keep: readonly string[] }): void => {
    if (look.authority?.version !== authority?.version) return
    const list = [...(fresh ? [newAuthority()] : []), ...pick(keep, look)]
    authority = { version: ++counter, list, signs: true }
  }
  const damageLeaf = (what: string): void => {
    const mismatched = serving?.leaf ? { ...serving.leaf, id: `leaf${++counter}`, sound: false } : null
    const leaf = what === 'mismatch the leaf' ? mismatched : null
    const beside = leaf === null ? [] : (serving?.beside ?? [])
    setServing(what === 'delete the leaf' ? null : { version: ++counter, leaf, beside })
  }
  const writeLeaf = (look: Look): void => {
    const [signer] = look.authority?.list ?? []
    if (signer === undefined || look.serving?.version !== serving?.version) return
    const validity = life(LEAF_MS, signer.notAfterMs)
    const leaf = { id: `leaf${++counter}`, signer: signer.id, signers: [signer.id], ...validity, sound: true }
    setServing({ version: ++counter, leaf, beside: look.authority?.list ?? [] })
  }

  return {
    advance: (ms: number): void => {
      nowMs += ms
    },
    /** One moment of a controller: one of three reads, the plan, or the write. */
    turn: (which: number): void => {
      const controller = controllers[which] as ReturnType<typeof createController>
      const { look } = controller
      if (look.webhooks === undefined) controller.look = { atMs: nowMs, webhooks }
      else if (look.serving === undefined) look.serving = serving
      else if (look.authority === undefined) look.authority = authority
      else if (look.step === undefined) plan(which)
      else {
        // A look that took so long is not acted on.
        if (nowMs - look.atMs <= TIMES.settleMs) write(controller)
        controller.look = { atMs: nowMs }
      }
    },
    restartController: (which: number): void => {
      controllers[which] = createController()
    },
    /** The kubelet brings what the Secret holds now; a replica refuses what it cannot serve. */
    bring: (which: number): void => {
      if (replicas[which] !== null && serving?.leaf?.sound === true) replicas[which] = serving.leaf
    },
    /** A replica starts with what the Secret held up to `lingerMs` ago, if that can be served. */
    restartReplica: (which: number, agoMs: number): void => {
      const past = servings.find(({ untilMs }) => untilMs > nowMs - agoMs)
      const leaf = past === undefined ? (serving?.leaf ?? null) : past.leaf
      replicas[which] = leaf?.sound === true ? leaf : null
    },
    damage: (what: (typeof DAMAGES)[number]): void =>
      byHand(() => {
        if (what.endsWith('the leaf')) damageLeaf(what)
        else if (what === 'delete the authority') authority = null
        else if (what === 'damage the authority') authority = { version: ++counter, list: [], signs: false }
        else if (authority) authority = { ...authority, version: ++counter, signs: false }
      }),
    editBundle: (edit: (typeof BUNDLE_EDITS)[number]): void =>
      byHand(() => {
        const newest = authority?.list[0]?.id
        const others = webhooks.bundle.filter(({ id }) => id !== newest)
        if (edit === 'empty') setBundle([], true, true)
        if (edit === 'foreign') setBundle([newAuthority('foreign')], true, true)
        if (edit === 'garbage') setBundle(webhooks.bundle, false, true)
        if (edit === 'without the newest') setBundle(others, true, true)
      }),
    /** Every replica that API servers cannot call though they were told nothing wrong by anybody; none is right. */
    untrusted: (): string[] => {
      if (nowMs - lastByHandMs < TIMES.settleMs) return []
      const now = { bundle: webhooks.bundle, untilMs: nowMs, byHand: lastView.byHand }
      // Who trusts nobody, or nobody who has not expired, could call nobody before either.
      const believed = [...views, now]
        .filter(({ untilMs, byHand }) => !byHand && untilMs > nowMs - TIMES.settleMs)
        .map(({ bundle }) => bundle.filter(({ notAfterMs }) => notAfterMs > nowMs).map(({ id }) => id))
        .filter(ids => ids.length > 0)
      return replicas.flatMap(leaf =>
        leaf === null || leaf.notAfterMs <= nowMs || lost.has(leaf.signer)
          ? []
          : believed
              .filter(ids => !ids.includes(leaf.signer))
              .map(ids => `at ${nowMs} a replica serves ${leaf.id} of ${leaf.signer}, trusted is ${ids.join(' ')}`),
      )
    },
    /** What there is, for looking at the end. */
    state: () => ({
      authorities: authority?.list.map(({ id }) => id) ?? [],
      signs: authority?.signs ?? false,
      bundle: webhooks.bundle.map(({ id }) => id),
      clean: webhooks.clean,
      leaf: serving?.leaf ?? null,
      served: replicas.map(leaf => leaf?.signer ?? null),
      nowMs,
    }),
  }
}

export type World = ReturnType<typeof createWorld>
