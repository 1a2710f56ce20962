import { plainText } from '../policy/plain-text.ts'

/** The API server's own advice for a warning (`AdmissionResponse.warnings`); past 4,096 in total it cuts every one. */
export const WARNING_LENGTH = 120

const MOST_WARNINGS = 8

/** At most 8 warnings of at most 120 printable characters each; when some are left out the last says how many. */
export const boundedWarnings = (warnings: readonly string[]): string[] => {
  const shown = warnings.length > MOST_WARNINGS ? MOST_WARNINGS - 1 : warnings.length
  const lines = warnings.slice(0, shown).map(warning => plainText(warning, WARNING_LENGTH))
  if (shown < warnings.length) lines.push(`and ${warnings.length - shown} more warnings that are not shown`)
  return lines
}

// A name is not cut below this, even if the end of the remedy is lost then.
const SHORTEST_NAME = 24

/** A warning with one node's name in it, which is cut where the warning would not fit otherwise. */
export const nodeWarning = (node: string, textWith: (name: string) => string): string => {
  const room = WARNING_LENGTH - textWith('').length
  return plainText(textWith(plainText(node, Math.max(room, SHORTEST_NAME))), WARNING_LENGTH)
}

/**
 * One warning about several nodes, such as `Mixed (ConfiguredAfterLaunch): node-a, node-b and 3 more: replace the node`, with as
 * many of the names as fit.
 */
export const nodesWarning = (label: string, names: readonly string[], count: number, remedy: string): string => {
  const textWith = (shown: readonly string[]): string => {
    const rest = count - shown.length
    const list = rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
    return `${label}: ${list}${remedy === '' ? '' : `: ${remedy}`}`
  }
  for (let shown = names.length; shown > 0; shown--) {
    const line = textWith(names.slice(0, shown))
    if (line.length <= WARNING_LENGTH) return line
  }
  return nodeWarning(names[0] ?? '', name => textWith([name]))
}
