// What the controller may do for the audit of running pods: what it asks for, and nothing that touches a pod.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { REPORT_APIS } from '../src/controller/audit/report-api.ts'
import { baseObject, type Yaml } from './support/manifests.ts'

const NAME = 'soci-guard-pod-audit'

const rightsOf = (kind: 'Role' | 'ClusterRole'): string[] =>
  baseObject(kind, NAME).rules.flatMap(({ apiGroups, resources, verbs }: Yaml) =>
    resources.map(
      (resource: string) => `${verbs.join()} ${resource}${apiGroups.join() === '' ? '' : `.${apiGroups.join()}`}`,
    ),
  )

t.test('pods are listed and never changed; Events are written in every namespace', async t => {
  t.strictSame(rightsOf('ClusterRole'), [
    'list pods',
    'get replicasets.apps',
    'get jobs.batch',
    'create,patch events.events.k8s.io',
  ])
})

t.test('reports of both kinds are kept in our own namespace only', async t => {
  const { namespace } = baseObject('Role', NAME).metadata
  t.equal(namespace, 'soci-guard-system')
  t.strictSame(
    rightsOf('Role'),
    REPORT_APIS.map(({ apiVersion, resource }) => `list,create,patch,delete ${resource}.${apiVersion.split('/')[0]}`),
  )
})

t.test('the controller has these rights, and nobody else', async t => {
  for (const [kind, role] of [
    ['ClusterRoleBinding', 'ClusterRole'],
    ['RoleBinding', 'Role'],
  ] as const) {
    const { roleRef, subjects } = baseObject(kind, NAME)
    t.strictSame(roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: role, name: NAME })
    t.strictSame(subjects, [{ kind: 'ServiceAccount', name: 'soci-guard-controller', namespace: 'soci-guard-system' }])
  }
})

t.test('the kinds of report that tests go by are those that are written', async t => {
  for (const [at, file] of ['openreports', 'wgpolicyk8s'].entries()) {
    const { spec } = parse(readFileSync(resolve(import.meta.dirname, `fixtures/report-kinds/${file}.yaml`), 'utf8'))
    const [version] = spec.versions
    t.match(REPORT_APIS[at], {
      apiVersion: `${spec.group}/${version.name}`,
      kind: spec.names.kind,
      resource: spec.names.plural,
    })
    t.equal(spec.scope, 'Namespaced')
  }
})
