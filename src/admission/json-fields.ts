import type { Problem } from '../errors.ts'
import { isJsonObject } from './own-member.ts'

/** Reads the fields of one JSON object; every field of the wrong type becomes a problem with its path, and the default is returned. */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>
  readonly #path: string
  readonly #problems: Problem[]

  constructor(object: Readonly<Record<string, unknown>>, path: string, problems: Problem[]) {
    this.#object = object
    this.#path = path
    this.#problems = problems
  }

  /** A string; '' when absent or null. */
  string(name: string): string {
    const value = this.#object[name] ?? ''
    return typeof value === 'string' ? value : this.#wrong(name, 'a string', '')
  }

  /** A string that is there and not empty. */
  requiredString(name: string): string {
    const value = this.#object[name]
    return typeof value === 'string' && value !== '' ? value : this.#wrong(name, 'a string that is not empty', '')
  }

  /** One of the given strings. */
  oneOf<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.#object[name]
    return values.find(candidate => candidate === value) ?? this.#wrong(name, `one of ${values.join(', ')}`, values[0])
  }

  /** A boolean; false when absent or null. */
  boolean(name: string): boolean {
    const value = this.#object[name] ?? false
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false', false)
  }

  /** A list of strings; [] when absent or null. */
  strings(name: string): readonly string[] {
    const value = this.#object[name] ?? []
    return isStrings(value) ? value : this.#wrong(name, 'a list of strings', [])
  }

  /** An object as it is; null when absent or null. */
  object(name: string): Readonly<Record<string, unknown>> | null {
    const value = this.#object[name] ?? null
    return value === null || isJsonObject(value) ? value : this.#wrong(name, 'an object', null)
  }

  /** The fields of an inner object; of an empty one when absent or null. */
  inner(name: string): Fields {
    return new Fields(this.object(name) ?? {}, `${this.#path}.${name}`, this.#problems)
  }

  /** The fields of an inner object that must be there. */
  requiredInner(name: string): Fields {
    const value = this.#object[name]
    if (isJsonObject(value)) return new Fields(value, `${this.#path}.${name}`, this.#problems)
    // One problem is enough for what is not there: those of its fields go nowhere.
    return this.#wrong(name, 'an object', new Fields({}, '', []))
  }

  #wrong<Default>(name: string, expected: string, fallback: Default): Default {
    const message = `expected ${expected}, found ${describeJson(this.#object[name])}`
    this.#problems.push({ path: `${this.#path}.${name}`, message })
    return fallback
  }
}

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

const MAX_SHOWN_CHARACTERS = 60

/** What a message says was found, e.g. `nothing`, `null`, `a list`, `"PATCH"`; at most some 60 characters. */
export const describeJson = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isJsonObject(value)) return 'an object'
  const text = JSON.stringify(value)
  return text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed()}…`
}
