import fc from 'fast-check'

/** Label keys of random nodes and pods; one of them is a name that every JavaScript object answers to. */
const KEYS = ['zone', 'size', 'team', 'example.com/gpu', 'constructor'] as const

/** Label values, among them such as Gt and Lt read: with leading zeros, no number at all, beyond 64 bits. */
const VALUES = ['a', 'b', '', '1', '2', '08', '40', '99999999999999999999'] as const

const TAINT_KEYS = ['dedicated', 'gpu', 'node.kubernetes.io/unschedulable'] as const
const TAINT_VALUES = ['', 'a', 'b'] as const
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

export const labelKey = fc.constantFrom(...KEYS)
export const labelValue = fc.constantFrom(...VALUES)
export const taintKey = fc.constantFrom(...TAINT_KEYS)
export const taintValue = fc.constantFrom(...TAINT_VALUES)
export const effect = fc.constantFrom(...EFFECTS)

/** True so many times in a hundred. */
export const percent = (share: number) => fc.integer({ min: 0, max: 99 }).map(drawn => drawn < share)

/** The value, or undefined when it is not drawn: such a field vanishes from JSON. */
export const sometimes = <T>(share: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  percent(share).chain(drawn => (drawn ? value : fc.constant(undefined)))
