/** A step from an object to one of its fields: a member's name or an element's place. */
export type PathStep = string | number

// `.name`, `[0]`, `[a/label.with.dots]` or the same in quotes, as parsers write them.
const STEP = /\.?([^.[\]]+)|\[("(?:[^"\\]|\\.)*"|[^\]]*)\]/y
const PLACE = /^\d+$/

const stepOf = ([, name, bracketed = '']: RegExpExecArray): PathStep => {
  if (name !== undefined) return name
  if (PLACE.test(bracketed)) return Number(bracketed)
  return bracketed.startsWith('"') ? String(JSON.parse(bracketed)) : bracketed
}

/** The steps of a path as parsers write it: `spec.taints[0].effect` becomes `['spec', 'taints', 0, 'effect']`. */
export const stepsOf = (path: string): PathStep[] => {
  const steps: PathStep[] = []
  STEP.lastIndex = 0
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) steps.push(stepOf(match))
  return steps
}

const PLAIN_NAME = /^[^.[\]]+$/

/** The path of the steps, as parsers write it. */
export const pathOf = (steps: readonly PathStep[]): string =>
  steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    if (!PLAIN_NAME.test(step)) return `${path}[${JSON.stringify(step)}]`
    return path === '' ? step : `${path}.${step}`
  }, '')
