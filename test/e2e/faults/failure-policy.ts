import type { Api } from '../cluster/api.ts'

const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/soci-guard'

/** Changes the failure policy of the two webhooks that can refuse; the API server takes a moment to notice. */
export async function setFailurePolicy(admin: Api, failurePolicy: 'Ignore' | 'Fail'): Promise<void> {
  const { webhooks } = await admin.get<{ metadata: { name: string }; webhooks: { name: string }[] }>(CONFIGURATION)
  const change = webhooks.flatMap(({ name }, index) =>
    name.startsWith('advisory.')
      ? []
      : [{ op: 'replace', path: `/webhooks/${index}/failurePolicy`, value: failurePolicy }],
  )
  await admin.patch(CONFIGURATION, change, 'json-patch')
}
