/** The text inside one Warning header of the API server (`299 - "text"`), with its quoting undone; RFC 7234 §5.5. */
export function parseWarning(header: string): string {
  const quoted = /^\d{3} \S+ "((?:[^"\\]|\\.)*)"/.exec(header)?.[1]
  return quoted === undefined ? header : quoted.replace(/\\(.)/g, '$1')
}
