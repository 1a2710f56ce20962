/** A stand-in for the product's CustomResourceDefinition, without a schema. */
export const REPORT_DEFINITION = {
  metadata: { name: 'nodesnapshotters.soci-guard.dev' },
  spec: {
    group: 'soci-guard.dev',
    scope: 'Cluster',
    names: { kind: 'NodeSnapshotter', plural: 'nodesnapshotters', singular: 'nodesnapshotter' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
}
