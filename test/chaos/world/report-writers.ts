import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Seat, WriterStart } from './seat.ts'

/** The processes that play the agents, each for a share of the nodes. */
export interface ReportWriters {
  readonly count: number
  /** Tells a node's writer what is true now; it publishes that after the delay unless it hears something newer. */
  tell(seat: Seat, delayMs?: number): void
  signal(writer: number, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Starts a killed writer again; it publishes all its nodes' truths at once. */
  restart(writer: number): void
  stop(): void
}

/** Starts so many writers; a node keeps its writer. */
export function startReportWriters(count: number, start: WriterStart): ReportWriters {
  const seats = Array.from({ length: count }, () => new Map<string, Seat>())
  const spawn = () => {
    const child = fork(join(import.meta.dirname, 'report-writer-process.ts'), [JSON.stringify(start)], { execArgv: [] })
    // A message to a writer that has just been killed is lost; the next one gets everything.
    child.on('error', () => undefined)
    return child
  }
  const children: ChildProcess[] = seats.map(spawn)
  const send = (writer: number, seat: Seat, delayMs: number) => {
    const child = children[writer] as ChildProcess
    if (child.connected) child.send({ seat, delayMs }, () => undefined)
  }
  const writerOf = (node: string) => [...node].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % count
  return {
    count,
    tell: (seat, delayMs = 0) => {
      const writer = writerOf(seat.node)
      seats[writer]?.set(seat.node, seat)
      send(writer, seat, delayMs)
    },
    signal: (writer, signal) => void children[writer]?.kill(signal),
    restart: writer => {
      children[writer]?.kill('SIGKILL')
      children[writer] = spawn()
      for (const seat of seats[writer]?.values() ?? []) send(writer, seat, 0)
    },
    stop: () => {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}
