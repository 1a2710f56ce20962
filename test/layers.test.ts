import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

// The dependency direction of ARCHITECTURE.md. A folder may import itself, src/errors.ts, and what stands here; types may
// travel one step further, because an interface is owned by the folder that consumes it.
const PURE = ['report', 'scheduling', 'policy', 'admission', 'scan'] as const
const ARROWS: Record<string, readonly string[]> = {
  report: [],
  scheduling: [],
  policy: ['report', 'scheduling'],
  admission: ['policy', 'report', 'scheduling'],
  scan: ['admission', 'policy', 'report', 'scheduling'],
  containerd: ['report'],
  agent: ['containerd', 'policy', 'report', 'scheduling'],
  controller: ['admission', 'inventory', 'policy', 'report', 'scan', 'scheduling', 'tls'],
  inventory: ['admission', 'policy', 'report', 'scheduling'],
  server: ['admission', 'policy', 'report', 'scheduling'],
  telemetry: ['admission', 'controller', 'policy', 'report', 'scheduling'],
  config: ['policy', 'scheduling'],
  tls: [],
  cli: [
    ...[
      'admission',
      'agent',
      'config',
      'containerd',
      'controller',
      'inventory',
      'policy',
      'report',
      'scan',
      'scheduling',
      'server',
    ],
    ...['telemetry', 'tls'],
  ],
}
const MAX_LINES = 250
const MAX_MEDIAN_LINES = 70
const VAGUE_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'types', 'index', 'manager', 'handler']

interface Source {
  readonly path: string
  readonly folder: string
  readonly text: string
}

const root = resolve(import.meta.dirname, '../src')
const sources: Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => ({
    path: name,
    folder: name.includes('/') ? (name.split('/')[0] ?? '') : '',
    text: readFileSync(join(root, name), 'utf8'),
  }))

interface Import {
  readonly isType: boolean
  readonly from: string
}

const importsOf = ({ text }: Source): Import[] => [
  ...[...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gm)].map(match => ({
    isType: match[1] !== undefined,
    from: match[2] ?? '',
  })),
  ...[...text.matchAll(/\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm)].map(match => ({
    isType: false,
    from: match[1] ?? match[2] ?? '',
  })),
]

const folderOf = (source: Source, from: string): string => {
  const target = relative(root, resolve(root, dirname(source.path), from))
  return target.includes('/') ? (target.split('/')[0] ?? '') : ''
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')

const isPure = ({ folder }: Source): boolean => (PURE as readonly string[]).includes(folder)

t.test('every folder of src is a room that the architecture knows', async t => {
  const folders = new Set(sources.map(source => source.folder).filter(folder => folder !== ''))
  t.strictSame(
    [...folders].filter(folder => !(folder in ARROWS)),
    [],
  )
})

t.test('imports follow the arrows of the architecture', async t => {
  const against = sources
    .filter(source => source.folder !== '')
    .flatMap(source =>
      importsOf(source)
        .filter(({ from }) => from.startsWith('.'))
        .map(({ from }) => folderOf(source, from))
        .filter(
          folder =>
            folder !== '' && folder !== source.folder && folder !== '..' && !ARROWS[source.folder]?.includes(folder),
        )
        .map(folder => `${source.path} imports ${folder}/`),
    )
  t.strictSame(against, [])
})

// The controller is handed its connection, as the agent is; what it asks of it are the types alone.
t.test('the controller knows the inventory by its types only', async t => {
  const against = sources
    .filter(({ folder }) => folder === 'controller')
    .flatMap(source =>
      importsOf(source)
        .filter(({ isType, from }) => !isType && from.startsWith('.') && folderOf(source, from) === 'inventory')
        .map(({ from }) => `${source.path} imports ${from}`),
    )
  t.strictSame(against, [])
})

t.test('pure folders import nothing from outside at run time', async t => {
  const against = sources.filter(isPure).flatMap(source =>
    importsOf(source)
      .filter(({ isType, from }) => !isType && !from.startsWith('.'))
      .map(({ from }) => `${source.path} imports ${from}`),
  )
  t.strictSame(against, [])
})

t.test('pure folders know no clock, environment, logger or promise', async t => {
  const outside =
    /\b(Date\.now|new Date|performance\.now|process\.|console\.|setTimeout|setInterval|queueMicrotask|async|await|Promise|fetch)\b/
  const against = sources.filter(isPure).flatMap(source => {
    const found = outside.exec(withoutComments(source.text))
    return found ? [`${source.path} uses ${found[0]}`] : []
  })
  t.strictSame(against, [])
})

t.test('process is read in cli and telemetry only', async t => {
  const against = sources
    .filter(({ folder }) => !['', 'cli', 'telemetry'].includes(folder))
    .filter(({ text }) => /\bprocess\.(env|argv|exit|on)\b/.test(withoutComments(text)))
  t.strictSame(
    against.map(({ path }) => path),
    [],
  )
})

t.test('no source file is longer than 250 lines and the median stays under 70', async t => {
  const lengths = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  t.strictSame(
    lengths.filter(({ lines }) => lines > MAX_LINES),
    [],
  )
  const sorted = lengths.map(({ lines }) => lines).sort((one, other) => one - other)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  t.ok(median < MAX_MEDIAN_LINES, `the median is ${median} lines`)
})

t.test('files are kebab-case and named for the one thing inside', async t => {
  const names = sources.map(({ path }) => path.split('/').at(-1)?.replace(/\.ts$/, '') ?? '')
  t.strictSame(
    names.filter(name => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || VAGUE_NAMES.includes(name)),
    [],
  )
})

t.test('every export has a sentence above it', async t => {
  const against = sources.flatMap(({ path, text }) => {
    const lines = text.split('\n')
    return lines.flatMap((line, at) =>
      /^export (async )?(function|const|class|interface|type) /.test(line) && !/\*\/\s*$/.test(lines[at - 1] ?? '')
        ? [`${path}:${at + 1} ${line.slice(0, 60)}`]
        : [],
    )
  })
  t.strictSame(against, [])
})
