import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerSpec, Probe } from './pod.ts'

/** Runs a probe until the signal aborts; tells each turn from success to failure and back, thresholds applied. */
export async function runProbe(
  probe: Probe,
  container: ContainerSpec,
  podIP: string,
  onTurn: (succeeds: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  const periodMs = (probe.periodSeconds ?? 10) * 1_000
  let row = 0
  let last: boolean | undefined
  let told: boolean | undefined
  await pause((probe.initialDelaySeconds ?? 0) * 1_000, signal)
  while (!signal.aborted) {
    const succeeds = await probeOnce(probe, container, podIP)
    row = succeeds === last ? row + 1 : 1
    last = succeeds
    const threshold = succeeds ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
    if (!signal.aborted && row >= threshold && told !== succeeds) {
      told = succeeds
      onTurn(succeeds)
    }
    await pause(periodMs, signal)
  }
}

/** One try of a probe: a status from 200 to 399, or a TCP connection, within the timeout; certificates are not checked. */
export function probeOnce(probe: Probe, container: ContainerSpec, podIP: string): Promise<boolean> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1_000
  const { httpGet, tcpSocket } = probe
  const port = portNumber(container, httpGet?.port ?? tcpSocket?.port ?? 0)
  if (!httpGet) return connects(port, podIP, timeoutMs)
  const send = httpGet.scheme === 'HTTPS' ? httpsRequest : httpRequest
  const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]))
  return new Promise(resolve => {
    const request = send({
      host: podIP,
      port,
      path: httpGet.path ?? '/',
      headers: { 'user-agent': 'kube-probe/e2e', connection: 'close', ...headers },
      rejectUnauthorized: false,
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    })
    request.once('error', () => resolve(false))
    request.once('response', response => {
      response.resume().on('error', () => undefined)
      const status = response.statusCode ?? 0
      resolve(status >= 200 && status < 400)
    })
    request.end()
  })
}

function connects(port: number, host: string, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host, timeout: timeoutMs })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}

function portNumber(container: ContainerSpec, port: number | string): number {
  if (typeof port === 'number') return port
  const named = container.ports?.find(candidate => candidate.name === port)
  if (!named) throw new Error(`container ${container.name} has no port named ${port}`)
  return named.containerPort
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
