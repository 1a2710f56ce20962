import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { decodeReview } from '../../src/admission/decode-review.ts'
import { pickFast } from '../../src/admission/json-pick-fast.ts'
import { REVIEW_SHAPE } from '../../src/admission/review-shape.ts'

const folder = new URL('../fixtures/reviews/', import.meta.url)

const request = {
  uid: 'u-1',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  operation: 'CREATE',
}

const review = (changes: object): unknown => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { ...request, ...changes },
})

t.test('a real binding is decoded', async t => {
  const picked = pickFast(
    readFileSync(new URL('binding-dryrun--bindings-CREATE-pods.binding.json', folder)),
    REVIEW_SHAPE,
  )
  t.strictSame(decodeReview(picked.ok && picked.value), {
    ok: true,
    request: {
      uid: '8f68c440-d341-4fdd-8339-536e9d044c0b',
      operation: 'CREATE',
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'binding',
      kind: { group: '', version: 'v1', kind: 'Binding' },
      name: 'custom',
      namespace: 'default',
      dryRun: true,
      user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
      object: {
        kind: 'Binding',
        apiVersion: 'v1',
        metadata: { name: 'custom', namespace: 'default', labels: { 'topology.kubernetes.io/zone': 'z1' } },
        target: { kind: 'Node', name: 'node1' },
      },
      oldObject: null,
    },
  })
})

t.test('every real review is decoded', async t => {
  for (const name of readdirSync(folder).filter(name => name.endsWith('.json'))) {
    const body = readFileSync(new URL(name, folder))
    const picked = pickFast(body, REVIEW_SHAPE)
    const { request } = JSON.parse(body.toString())
    t.match(
      decodeReview(picked.ok && picked.value),
      {
        ok: true,
        request: {
          uid: request.uid,
          operation: request.operation,
          resource: request.resource,
          subResource: request.subResource ?? '',
          kind: request.kind,
          name: request.name ?? '',
          namespace: request.namespace,
          dryRun: request.dryRun,
          user: { username: request.userInfo.username, groups: request.userInfo.groups },
          object: request.object && { kind: request.object.kind },
          oldObject: request.oldObject && { kind: request.oldObject.kind },
        },
      },
      name,
    )
  }
})

t.test('fields that may be left out, or be null, are filled in', async t => {
  const want = {
    ok: true,
    request: {
      ...{ uid: 'u-1', operation: 'CREATE', resource: request.resource, subResource: '', kind: request.kind },
      ...{ name: '', namespace: '', dryRun: false, user: { username: '', groups: [] }, object: null, oldObject: null },
    },
  }
  const nulls = {
    subResource: null,
    name: null,
    namespace: null,
    dryRun: null,
    userInfo: null,
    object: null,
    oldObject: null,
  }
  t.strictSame(decodeReview(review({})), want)
  t.strictSame(decodeReview(review(nulls)), want)
  t.strictSame(decodeReview(review({ userInfo: { username: null, groups: null } })), want)
})

const notAReview = (found: string) => ({
  ok: false,
  uid: null,
  code: 'SOCI_GUARD_NOT_A_REVIEW',
  message: `expected an AdmissionReview with a request, as the API server sends it, but ${found}`,
})

const invalid = (problems: string, uid: string | null = 'u-1') => ({
  ok: false,
  uid,
  code: 'SOCI_GUARD_REVIEW_INVALID',
  message: `the AdmissionReview is invalid: ${problems}`,
})

const wrongVersion = (version: string) => ({
  ok: false,
  uid: null,
  code: 'SOCI_GUARD_REVIEW_VERSION',
  message: `expected apiVersion admission.k8s.io/v1, found "${version}"; set admissionReviewVersions: ["v1"] in the webhook configuration`,
})

const envelope = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }

const failures: { name: string; review: unknown; want: object }[] = [
  { name: 'null', review: null, want: notAReview('the body is null') },
  { name: 'a list', review: [], want: notAReview('the body is a list') },
  { name: 'a string', review: 'x'.repeat(99), want: notAReview(`the body is "${'x'.repeat(59)}…`) },
  { name: 'an empty object', review: {}, want: notAReview('kind is nothing') },
  { name: 'another kind', review: { ...envelope, kind: 'Pod' }, want: notAReview('kind is "Pod"') },
  { name: 'another group', review: { ...envelope, apiVersion: 'v1' }, want: notAReview('apiVersion is "v1"') },
  { name: 'no version', review: { kind: 'AdmissionReview' }, want: notAReview('apiVersion is nothing') },
  {
    name: 'an older version',
    review: { ...envelope, apiVersion: 'admission.k8s.io/v1beta1', request },
    want: wrongVersion('admission.k8s.io/v1beta1'),
  },
  {
    name: 'a newer version',
    review: { ...envelope, apiVersion: 'admission.k8s.io/v2', request },
    want: wrongVersion('admission.k8s.io/v2'),
  },
  {
    name: 'a review that only has a response',
    review: { ...envelope, response: { uid: 'u-1' } },
    want: notAReview('request is nothing'),
  },
  { name: 'a null request', review: { ...envelope, request: null }, want: notAReview('request is null') },
  { name: 'a list as request', review: { ...envelope, request: [] }, want: notAReview('request is a list') },
  {
    name: 'no uid',
    review: review({ uid: undefined }),
    want: invalid('request.uid: expected a string that is not empty, found nothing', null),
  },
  {
    name: 'an empty uid',
    review: review({ uid: '' }),
    want: invalid('request.uid: expected a string that is not empty, found ""', null),
  },
  {
    name: 'a numeric uid',
    review: review({ uid: 5 }),
    want: invalid('request.uid: expected a string that is not empty, found 5', null),
  },
  {
    name: 'an unknown operation',
    review: review({ operation: 'PATCH' }),
    want: invalid('request.operation: expected one of CREATE, UPDATE, DELETE, CONNECT, found "PATCH"'),
  },
  {
    name: 'no resource',
    review: review({ resource: undefined }),
    want: invalid('request.resource: expected an object, found nothing'),
  },
  {
    name: 'an object that is a string',
    review: review({ object: 'x' }),
    want: invalid('request.object: expected an object, found "x"'),
  },
  {
    name: 'everything wrong at once',
    review: review({
      ...{
        operation: null,
        resource: { group: 1, resource: '' },
        subResource: {},
        kind: 'Pod',
        name: [],
        namespace: 7,
      },
      ...{ dryRun: 'true', userInfo: { username: false, groups: ['a', 1] }, object: [], oldObject: 0 },
    }),
    want: invalid(
      [
        'request.operation: expected one of CREATE, UPDATE, DELETE, CONNECT, found null',
        'request.resource.group: expected a string, found 1',
        'request.resource.resource: expected a string that is not empty, found ""',
        'request.subResource: expected a string, found an object',
        'request.kind: expected an object, found "Pod"',
        'request.name: expected a string, found a list',
        'request.namespace: expected a string, found 7',
        'request.dryRun: expected true or false, found "true"',
        'request.userInfo.username: expected a string, found false',
        'request.userInfo.groups: expected a list of strings, found a list',
        'request.object: expected an object, found a list',
        'request.oldObject: expected an object, found 0',
      ].join('; '),
    ),
  },
  {
    name: 'a userInfo that is a string',
    review: review({ userInfo: 'root' }),
    want: invalid('request.userInfo: expected an object, found "root"'),
  },
]

t.test('what is not a review of ours is refused with every problem at once', async t => {
  for (const { name, review, want } of failures) t.strictSame(decodeReview(review), want, name)
})
