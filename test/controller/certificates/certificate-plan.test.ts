import t from 'tap'
import type {
  AuthorityFacts,
  CertificateFacts,
  LeafFacts,
} from '../../../src/controller/certificates/certificate-facts.ts'
import { planCertificates } from '../../../src/controller/certificates/certificate-plan.ts'
import type { CertificateStep } from '../../../src/controller/certificates/certificate-step.ts'

const NOW_MS = 1_000_000
const TIMES = { settleMs: 60_000, lingerMs: 120_000 }
const LONG = 1_000_000

const authority = (id: string, change: Partial<AuthorityFacts> = {}): AuthorityFacts => ({
  id,
  notBeforeMs: 0,
  notAfterMs: NOW_MS + 3000,
  renewAtMs: NOW_MS + 1000,
  ...change,
})
const leaf = (signer: string, change: Partial<LeafFacts> = {}): LeafFacts => ({
  id: 'leaf',
  signers: [signer],
  notBeforeMs: 0,
  notAfterMs: NOW_MS + 2000,
  renewAtMs: NOW_MS + 500,
  sound: true,
  ...change,
})
const bundle = (...ids: string[]) => ({ authorities: ids.map(id => authority(id)), clean: true })

/** One authority that all trust and that signed the leaf; nothing has changed for long. */
const facts = (change: Partial<CertificateFacts> = {}): CertificateFacts => ({
  authorities: [authority('new')],
  signs: true,
  leaf: leaf('new'),
  besideLeaf: [authority('new')],
  bundles: [bundle('new'), bundle('new')],
  bundleAgeMs: LONG,
  leafAgeMs: LONG,
  replicas: null,
  ...change,
})
const both = [authority('new'), authority('old')]
const rotated = { authorities: both, bundles: [bundle('new', 'old')] }
const UNTOLD = 'API servers learn of the caBundle first'
const UNNEEDED = 'an authority is trusted that has signed nothing any more'
const LACKING = 'a caBundle lacks an authority, or holds what is none'
const keepAll = (why: string, keep = ['new']) => ({ kind: 'writeAuthorities', fresh: true, keep, why }) as const
const newLeaf = (why: string) => ({ kind: 'writeLeaf', why }) as const

