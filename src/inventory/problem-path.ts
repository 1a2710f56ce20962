/** A step from an object to one of its fields: a member's name or an element's place. */
export type PathStep = string | number

// `.name`, `[0]` or `["a/label.with.dots"]`, as parsers write them.
const STEP = /\.?([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y

/** The steps of a path as parsers write it: `spec.taints[0].effect` becomes `['spec', 'taints', 0, 'effect']`. */
export const stepsOf = (path: string): PathStep[] => {
  const steps: PathStep[] = []
  STEP.lastIndex = 0
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) {
    steps.push(match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]))
  }
  return steps
}

/** The path in the words of a problem: `['items', 3]` becomes `items[3]`. */
export const pathOf = (steps: readonly PathStep[]): string =>
  steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    return path === '' ? step : `${path}.${step}`
  }, '')
