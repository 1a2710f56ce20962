const NAMESPACE = 'soci-guard-system'
const labels = { app: 'guard' }
const metadata = (name: string) => ({ name, namespace: NAMESPACE })

/** The objects of a small admission webhook in two replicas, as a user's manifests would hold them. */
export function smokeManifests(certificate: { tls: { crt: string; key: string }; caBundle: string }): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: RESTRICTED } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('guard') },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('guard'), data: { 'denied-node': 'node-c\n' } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('guard-tls'),
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(certificate.tls.crt), 'tls.key': base64(certificate.tls.key) },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('guard'), spec: DEPLOYMENT },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('guard'),
      spec: { selector: labels, ports: [{ port: 443, targetPort: 'https' }] },
    },
    webhook(base64(certificate.caBundle)),
  ]
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' }

const DEPLOYMENT = {
  replicas: 2,
  selector: { matchLabels: labels },
  template: {
    metadata: { labels },
    spec: {
      serviceAccountName: 'guard',
      nodeSelector: { 'e2e.soci-guard.dev/kubelet': 'true' },
      terminationGracePeriodSeconds: 5,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'guard',
          image: 'example.test/guard:1',
          args: ['--pod=$(POD_NAME)', '--cost=$$5'],
          env: [
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          ],
          ports: [{ name: 'https', containerPort: 8443 }],
          readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
          volumeMounts: [
            { name: 'tls', mountPath: '/certs', readOnly: true },
            { name: 'config', mountPath: '/config' },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'tls', secret: { secretName: 'guard-tls' } },
        { name: 'config', configMap: { name: 'guard' } },
        { name: 'tmp', emptyDir: {} },
      ],
    },
  },
}

function webhook(caBundle: string) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'bindings.guard.test',
        clientConfig: { service: { name: 'guard', namespace: NAMESPACE, path: '/' }, caBundle },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods/binding'] }],
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [NAMESPACE] }],
        },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  }
}
