import { ownMember } from '../admission/own-member.ts'
import type { ClusterLog } from '../inventory/cluster/cluster-log.ts'
import { plainText } from '../policy/plain-text.ts'
import type { Output } from './io.ts'
import { printProblems } from './print-error.ts'

const LONGEST_LINE = 1000

// What the inventory would log for machines, as a line for a person: `reports/node-a: an object … is left out: spec: …`.
const lineOf = (fields: object, message: string): string => {
  const kind = ownMember(fields, 'kind')
  const name = ownMember(fields, 'name')
  const problems = [ownMember(fields, 'problem') ?? ownMember(fields, 'problems') ?? []].flat()
  const subject = name === undefined ? kind : `${kind}/${name}`
  return plainText([subject, message, ...(problems.length === 0 ? [] : [problems.join('; ')])].join(': '), LONGEST_LINE)
}

/** Tells a person on stderr what cannot be used or followed, and when that is over; nothing of what goes as it should. */
export const createClusterLog = (stderr: Output): ClusterLog => ({
  warn: (fields, message) => printProblems(stderr, [lineOf(fields, message)]),
  info: (fields, message) => {
    if (ownMember(fields, 'code') !== undefined) printProblems(stderr, [lineOf(fields, message)])
  },
})
