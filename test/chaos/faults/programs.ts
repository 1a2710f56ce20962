import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlPlane, Program } from '../../e2e/cluster/control-plane.ts'
import type { ReportWriters } from '../world/report-writers.ts'
import type { Fault } from './fault.ts'

/** A program of the control plane is killed and started again at the end. */
export function killProgram(plane: ControlPlane, program: Program): Fault {
  return {
    name: `${program} killed`,
    begin: () => plane.stopProgram(program, 'SIGKILL'),
    end: () => plane.startProgram(program),
  }
}

/** A program of the control plane stands still. */
export function freezeProgram(plane: ControlPlane, program: Program): Fault {
  return {
    name: `${program} frozen`,
    begin: async () => plane.signalProgram(program, 'SIGSTOP'),
    end: async () => plane.signalProgram(program, 'SIGCONT'),
  }
}

/** Half of the agents are killed and start again. */
export function killWriters(writers: ReportWriters): Fault {
  const half = Array.from({ length: writers.count >> 1 }, (_, index) => index)
  return {
    name: 'half of the agents killed',
    begin: async () => {
      for (const writer of half) writers.signal(writer, 'SIGKILL')
    },
    end: async () => {
      for (const writer of half) writers.restart(writer)
      await sleep(1_000)
    },
  }
}

/** Half of the agents stand still: what they know comes late. */
export function freezeWriters(writers: ReportWriters): Fault {
  const half = Array.from({ length: writers.count >> 1 }, (_, index) => writers.count - 1 - index)
  const signal = async (signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const writer of half) writers.signal(writer, signal)
  }
  return { name: 'half of the agents frozen', begin: () => signal('SIGSTOP'), end: () => signal('SIGCONT') }
}
