import type { ErrorObject } from 'ajv'
import { findClosestWord } from './closest-word.ts'
import { describeValue } from './describe-value.ts'
import type { Segments } from './document-lines.ts'

/** One thing that the schema does not allow: where, and the sentence about it. */
export interface SchemaProblem {
  readonly segments: Segments
  readonly message: string
}

// These two only say that another error, which is reported too, was found below them.
const SUMMARIES = ['if', 'propertyNames']

/** The problem an Ajv error (made with `verbose`) tells of; null for errors that only sum up others. */
export const toSchemaProblem = (
  error: ErrorObject,
  root: unknown,
  sourceOf: (segments: Segments) => string | undefined,
): SchemaProblem | null => {
  if (SUMMARIES.includes(error.keyword)) return null
  const around = parsePointer(error.instancePath, root)
  if (error.keyword === 'additionalProperties') return unknownField(error, around)
  if (error.keyword === 'required') return missingField(error, around)
  const expected = describeSchema(error.parentSchema)
  if (error.propertyName !== undefined) {
    const message = `expected ${expected}; found ${describeValue(error.propertyName)}`
    return { segments: [...around, error.propertyName], message }
  }
  const hint = hintFor(error, sourceOf(around))
  return { segments: around, message: `expected ${expected}; found ${describeValue(error.data)}${hint}` }
}

const unknownField = (error: ErrorObject, around: Segments): SchemaProblem => {
  const name = String(error.params.additionalProperty)
  const known = Object.keys(propertiesOf(error))
  const closest = findClosestWord(name, known)
  const advice = closest === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${closest}?`
  return { segments: [...around, name], message: `unknown field; ${advice}` }
}

const missingField = (error: ErrorObject, around: Segments): SchemaProblem => {
  const name = String(error.params.missingProperty)
  const expected = describeSchema(propertiesOf(error)[name])
  return { segments: [...around, name], message: `missing; expected ${expected}` }
}

const propertiesOf = (error: ErrorObject): Record<string, unknown> => error.parentSchema?.properties ?? {}

const describeSchema = (schema: unknown): string => {
  const { title, const: constant, enum: choices, $ref } = schema as Record<string, unknown>
  if (constant !== undefined) return JSON.stringify(constant)
  if (Array.isArray(choices)) return `one of ${choices.join(', ')}`
  // Every schema of a value has a title; one that only refers to another is described by that one's name.
  return String(title ?? String($ref).replace('#/definitions/', ''))
}

// YAML reads some bare words as something else than text: false, 1.10, and with a %YAML 1.1 line also off and no.
const hintFor = (error: ErrorObject, source: string | undefined): string => {
  const choices = error.parentSchema?.enum
  const wantsText = error.keyword === 'type' ? [error.params.type].flat().includes('string') : Array.isArray(choices)
  if (!wantsText || (typeof error.data !== 'boolean' && typeof error.data !== 'number')) {
    const closest = wantsText && typeof error.data === 'string' ? findClosestWord(error.data, choices) : undefined
    return closest === undefined ? '' : `; did you mean ${closest}?`
  }
  if (error.data === false && choices?.includes('off')) return '; write "off", in quotes'
  return `; write "${source ?? error.data}", in quotes`
}

const parsePointer = (pointer: string, root: unknown): (string | number)[] => {
  const names = pointer.split('/').slice(1)
  let value = root
  return names.map(name => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    const segment = Array.isArray(value) ? Number(key) : key
    value = (value as Record<string | number, unknown>)[segment]
    return segment
  })
}
