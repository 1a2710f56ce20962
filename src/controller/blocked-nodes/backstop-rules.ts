import type { GuardConfiguration } from '../../policy/configuration.ts'
import type { Mode } from '../../policy/mode.ts'

/** What the policy inside the API server needs of the configuration to answer a binding as the webhook would. */
export interface BackstopRules {
  /** Of a namespace that has not chosen another by its label. */
  readonly mode: Mode
  /** Whether a namespace may choose by its label. */
  readonly namespaceModes: boolean
  readonly exemptNamespaces: readonly string[]
  readonly exemptUsers: readonly string[]
  readonly exemptGroups: readonly string[]
}

/** The same rules for the same configuration, in the same order. */
export const backstopRules = ({ mode, namespaceModes, exemptions }: GuardConfiguration): BackstopRules => ({
  mode,
  namespaceModes,
  exemptNamespaces: [...exemptions.namespaces].sort(),
  exemptUsers: [...exemptions.users].sort(),
  exemptGroups: [...exemptions.groups].sort(),
})
