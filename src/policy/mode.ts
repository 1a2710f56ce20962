/** What the webhook does with a violation. */
export type Mode = 'enforce' | 'warn' | 'audit' | 'off'

/** Every mode, from the strongest to the weakest. */
export const MODES: readonly Mode[] = ['enforce', 'warn', 'audit', 'off']

/** The weaker of two modes, in the order enforce, warn, audit, off. */
export const weakerMode = (one: Mode, other: Mode): Mode => (MODES.indexOf(one) > MODES.indexOf(other) ? one : other)

/** True when the text names a mode, as a namespace's label must. */
export const isMode = (text: string): text is Mode => (MODES as readonly string[]).includes(text)
