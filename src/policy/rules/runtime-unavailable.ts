import type { ReportRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** RuntimeUnavailable: containerd does not serve CRI, so no pod can start; the message carries containerd's own error. */
export const runtimeUnavailable: ReportRule = ({ runtime }) =>
  runtime.criError === ''
    ? null
    : { reason: 'RuntimeUnavailable', found: `containerd does not serve CRI (${plainText(runtime.criError, 200)})` }
