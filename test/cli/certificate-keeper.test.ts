import { Registry } from 'prom-client'
import t from 'tap'
import { certificateKeeper } from '../../src/cli/certificate-keeper.ts'
import type { ControllerContext } from '../../src/cli/controller-context.ts'
import { parseSettings } from '../../src/config/settings.ts'

const context = (...args: string[]): ControllerContext => {
  const parsed = parseSettings('controller', args, {})
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const registry = new Registry()
  return { settings: parsed.value, registry, nowMs: () => 0, wallMs: () => 0 } as unknown as ControllerContext
}

t.test('the controller keeps certificates unless somebody else does', async t => {
  t.strictSame(
    certificateKeeper(context()).map(({ name }) => name),
    ['certificates'],
  )
  const external = context('--certificates', 'external')
  t.strictSame(certificateKeeper(external), [])
  t.strictSame(external.registry.getMetricsAsArray(), [], 'and no metric tells of what it does not look at')
})

const HASTY = [
  {
    args: ['--serving-certificate-seconds', '359'],
    want: '--serving-certificate-seconds 359: expected at least 360 with --certificate-settle-seconds 60',
  },
  {
    args: ['--authority-seconds', '17', '--serving-certificate-seconds', '12', '--certificate-settle-seconds', '2'],
    want: '--authority-seconds 17: expected at least 18 with --certificate-settle-seconds 2',
  },
]

for (const { args, want } of HASTY) {
  t.test(`lives that leave no time for a rotation are refused: ${args.join(' ')}`, async t => {
    t.throws(() => certificateKeeper(context(...args)), { code: 'SOCI_GUARD_USAGE', message: want })
  })
}
