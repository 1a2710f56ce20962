// Bundles src/main.ts to dist/soci-guard.js, which runs on Node >= 22.19 with nothing beside it. Commands stay chunks of their own,
// so that `serve` does not pay for what only `demo` or `check` load.
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { build, type Metafile, type Plugin } from 'esbuild'
import schema from '../schemas/guard-configuration.schema.json' with { type: 'json' }
import { SCHEMA_OPTIONS } from '../src/config/schema-options.ts'
import { leanClientNode } from './lean-client-node.ts'

const root = resolve(import.meta.dirname, '..')
const outdir = join(root, 'dist')

// CommonJS dependencies ask for require, __dirname and __filename, which an ES module does not have.
const commonJsBanner = [
  "import { createRequire as createRequireForBundle } from 'node:module'",
  'const require = createRequireForBundle(import.meta.url)',
  'const __filename = import.meta.filename',
  'const __dirname = import.meta.dirname',
].join('\n')

// `import … from 'node:http'` reads every export of the module, and the getters among them load what nobody asked for: undici,
// for one, which takes as long as all of Fastify. Asking the process for the module reads only what is used.
const builtinsWithoutFacade: Plugin = {
  name: 'builtins-without-facade',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin', sideEffects: false } : { path, external: true },
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

// Making the validator of the configuration at run time takes Ajv and about 70 ms.
const configurationSchemaAheadOfTime: Plugin = {
  name: 'configuration-schema-ahead-of-time',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/config\/configuration-schema\.ts$/ }, () => {
      const ajv = new Ajv({ ...SCHEMA_OPTIONS, schemas: [schema], code: { source: true, esm: true } })
      const contents = standalone.default(ajv, { isConfigurationDocument: schema.$id })
      return { contents, loader: 'js', resolveDir: root }
    })
  },
}

// Fastify loads these for routes with schemas, of which there are none: src/server/fastify-transport.ts puts others in their
// place, so that what is left out here is never asked for.
const schemaCompilersLeftOut: Plugin = {
  name: 'schema-compilers-left-out',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/node_modules\/@fastify\/(?:ajv|fast-json-stringify)-compiler\/index\.js$/ }, () => ({
      contents: 'module.exports = undefined',
    }))
  },
}

const bundledPackages = (metafile: Metafile): string[] => {
  const folders = Object.keys(metafile.inputs).flatMap(input => {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input.split(sep).join('/'))
    return match?.[1] === undefined ? [] : [match[1]]
  })
  return [...new Set(folders)].sort()
}

const LICENSE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'license.md']

const licenseOf = async (folder: string): Promise<string> => {
  const texts = await Promise.all(
    LICENSE_FILES.map(name => readFile(join(root, folder, name), 'utf8').catch(() => null)),
  )
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    await readFile(join(root, folder, 'package.json'), 'utf8'),
  )
  const text = texts.find(found => found !== null) ?? `License: ${manifest.license ?? 'see its package'}`
  return `${manifest.name} ${manifest.version}\n\n${text.trim()}\n`
}

await rm(outdir, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { 'soci-guard': 'src/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // Identifiers stay as they are: names in stack traces then need no wrapper that would cost at run time.
  minifyWhitespace: true,
  banner: { js: commonJsBanner },
  plugins: [builtinsWithoutFacade, configurationSchemaAheadOfTime, schemaCompilersLeftOut, leanClientNode],
  metafile: true,
  logLevel: 'warning',
})
await chmod(join(outdir, 'soci-guard.js'), 0o755)
const licenses = await Promise.all(bundledPackages(metafile).map(licenseOf))
await writeFile(join(outdir, 'third-party-licenses.txt'), licenses.join(`\n${'-'.repeat(72)}\n\n`))
