// Ways to damage or disguise a real AdmissionReview. Bodies are latin1 text here, one character a byte, so that bytes which are
// not UTF-8 can be put anywhere.

import fc from 'fast-check'

/** Changes a body; `at` in [0, 1) chooses the place. */
type Mutation = (text: string, at: number) => string

const KEY = /"(?:[^"\\]|\\.)*":/g
const STRING = /"(?:[^"\\]|\\.)*"/g
const NUMBER = /(?<=[:[,])-?\d+(?=[,}\]])/g
const STRUCTURE = /[{}[\]:,]/g

/** Replaces one match of the pattern, chosen by `at`. */
const replaceOne = (text: string, pattern: RegExp, at: number, replace: (match: string) => string): string => {
  const matches = [...text.matchAll(pattern)]
  const match = matches[Math.floor(at * matches.length)]
  if (match === undefined) return text
  return text.slice(0, match.index) + replace(match[0]) + text.slice(match.index + match[0].length)
}

const insertAt = (text: string, at: number, inserted: string, removed = 0): string => {
  const position = Math.floor(at * (text.length + 1))
  return text.slice(0, position) + inserted + text.slice(position + removed)
}

const escapeLetter = (key: string): string => `"\\u00${key.charCodeAt(1).toString(16).padStart(2, '0')}${key.slice(2)}`

const byte = fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code))
const structural = fc.constantFrom(...'{}[]:,"\\\'0-.eEtfn \t\n\r\v\0')

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.oneof(byte, structural), fc.integer({ min: 0, max: 1 })).map(
    ([inserted, removed]): Mutation =>
      (text, at) =>
        insertAt(text, at, inserted, removed),
  ),
  fc.constant<Mutation>((text, at) => text.slice(0, Math.floor(at * text.length))),
  fc.integer({ min: 1, max: 40 }).map(
    (length): Mutation =>
      (text, at) =>
        insertAt(text, at, '', length),
  ),
  fc.constantFrom('null', '1', '"x"', '{}', '[]', '{"name":"x"}', '[{"name":"x"}]').map(
    (value): Mutation =>
      (text, at) =>
        replaceOne(text, KEY, at, key => `${key}${value},${key}`),
  ),
  fc.constantFrom('null', '1', 'true', '"x"', '{"a":{}}', '[[]]').map(
    (value): Mutation =>
      (text, at) =>
        replaceOne(text, KEY, at, key => `${key}${value},"other":`),
  ),
  fc
    .constantFrom(
      '"__proto__":{"polluted":1},',
      '"constructor":{"a":1},',
      '"toString":0,',
      '"":"",',
      '"\\u005f_proto__":[],',
    )
    .map(
      (member): Mutation =>
        (text, at) =>
          replaceOne(text, KEY, at, key => member + key),
    ),
  fc.constant<Mutation>((text, at) => replaceOne(text, KEY, at, key => (/^"\w/.test(key) ? escapeLetter(key) : key))),
  fc.constant<Mutation>((text, at) =>
    replaceOne(text, KEY, at, key => (/^"\w/.test(key) ? `${escapeLetter(key)}0,${key}` : key)),
  ),
  fc.constantFrom('nodeName', 'spec', 'object', 'request', 'labels', 'name', 'uid', 'template', 'containers').map(
    (name): Mutation =>
      (text, at) =>
        replaceOne(text, KEY, at, () => `"${name}":`),
  ),
  fc
    .constantFrom(
      '\\ud800',
      '\\udc00\\ud800',
      '\\ud83d\\ude00',
      '\\u00e9',
      '\\u0000',
      '\\u12',
      '\\x',
      '\\/\\b\\f\\n\\r\\t\\"',
    )
    .map(
      (text): Mutation =>
        (body, at) =>
          replaceOne(body, STRING, at, match => `"${text}${match.slice(1)}`),
    ),
  fc
    .constantFrom(
      '\xff',
      '\xc3',
      '\xc3\xa9',
      '\xe2\x82',
      '\xe2\x82\xac',
      '\xed\xa0\x80',
      '\xf0\x9f\x98\x80',
      '\xf8\x88',
      '\x80',
      '\x7f',
    )
    .map(
      (bytes): Mutation =>
        (body, at) =>
          replaceOne(body, STRING, at, match => `${match.slice(0, -1)}${bytes}"`),
    ),
  fc
    .constantFrom(
      '1e999',
      '-0',
      '-',
      '01',
      '1.',
      '.1',
      '1e',
      '1E+2',
      '1e-400',
      '0.1e-7',
      `${'9'.repeat(400)}`,
      '1.7976931348623157e309',
      '+1',
    )
    .map(
      (number): Mutation =>
        (text, at) =>
          replaceOne(text, NUMBER, at, () => number),
    ),
  fc.tuple(fc.integer({ min: 985, max: 1002 }), fc.constantFrom('[]', '{}')).map(
    ([depth, pair]): Mutation =>
      (text, at) =>
        replaceOne(text, KEY, at, key => `${key}${nest(depth, pair)},"other":`),
  ),
  fc.constantFrom(' ', '\n', '\t\r\n ', '\v', '\f', '\xa0', '\xc2\xa0', '\xe2\x80\xa8').map(
    (space): Mutation =>
      (text, at) =>
        replaceOne(text, STRUCTURE, at, match => space + match + space),
  ),
  fc.constantFrom('\xef\xbb\xbf', ' ', '\0', '[').map(
    (prefix): Mutation =>
      text =>
        prefix + text,
  ),
  fc.constantFrom(' \n', '\0', '}', ']', '{}', '\xef\xbb\xbf').map(
    (suffix): Mutation =>
      text =>
        text + suffix,
  ),
)

const nest = (depth: number, pair: string): string =>
  pair === '[]' ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

/** One of the bodies with up to four mutations. */
export const mutatedBodies = (bodies: readonly string[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...bodies),
      fc.array(fc.tuple(mutations, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), { maxLength: 4 }),
    )
    .map(([body, steps]) =>
      Buffer.from(
        steps.reduce((text, [mutate, at]) => mutate(text, at), body),
        'latin1',
      ),
    )