const CASES: { name: string; facts: CertificateFacts; want: CertificateStep }[] = [
  {
    name: 'all is in order: until the first renewal',
    facts: facts(),
    want: { kind: 'wait', forMs: 500, why: 'all is in order' },
  },
  {
    name: 'nothing is there',
    facts: facts({ authorities: [], signs: false, leaf: null, besideLeaf: [], bundles: [bundle(), bundle()] }),
    want: keepAll('there is no authority that can be used', []),
  },
  {
    name: 'the authority is lost: what webhooks trust and what stands beside the leaf is kept',
    facts: facts({ authorities: [], signs: false, bundles: [bundle('old')], besideLeaf: [authority('new')] }),
    want: keepAll('there is no authority that can be used', ['old', 'new']),
  },
  {
    name: 'the key of the authority is lost',
    facts: facts({ signs: false }),
    want: keepAll('the key of the authority cannot be used'),
  },
  {
    name: 'the authority has expired, and is not kept',
    facts: facts({ authorities: [authority('new', { notAfterMs: NOW_MS })], bundles: [], besideLeaf: [] }),
    want: keepAll('the authority has expired', []),
  },
  {
    name: 'the authority is of tomorrow',
    facts: facts({ authorities: [authority('new', { notBeforeMs: NOW_MS + 1 })] }),
    want: keepAll('the authority is not valid yet'),
  },
  {
    name: 'the authority is due',
    facts: facts({ authorities: [authority('new', { renewAtMs: NOW_MS })] }),
    want: keepAll('two thirds of the life of the authority are over'),
  },
  {
    name: 'no webhook trusts anything: the first bundle',
    facts: facts({ bundles: [bundle(), bundle()], leaf: null, besideLeaf: [] }),
    want: { kind: 'writeBundles', authorities: ['new'], first: true, why: LACKING },
  },
  {
    name: 'one webhook lacks the new authority: all get everything that any trusts',
    facts: facts({ bundles: [bundle('old', 'new'), bundle('old')] }),
    want: { kind: 'writeBundles', authorities: ['new', 'old'], first: false, why: LACKING },
  },
  {
    name: 'a bundle holds nonsense',
    facts: facts({ bundles: [{ ...bundle('new'), clean: false }] }),
    want: { kind: 'writeBundles', authorities: ['new'], first: false, why: LACKING },
  },
  {
    name: 'a leaf of somebody else: who signed it is trusted until it is replaced',
    facts: facts({ leaf: leaf('other'), besideLeaf: [authority('other')] }),
    want: { kind: 'writeBundles', authorities: ['new', 'other'], first: false, why: LACKING },
  },
  {
    name: 'the new authority was told of a moment ago: it signs nothing yet',
    facts: facts({ ...rotated, leaf: leaf('old'), bundleAgeMs: 59_000 }),
    want: { kind: 'wait', forMs: 1000, why: `another authority signs serving certificates now; ${UNTOLD}` },
  },
  {
    name: 'the new authority is known: it signs',
    facts: facts({ ...rotated, leaf: leaf('old'), bundleAgeMs: 60_000 }),
    want: newLeaf('another authority signs serving certificates now'),
  },
  {
    name: 'the leaf is gone',
    facts: facts({ leaf: null }),
    want: newLeaf('there is no serving certificate that can be used'),
  },
  {
    name: 'the leaf is damaged',
    facts: facts({ leaf: leaf('new', { sound: false }) }),
    want: newLeaf('the serving certificate, its key and its names do not belong together'),
  },
  {
    name: 'the leaf has expired',
    facts: facts({ leaf: leaf('new', { notAfterMs: NOW_MS }) }),
    want: newLeaf('the serving certificate has expired'),
  },
  {
    name: 'the leaf is of tomorrow',
    facts: facts({ leaf: leaf('new', { notBeforeMs: NOW_MS + 1 }) }),
    want: newLeaf('the serving certificate is not valid yet'),
  },
  {
    name: 'the leaf is due',
    facts: facts({ leaf: leaf('new', { renewAtMs: NOW_MS }) }),
    want: newLeaf('two thirds of the life of the serving certificate are over'),
  },
  {
    name: 'the leaf was replaced a moment ago: the old authority stays',
    facts: facts({ ...rotated, leafAgeMs: 119_000 }),
    want: { kind: 'wait', forMs: 1000, why: 'replicas take the new serving certificate' },
  },
  { name: 'then the replicas are asked', facts: facts(rotated), want: { kind: 'askReplicas', why: UNNEEDED } },
  {
    name: 'a ready replica is silent',
    facts: facts({ ...rotated, replicas: [{ ready: true, signers: null }] }),
    want: { kind: 'wait', forMs: 120_000, why: '1 ready replicas do not show us their certificate' },
  },
  {
    name: 'a replica that is not ready serves the old leaf',
    facts: facts({
      ...rotated,
      replicas: [
        { ready: true, signers: ['new'] },
        { ready: false, signers: ['old'] },
      ],
    }),
    want: { kind: 'wait', forMs: 120_000, why: '1 replicas serve another certificate still' },
  },
  {
    name: 'all serve the new one: the old authority goes',
    facts: facts({
      ...rotated,
      replicas: [
        { ready: true, signers: ['new'] },
        { ready: false, signers: null },
      ],
    }),
    want: { kind: 'writeAuthorities', fresh: false, keep: ['new'], why: UNNEEDED },
  },
  {
    name: 'and then from the bundles',
    facts: facts({ bundles: [bundle('new', 'old')], replicas: [] }),
    want: { kind: 'writeBundles', authorities: ['new'], first: false, why: UNNEEDED },
  },
  {
    name: 'there is no webhook configuration',
    facts: facts({ bundles: [], leaf: null }),
    want: newLeaf('there is no serving certificate that can be used'),
  },
]

for (const { name, facts: given, want } of CASES) {
  t.test(name, async t => t.strictSame(planCertificates(given, TIMES, NOW_MS), want))
}
