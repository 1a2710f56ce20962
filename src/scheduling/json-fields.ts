import type { ProblemList } from './problem-list.ts'

/** A JSON object whose fields are read with fieldOf only, because its keys are a stranger's. */
export type JsonObject = Readonly<Record<string, unknown>>

const nothing: JsonObject = Object.freeze({})

/** The object's own field, or undefined. */
export const fieldOf = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined

/** The value as an object; absent or null is an empty one, as in Kubernetes' decoding; another type is a problem. */
export const readObject = (value: unknown, path: string, problems: ProblemList): JsonObject => {
  if (isAbsent(value)) return nothing
  if (isObject(value)) return value
  problems.add(path, `expected an object, found ${describe(value)}`)
  return nothing
}

/** The value as a string; absent or null is '', another type is a problem. */
export const readString = (value: unknown, path: string, problems: ProblemList): string => {
  if (typeof value === 'string') return value
  if (!isAbsent(value)) problems.add(path, `expected a string, found ${describe(value)}`)
  return ''
}

/** Every element of a list, read with its path; absent or null is an empty list, another type is a problem. */
export const readList = <Element>(
  value: unknown,
  path: string,
  problems: ProblemList,
  readElement: (element: unknown, path: string, problems: ProblemList) => Element,
): Element[] => {
  if (Array.isArray(value)) return value.map((element, at) => readElement(element, `${path}[${at}]`, problems))
  if (!isAbsent(value)) problems.add(path, `expected a list, found ${describe(value)}`)
  return []
}

/** A map of strings, such as labels; its own keys only, __proto__ among them. */
export const readStringMap = (value: unknown, path: string, problems: ProblemList): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readObject(value, path, problems)).map(([key, text]) => [
      key,
      readString(text, `${path}[${key}]`, problems),
    ]),
  )

/** True for what Kubernetes takes for "not set". */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && !Array.isArray(value)

const describe = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`
}
