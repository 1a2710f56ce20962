import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { waitFor } from './cluster/wait-for.ts'
import { testFolder } from './guard/test-folder.ts'
import { assembleRoot } from './kubelet/image.ts'
import { KUBELET_NODE, startTestCluster } from './test-cluster.ts'

const NAMESPACE = 'soci-guard-system'
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`

t.setTimeout(120_000)

t.test('the test kubelet runs containers as a kubelet does', { timeout: 110_000 }, async t => {
  const folder = testFolder(t, import.meta.url)
  const root = join(folder, 'root')
  assembleRoot(root, { source: process.execPath, target: '/bin/node' }, {})
  const image = { root, entrypoint: ['/bin/node'], user: 0, group: 0 }
  const { plane, kubelet } = await startTestCluster(t, { images: new Map([['node', image]]), folder })
  await plane.admin.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } })
  await waitFor('the ServiceAccount', () => plane.admin.find(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`))

  const run = (name: string, script: string, more: Record<string, unknown> = {}, spec: Record<string, unknown> = {}) =>
    plane.admin.create(PODS, {
      metadata: { name },
      spec: {
        nodeName: KUBELET_NODE,
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'c', image: 'node', args: ['-e', script], ...more }],
        ...spec,
      },
    })
  interface Status {
    status: {
      phase: string
      containerStatuses?: { ready: boolean; restartCount: number; lastState: unknown; state: unknown }[]
    }
  }
  const status = (name: string) => plane.admin.get<Status>(`${PODS}/${name}`)
  const first = async (name: string) => (await status(name)).status.containerStatuses?.[0]

  t.test('a container that ends is started again', async t => {
    await run('crash', 'process.exit(3)')
    const seen = await waitFor('restarts', async () => {
      const container = await first('crash')
      return container && container.restartCount >= 2 && container
    })
    t.match(seen.lastState, { terminated: { exitCode: 3 } })
  })

  t.test('a pod that may end succeeds', async t => {
    await run('job', '0', {}, { restartPolicy: 'Never' })
    t.ok(await waitFor('success', async () => (await status('job')).status.phase === 'Succeeded'))
  })

  t.test('a failing liveness probe ends a container that ignores SIGTERM', async t => {
    const script = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); require('http').createServer((q, s) => { s.statusCode = 500; s.end() }).listen(80)`
    const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 2 }
    await run('sick', script, { livenessProbe })
    const seen = await waitFor('a restart', async () => {
      const container = await first('sick')
      return container && container.restartCount >= 1 && container
    })
    t.match(seen.lastState, { terminated: { exitCode: 137 } })
  })

  t.test('startup gates readiness, and readiness comes and goes', async t => {
    const script = `let n = 0; require('http').createServer((q, s) => { n++; s.statusCode = q.url === '/start' ? (n > 2 ? 200 : 500) : (n < 6 ? 200 : 500); s.end() }).listen(80)`
    const probe = (path: string, failureThreshold: number) => ({
      httpGet: { path, port: 80 },
      periodSeconds: 1,
      failureThreshold,
    })
    await run('moody', script, { startupProbe: probe('/start', 30), readinessProbe: probe('/ready', 1) })
    t.ok(await waitFor('ready', async () => (await first('moody'))?.ready))
    t.ok(await waitFor('not ready', async () => (await first('moody'))?.ready === false))
  })

  t.test('a pod that cannot be run says why', async t => {
    await run('odd', '0', { workingDir: '/app' })
    const seen = await waitFor('a reason', async () => {
      const container = await first('odd')
      return container && JSON.stringify(container.state).includes('CreateContainerConfigError') && container
    })
    t.match(seen.state, { waiting: { message: 'the test kubelet cannot give: container c: workingDir' } })
  })

  t.test('files of volumes change at once, with modes and owners as in a pod', async t => {
    const secrets = `/api/v1/namespaces/${NAMESPACE}/secrets`
    await plane.admin.create(secrets, { metadata: { name: 'files' }, stringData: { a: '1', b: 'x' } })
    const script = `const fs = require('fs')
      const show = () => console.log(JSON.stringify({ a: fs.readFileSync('/v/a', 'utf8'), names: fs.readdirSync('/v').filter(n => !n.startsWith('..')).sort(),
        mode: (fs.statSync('/v/a').mode & 0o777).toString(8), gid: fs.statSync('/v/a').gid, groups: process.getgroups(), labels: fs.readFileSync('/labels/labels', 'utf8') }))
      show(); let last = fs.readlinkSync('/v/..data')
      setInterval(() => { const now = fs.readlinkSync('/v/..data'); if (now !== last) { last = now; show() } }, 10)
      try { fs.writeFileSync('/v/new', '') } catch (e) { console.log(e.code) }`
    await run(
      'files',
      script,
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'labels', mountPath: '/labels' },
        ],
      },
      {
        securityContext: { runAsUser: 1000, fsGroup: 2000 },
        volumes: [
          { name: 'v', secret: { secretName: 'files', defaultMode: 0o400 } },
          {
            name: 'labels',
            downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.name' } }] },
          },
        ],
      },
    )
    const lines = (count: number) =>
      waitFor('output', async () => {
        const found = kubelet.pods.get('files')?.logs('c').trim().split('\n') ?? []
        return found.length >= count && found
      })
    const [first, error] = await lines(2)
    t.strictSame(JSON.parse(first ?? ''), {
      a: '1',
      names: ['a', 'b'],
      mode: '440',
      gid: 2000,
      groups: [2000, 0],
      labels: 'files',
    })
    t.equal(error, 'EROFS')
    await plane.admin.patch(`${secrets}/files`, { data: { a: btoa('2'), b: null } })
    const third = (await lines(3))[2]
    t.match(JSON.parse(third ?? ''), { a: '2', names: ['a'] })
  })

  t.test('kubectl delete returns once all processes are gone', async t => {
    const deleted = await plane.kubectl(['-n', NAMESPACE, 'delete', 'pods', '--all', '--timeout=20s'])
    t.equal(deleted.code, 0, deleted.stderr)
    t.equal(kubelet.pods.size, 0)
    t.strictSame(kubelet.problems, [])
  })

  t.test('a frozen pod is silence: connections neither close nor fail', async t => {
    await run('quiet', `require('net').createServer(s => s.on('data', d => s.write(d))).listen(80)`)
    await waitFor('the pod', async () => (await first('quiet'))?.ready)
    const worker = kubelet.pods.get('quiet')
    await worker?.network.freeze()
    const { connect } = await import('node:net')
    const socket = connect(80, worker?.network.ip)
    const outcome = await Promise.race([
      new Promise<string>(resolve =>
        socket.once('error', error => resolve(error.message)).once('connect', () => resolve('connected')),
      ),
      sleep(5_000, 'silence'),
    ])
    t.equal(outcome, 'silence')
    socket.destroy()
  })
})
