import type { GuardConfiguration } from './configuration.ts'
import type { NodeVerdict } from './node-verdict.ts'

/**
 * True when the webhook would keep pods of an enforcing namespace off the node: its pool enforces and it is not Ready; Unverified
 * counts only where the configuration says that it denies.
 */
export const refuses = (
  { state, mode }: Pick<NodeVerdict, 'state' | 'mode'>,
  { unverified }: Pick<GuardConfiguration, 'unverified'>,
): boolean => mode === 'enforce' && state !== 'Ready' && (state !== 'Unverified' || unverified === 'deny')
