import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** SandboxImageStranded: the pause image can neither be found nor unpacked in the default snapshotter, so new pods can fail. */
export const sandboxImageStranded: ReportRule = ({ sandboxImage }, expected) => {
  if (sandboxImage.status !== 'Stranded') return null
  const reference = sandboxImage.reference === '' ? '' : ` ${plainText(sandboxImage.reference)}`
  return {
    reason: 'SandboxImageStranded',
    found: `the sandbox image${reference} is not in ${expected} and its layers are gone, so new pods can fail`,
  }
}
