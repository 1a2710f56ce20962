import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

// What KubeConfig needs only for clients that soci-guard does not use: 1.4 MB of generated models, and an HTTP client of its own.
// Loading them takes 10 MB of memory and two thirds of the time. A name that is missing here fails the build.
const UNUSED: Record<string, readonly string[]> = {
  undici: ['Agent', 'ProxyAgent'],
  './gen/index.js': ['createConfiguration', 'ServerConfiguration'],
  './middleware.js': ['setHeaderMiddleware'],
}

/** Bundles of @kubernetes/client-node only what reads kubeconfigs and credentials. */
export const leanClientNode: Plugin = {
  name: 'lean-client-node',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
      if (Object.hasOwn(UNUSED, path) && importer.includes('/@kubernetes/client-node/dist/')) {
        return { path, namespace: 'unused' }
      }
      // Its proxy agents import http and https by names of old: that would load all that hangs on them, undici for one.
      const isOldName = kind === 'import-statement' && !path.startsWith('node:') && isBuiltin(path)
      return isOldName ? { path, namespace: 'old-name', sideEffects: false } : undefined
    })
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: (UNUSED[path] ?? []).map(name => `export const ${name} = undefined`).join('\n'),
    }))
    onLoad({ filter: /.*/, namespace: 'old-name' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)})`,
    }))
  },
}
