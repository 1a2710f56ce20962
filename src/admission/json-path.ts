/** The steps from the root of a document to a place in it: keys and indexes. */
export type JsonPath = readonly (string | number)[]

const MAX_KEY_CHARACTERS = 80
const MAX_PATH_CHARACTERS = 400

/** The path as Kubernetes writes field paths, e.g. `request.object.metadata.labels["app.kubernetes.io/name"]`; never over 400 characters. */
export const formatJsonPath = (path: JsonPath): string => {
  const text = path.map(formatStep).join('').replace(/^\./, '')
  // The innermost steps say the most; where the path is cut no half of a surrogate pair may remain.
  return text.length <= MAX_PATH_CHARACTERS ? text : `…${text.slice(1 - MAX_PATH_CHARACTERS).toWellFormed()}`
}

const formatStep = (step: string | number): string => {
  if (typeof step === 'number') return `[${step}]`
  return /^[A-Za-z_$][\w$]{0,79}$/.test(step) ? `.${step}` : `[${JSON.stringify(shorten(step))}]`
}

const shorten = (key: string): string =>
  key.length <= MAX_KEY_CHARACTERS ? key : `${key.slice(0, MAX_KEY_CHARACTERS - 1)}…`
