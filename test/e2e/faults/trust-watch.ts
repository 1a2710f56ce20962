import { X509Certificate } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { Api } from '../cluster/api.ts'
import { replicasOf } from '../guard/guard-metrics.ts'
import type { TestKubelet } from '../kubelet/test-kubelet.ts'

/** What was seen of certificates and of who trusts them. */
export interface TrustCount {
  /** TLS handshakes that were made. */
  handshakes: number
  /** Every caBundle and every served certificate that there was, by fingerprints. */
  bundles: Set<string>
  authorities: Set<string>
  leaves: Set<string>
  /** Handshakes with a replica that a client with the caBundle of now, or of a moment ago, would have broken off. */
  broken: string[]
}

/** The webhook configuration. */
export const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/soci-guard'

const MOMENT_MS = 1000
const SERVICE_NAME = 'soci-guard.soci-guard-system.svc'

/** Calls every replica with every caBundle of the last second, ten times a second, with no part of the product. */
export function watchTrust(api: Api, kubelet: TestKubelet): { stop(): Promise<TrustCount> } {
  const count: TrustCount = { handshakes: 0, bundles: new Set(), authorities: new Set(), leaves: new Set(), broken: [] }
  const recent: { pem: string; untilMs: number }[] = []
  let running = true

  const remember = (pem: string) => {
    for (const block of pem.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [])
      count.authorities.add(new X509Certificate(block).fingerprint256)
    count.bundles.add(pem)
    const known = recent.find(bundle => bundle.pem === pem)
    if (known) known.untilMs = Date.now() + MOMENT_MS
    else recent.push({ pem, untilMs: Date.now() + MOMENT_MS })
  }
  const look = async () => {
    for (const pem of await bundlesOf(api)) remember(pem)
    for (const { network } of replicasOf(kubelet))
      for (const { pem, untilMs } of recent.filter(bundle => bundle.untilMs >= Date.now())) {
        const { leaf, refusal } = await shakeHands(network.ip, pem)
        count.handshakes++
        if (leaf) count.leaves.add(leaf)
        if (refusal) count.broken.push(`${network.ip} ${refusal}, ${untilMs - Date.now()} ms left to be trusted`)
      }
  }
  const ended = (async () => {
    while (running) {
      await look()
      await sleep(100)
    }
  })()
  return {
    stop: async () => {
      running = false
      await ended
      return count
    },
  }
}

/** The caBundles of all webhooks, as PEM, each once. */
export async function bundlesOf(api: Api): Promise<string[]> {
  const { webhooks } = await api.get<{ metadata: { name: string }; webhooks: Webhook[] }>(WEBHOOKS)
  return [...new Set(webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString()))]
}

interface Webhook {
  clientConfig: { caBundle?: string }
}

function shakeHands(host: string, ca: string): Promise<{ leaf?: string; refusal?: string }> {
  return new Promise(resolve => {
    const socket = connect({ host, port: 8443, ca, servername: SERVICE_NAME, timeout: 5_000 })
    const end = (answer: { leaf?: string; refusal?: string }) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('secureConnect', () => end({ leaf: socket.getPeerX509Certificate()?.fingerprint256 ?? '' }))
    socket.on('timeout', () => end({ refusal: 'does not answer' }))
    socket.on('error', error => end({ refusal: error.message }))
  })
}
