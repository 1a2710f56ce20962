import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DaemonProcess, startDaemon } from '../../e2e/cluster/daemon-process.ts'
import { CONFIGURATION } from './bench-cluster.ts'

const BUNDLE = join(import.meta.dirname, '../../../dist/soci-guard.js')
const CONSTANT = join(import.meta.dirname, 'constant-webhook.ts')

/** Where each listens. */
export const PORTS = { ours: 8443, constant: 8444 } as const

/** The heap that the manifests give, old and young. */
const HEAP_MB = 192
const SEMI_SPACE_MB = 2

/** Starts the webhooks from files in one folder. */
export interface WebhookProcesses {
  readonly caBundle: string
  startOurs(heapMB?: number): DaemonProcess
  startConstant(): DaemonProcess
}

/** Writes certificates and the configuration into a folder. */
export function prepareWebhooks(folder: string, kubeconfig: string): WebhookProcesses {
  const file = (name: string) => join(folder, name)
  execFileSync(process.execPath, [BUNDLE, 'certs', '--cert-dir', folder], { stdio: 'ignore' })
  writeFileSync(file('guard.yaml'), JSON.stringify(CONFIGURATION))
  const start = (name: string, args: string[], env: Record<string, string>) =>
    startDaemon({ name, command: process.execPath, args, env, logFolder: folder })
  const words = ['serve', '--kubeconfig', kubeconfig, '--config', file('guard.yaml'), '--cert-dir', folder]
  return {
    caBundle: readFileSync(file('ca.crt'), 'utf8'),
    startOurs: (heapMB = HEAP_MB) =>
      start('ours', [BUNDLE, ...words, '--host', '127.0.0.1', '--port', String(PORTS.ours)], {
        HOME: folder,
        NODE_OPTIONS: `--max-old-space-size=${heapMB} --max-semi-space-size=${SEMI_SPACE_MB}`,
      }),
    startConstant: () =>
      start('constant', [CONSTANT, file('tls.crt'), file('tls.key'), String(PORTS.constant)], { HOME: folder }),
  }
}
