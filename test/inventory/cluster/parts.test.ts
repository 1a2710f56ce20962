import t from 'tap'
import { createBackoff } from '../../../src/inventory/cluster/backoff.ts'
import { createLineSplitter } from '../../../src/inventory/cluster/line-splitter.ts'
import { missingRight } from '../../../src/inventory/cluster/missing-right.ts'
import { createSharedParts } from '../../../src/inventory/cluster/shared-parts.ts'
import { createWorkSlices } from '../../../src/inventory/cluster/work-slices.ts'

t.test('pauses double up to a limit, with up to half taken off, and begin anew after progress', async t => {
  const full = createBackoff(250, 30_000, () => 0)
  t.strictSame(
    Array.from({ length: 9 }, () => full.nextMs()),
    [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000],
  )
  full.reset()
  t.equal(full.nextMs(), 250)
  const half = createBackoff(250, 30_000, () => 1)
  t.equal(half.nextMs(), 125)
})

t.test('lines are the same however they are cut into chunks', async t => {
  const lines = ['{"a":1}', 'ü'.repeat(10), 'x'.repeat(100_000), '{}']
  const bytes = Buffer.from(`\n${lines.join('\n\n')}\nrest without an end`)
  for (const size of [1, 7, 65_536, bytes.length]) {
    const splitter = createLineSplitter(1_000_000)
    const found: string[] = []
    for (let at = 0; at < bytes.length; at += size) {
      for (const line of splitter.push(bytes.subarray(at, at + size))) found.push(line.toString())
    }
    t.strictSame(found, lines, `in chunks of ${size}`)
  }
})

t.test('a line without end is refused before it fills the memory', async t => {
  const splitter = createLineSplitter(1000)
  const push = () => [...splitter.push(Buffer.alloc(600, 'x'))]
  t.strictSame(push(), [])
  t.throws(push, { code: 'SOCI_GUARD_API_UNEXPECTED', message: 'a line of the watch is longer than 1000 bytes' })
})

t.test('all who work share the time of a turn', async t => {
  let nowMs = 0
  const slices = createWorkSlices(10, () => nowMs)
  t.equal(slices.isDue(), false)
  nowMs = 9
  t.equal(slices.isDue(), false)
  nowMs = 10
  t.equal(slices.isDue(), true)
  t.equal(slices.isDue(), true)
  await slices.rest()
  t.equal(slices.isDue(), false, 'a turn later the time is counted anew')
})

t.test('parts that are equal are kept once, and a pool that is full begins anew', async t => {
  const shared = createSharedParts()
  const part = shared.part([{ name: 'soci' }])
  t.equal(shared.part([{ name: 'soci' }]), part)
  t.equal(shared.part(null), null)
  const long = ['x'.repeat(3000)]
  t.equal(shared.part(long), long)
  for (let at = 0; at < 5000; at++) shared.text(`name-${at}`)
  t.strictSame(shared.part([{ name: 'soci' }]), part)
})

t.test('a right that is missing is granted to whoever lacks it', async t => {
  const nodes = { group: '', resource: 'nodes', verbs: ['get', 'list'] }
  t.match(
    missingRight('nodes is forbidden: User "jane doe" cannot list resource "nodes" in API group ""', nodes),
    /^user jane doe may not list nodes; .* --resource=nodes && kubectl create clusterrolebinding soci-guard-read-nodes --clusterrole=soci-guard-read-nodes --user='jane doe'$/,
  )
  t.equal(
    missingRight('', nodes),
    'our user may not get, list nodes; it needs the verbs get, list (RBAC rule: apiGroups [""], resources ["nodes"], verbs ["get", "list"]), granted by: kubectl create clusterrole soci-guard-read-nodes --verb=get,list --resource=nodes',
  )
})
