import { cpSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { writeDevelopmentCertificates } from '../../src/tls/development-certificates.ts'
import { ROOT } from './run-bin.ts'

/** The files of a service, in a folder of the test's own, and the flags that name them. */
export interface ServiceFiles {
  readonly folder: string
  readonly inventory: string
  readonly config: string
  readonly certDir: string
  readonly args: readonly string[]
}

/** Copies the example inventory and configuration, and makes certificates for them. */
export const writeServiceFiles = async (t: Test): Promise<ServiceFiles> => {
  const folder = t.testdir({})
  const files = {
    inventory: join(folder, 'inventory.yaml'),
    config: join(folder, 'guard.yaml'),
    certDir: join(folder, 'certs'),
  }
  cpSync(join(ROOT, 'examples/inventory.yaml'), files.inventory)
  cpSync(join(ROOT, 'examples/guard.yaml'), files.config)
  await writeCertificates(files.certDir)
  const { inventory, config, certDir } = files
  const args = ['--inventory', inventory, '--config', config, '--cert-dir', certDir, '--drain-seconds', '0']
  return { folder, ...files, args }
}

/** Development certificates for localhost. */
export const writeCertificates = async (directory: string): Promise<void> => {
  const names = { dnsNames: [], ipAddresses: [] }
  await writeDevelopmentCertificates({ directory, ...names, nowMs: Date.now(), validityDays: 1, force: true })
}

/** Replaces a file as editors and the kubelet do: whoever reads sees the old text or the new one. */
export const replaceFile = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
