import type { Palette } from './palette.ts'
import type { ReviewAnswer } from './review-answer.ts'
import { wrapText } from './wrap-text.ts'

/** How a demo is written: in which colours, and how wide. */
export interface DemoStyle {
  readonly palette: Palette
  readonly columns: number
}

const INTRO = [
  'SOCI lets a Kubernetes node start a container before its image is fully downloaded. It must be set up before the first container runs: a node that is switched later holds a mix in which pods may not start.',
  'soci-guard is the admission webhook that keeps pods off such nodes. Below, a real server is asked what an API server would ask it about a small cluster; every answer came over TLS.',
] as const

const INDENT = '    '

const paragraph = (text: string, indent: string, columns: number): string =>
  wrapText(text, columns - indent.length)
    .map(line => `${indent}${line}\n`)
    .join('')

/** What this is about, for somebody who never heard of it. */
export const introText = ({ columns }: DemoStyle): string => INTRO.map(text => paragraph(text, '', columns)).join('')

// Why a bad node was let pass, which a reader would otherwise have to gather from the annotations.
const aside = ({ auditAnnotations: { decision, exempt, mode } }: ReviewAnswer): string => {
  if (exempt !== undefined) return `, exempt by ${exempt}`
  if (mode === 'off') return ', the mode is off here'
  return decision === 'audit' ? ', and recorded: the mode is audit here' : ''
}

const verdictText = (answer: ReviewAnswer, { palette }: DemoStyle): string => {
  const { length } = answer.warnings
  if (!answer.allowed) return palette.bad('DENIED')
  if (length > 0) return palette.caution(`ALLOWED, with ${length} warning${length === 1 ? '' : 's'}`)
  return `${palette.good('ALLOWED')}${aside(answer)}`
}

const annotationText = ({ auditAnnotations }: ReviewAnswer): string =>
  Object.entries(auditAnnotations)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')

/** One review: what was asked, and what was answered. */
export const reviewText = (number: number, question: string, answer: ReviewAnswer, style: DemoStyle): string => {
  const { palette, columns } = style
  const lines = [
    `\n${palette.strong(`${String(number).padStart(2)}  ${question}`)}\n`,
    `${INDENT}${verdictText(answer, style)}\n`,
  ]
  if (answer.message !== '') lines.push(paragraph(answer.message, INDENT, columns))
  for (const warning of answer.warnings) lines.push(paragraph(`Warning: ${warning}`, INDENT, columns))
  const annotations = annotationText(answer)
  if (annotations !== '') lines.push(palette.faint(paragraph(`audit: ${annotations}`, INDENT, columns)))
  return lines.join('')
}

/** How many reviews were answered how. */
export const summaryText = (answers: readonly ReviewAnswer[], { palette }: DemoStyle): string => {
  const denied = answers.filter(({ allowed }) => !allowed).length
  const warned = answers.filter(({ allowed, warnings }) => allowed && warnings.length > 0).length
  const parts = [
    `${denied} denied`,
    `${answers.length - denied} allowed${warned === 0 ? '' : ` (${warned} with warnings)`}`,
  ]
  return `\n${palette.strong(`${answers.length} reviews: ${parts.join(', ')}.`)}\n`
}

/** How to go on by hand, and how to stop. */
export const servingText = (
  {
    port,
    opsPort,
    authority,
    review,
    webhook,
    files,
  }: {
    readonly port: number
    readonly opsPort: number
    readonly authority: string
    readonly review: string
    readonly webhook: string
    readonly files: readonly string[]
  },
  { palette }: DemoStyle,
): string =>
  [
    '',
    `The server keeps running on https://localhost:${port}. Ask it yourself, in another terminal:`,
    '',
    `  curl --cacert ${authority} -H 'content-type: application/json' \\`,
    `    --data @${review} https://localhost:${port}/validate/${webhook}`,
    '',
    `It reads these files again when they change: ${files.join(', ')}`,
    `Health and metrics: http://localhost:${opsPort}/readyz and /metrics`,
    palette.strong('Stop it with Ctrl-C.'),
    '',
  ].join('\n')
