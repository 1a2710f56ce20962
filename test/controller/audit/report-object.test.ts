import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv, type AnySchema } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { REPORT_APIS } from '../../../src/controller/audit/report-api.ts'
import { MAX_RESULTS, reportObject } from '../../../src/controller/audit/report-object.ts'
import { deployment, rowOf } from './scan-rows.ts'

const FILES: Record<string, string> = { 'openreports.io': 'openreports', 'wgpolicyk8s.io': 'wgpolicyk8s' }

/** The schema with every field that it does not name refused, as server-side apply does. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const all = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'properties' in all && !('additionalProperties' in all) ? { ...all, additionalProperties: false } : all
}

const schemaOf = (group: string): AnySchema => {
  const path = resolve(import.meta.dirname, `../../fixtures/report-kinds/${FILES[group]}.yaml`)
  return closed(parse(readFileSync(path, 'utf8')).spec.versions[0].schema.openAPIV3Schema) as AnySchema
}

const NODE = { name: 'bad', uid: 'uid-bad' }

for (const api of REPORT_APIS) {
  t.test(`a report is a valid ${api.kind} of ${api.apiVersion}`, async t => {
    const validate = new Ajv({ formats: { int32: true, int64: true } }).compile(
      schemaOf(api.apiVersion.split('/')[0] ?? ''),
    )
    const rows = [rowOf(), rowOf({ decision: 'audit' }), rowOf({ owner: { ...deployment('x'), uid: '' } })]
    const report = reportObject(api, 'soci-guard-system', { ...NODE, rows })
    t.ok(validate(report), JSON.stringify(validate.errors))
    t.notOk(validate({ ...report, sauce: 'x' }), 'the schema does find what is wrong')
  })
}

t.test('a report says what a person would ask', async t => {
  const [openReports] = REPORT_APIS
  if (openReports === undefined) throw new Error('there is none')
  const rows = [
    rowOf({ count: 3, pods: ['web-1', 'web-2', 'web-3'] }),
    rowOf({ owner: deployment('api'), decision: 'warn' }),
  ]
  const scope = { apiVersion: 'v1', kind: 'Node', name: 'bad', uid: 'uid-bad' }
  t.match(reportObject(openReports, 'soci-guard-system', { ...NODE, rows }), {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    metadata: {
      name: 'bad',
      namespace: 'soci-guard-system',
      labels: { 'app.kubernetes.io/managed-by': 'soci-guard' },
      ownerReferences: [scope],
    },
    source: 'soci-guard',
    scope,
    summary: { pass: 0, fail: 1, warn: 1, error: 0, skip: 0 },
    results: [
      {
        policy: 'soci-snapshotter',
        rule: 'ImagesStranded',
        result: 'fail',
        severity: 'high',
        message: 'node bad is Mixed (ImagesStranded): replace the node',
        resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'uid-web' }],
        properties: { state: 'Mixed', decision: 'deny', pods: '3', podNames: 'web-1,web-2,web-3' },
      },
      { result: 'warn', severity: 'medium' },
    ],
  })
})

t.test('a report is bounded, and says how much it leaves out', async t => {
  const rows = Array.from({ length: MAX_RESULTS + 20 }, (_, at) => rowOf({ owner: deployment(`web-${at}`) }))
  for (const api of REPORT_APIS) {
    const report = reportObject(api, 'soci-guard-system', { ...NODE, rows })
    t.equal('results' in report && Array.isArray(report.results) && report.results.length, MAX_RESULTS)
    t.match(report, {
      metadata: { annotations: { 'soci-guard.dev/results-left-out': '20' } },
      summary: { fail: MAX_RESULTS + 20 },
    })
  }
})
