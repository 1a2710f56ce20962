import { parse } from 'smol-toml'
import t from 'tap'
import { pickContainerdConfig } from '../../../src/agent/observe/pick-containerd-config.ts'
import { CONFIG_TRAPS } from '../../../src/report/facts/config-trap.ts'
import { reportFacts } from '../../../src/report/facts/report-facts.ts'

const PROXY = `
[proxy_plugins.soci]
  type = "snapshot"
  address = "/run/soci-snapshotter-grpc/soci-snapshotter-grpc.sock"
[proxy_plugins.soci.exports]
  root = "/var/lib/soci-snapshotter-grpc"`
const OLD_TABLE = `
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "soci"
  disable_snapshot_annotations = false`
const NEW_TABLE = `
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "soci"
  disable_snapshot_annotations = false`
const RUNTIMES =
  '\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]\n  runtime_type = "io.containerd.runc.v2"'
const TRANSFER = '\n[plugins."io.containerd.cri.v1.images"]\n  snapshotter = "soci"'
const UNPACK =
  '\n[[plugins."io.containerd.transfer.v1.local".unpack_config]]\n  platform = "linux"\n  snapshotter = "soci"'

interface Node {
  readonly version: string
  readonly isDefault: 'soci' | 'overlayfs'
  readonly startTimeMs?: number
}

const trapOf = (files: readonly string[], { version, isDefault, startTimeMs }: Node): string =>
  reportFacts(
    {
      'version.Version': { version },
      'cri.image.ImageFsInfo': {
        image_filesystems: [{ fs_id: { mountpoint: `/root/io.containerd.snapshotter.v1.${isDefault}` } }],
      },
      'files.containerd': {
        files: files.map((text, at) => ({
          path: `/${at}`,
          modifiedAtMs: 1000,
          config: pickContainerdConfig(parse(text)),
        })),
      },
      host: { containerdStartTimeMs: startTimeMs ?? null },
    },
    { expectedSnapshotter: 'soci', bootTimeMs: null },
  ).configTrap

// The forms of the table in docs/evidence.md, by their letters there, with what each containerd made of them.
const forms: { name: string; files: string[]; version: string; isDefault: Node['isDefault']; want: string }[] = [
  {
    name: 'A on 1.6',
    files: [PROXY + OLD_TABLE],
    version: '1.6.20~ds1',
    isDefault: 'overlayfs',
    want: 'VersionLineMissing',
  },
  {
    name: 'A on 2.1',
    files: [PROXY + OLD_TABLE],
    version: '2.1.9',
    isDefault: 'overlayfs',
    want: 'VersionLineMissing',
  },
  {
    name: 'A with runtimes on 2.4',
    files: [PROXY + OLD_TABLE + RUNTIMES],
    version: '2.4.2',
    isDefault: 'soci',
    want: '',
  },
  { name: 'B on 1.7', files: [`version = 2${PROXY}${OLD_TABLE}`], version: '1.7.24', isDefault: 'soci', want: '' },
  {
    name: 'B on 2.4',
    files: [`version = 2${PROXY}${OLD_TABLE}`],
    version: '2.4.2',
    isDefault: 'overlayfs',
    want: 'RuntimesTableMissing',
  },
  {
    name: 'C on 2.1',
    files: [`version = 3${PROXY}${OLD_TABLE}`],
    version: '2.1.9',
    isDefault: 'overlayfs',
    want: 'OldTableIgnored',
  },
  {
    name: 'C as version 4 on 2.4',
    files: [`version = 4${PROXY}${OLD_TABLE}`],
    version: '2.4.2',
    isDefault: 'overlayfs',
    want: 'OldTableIgnored',
  },
  {
    name: 'D on 1.7',
    files: [`version = 2${PROXY}${NEW_TABLE}`],
    version: '1.7.24',
    isDefault: 'overlayfs',
    want: 'NewTableOnContainerd1',
  },
  { name: 'D on 2.1', files: [`version = 2${PROXY}${NEW_TABLE}`], version: '2.1.9', isDefault: 'soci', want: '' },
  {
    name: 'E on 1.6',
    files: [`version = 3${PROXY}${NEW_TABLE}`],
    version: '1.6.20',
    isDefault: 'overlayfs',
    want: 'NewTableOnContainerd1',
  },
  { name: 'E on 2.3', files: [`version = 3${PROXY}${NEW_TABLE}`], version: '2.3.4', isDefault: 'soci', want: '' },
  {
    name: 'F on 2.1',
    files: [`version = 2${PROXY}${OLD_TABLE}${RUNTIMES}`],
    version: '2.1.9',
    isDefault: 'soci',
    want: '',
  },
  {
    name: 'L',
    files: [`version = 3${PROXY}${TRANSFER}${UNPACK}`],
    version: '2.1.9',
    isDefault: 'soci',
    want: 'TransferWithoutAnnotations',
  },
  {
    name: 'L without unpack_config',
    files: [`version = 3${PROXY}${TRANSFER}`],
    version: '2.1.9',
    isDefault: 'soci',
    want: 'TransferWithoutUnpackConfig',
  },
  {
    name: 'the same before the transfer service',
    files: [`version = 3${PROXY}${TRANSFER}`],
    version: '2.0.5',
    isDefault: 'soci',
    want: '',
  },
  {
    name: 'L in order',
    files: [`version = 3${PROXY}\n  enable_remote_snapshot_annotations = "true"${TRANSFER}${UNPACK}`],
    version: '2.1.9',
    isDefault: 'soci',
    want: '',
  },
  {
    name: 'both tables, the old one with another snapshotter',
    files: [`version = 2${PROXY}${OLD_TABLE.replace('soci', 'overlayfs')}${RUNTIMES}${NEW_TABLE}`],
    version: '2.1.9',
    isDefault: 'overlayfs',
    want: 'OldTableWins',
  },
  {
    name: 'a drop-in with a runtime on 1.7',
    files: [`version = 2${PROXY}${OLD_TABLE}`, `version = 2${RUNTIMES}`],
    version: '1.7.24',
    isDefault: 'overlayfs',
    want: 'DropInReplacesTable',
  },
  {
    name: 'the same on 2.1, which merges tables',
    files: [`version = 2${PROXY}${OLD_TABLE}`, `version = 2${RUNTIMES}`],
    version: '2.1.9',
    isDefault: 'soci',
    want: '',
  },
  {
    name: 'a proxy plugin without a root',
    files: [`version = 2\n[proxy_plugins.soci]\n  type = "snapshot"\n  address = "/s.sock"${OLD_TABLE}`],
    version: '1.7.24',
    isDefault: 'soci',
    want: 'ExportsRootMissing',
  },
  { name: 'nobody asked for SOCI', files: ['version = 2'], version: '1.7.24', isDefault: 'overlayfs', want: '' },
  { name: 'no file could be read', files: [], version: '2.1.9', isDefault: 'overlayfs', want: '' },
]

for (const { name, files, want, ...node } of forms) {
  t.test(`${name}: ${want || 'no trap'}`, async t => {
    t.equal(trapOf(files, node), want)
  })
}

t.test('a file that is right but younger than the daemon explains the default, an older one does not', async t => {
  const files = [`version = 3${PROXY}${NEW_TABLE}`]
  t.equal(trapOf(files, { version: '2.1.9', isDefault: 'overlayfs', startTimeMs: 500 }), 'NotRestarted')
  t.equal(trapOf(files, { version: '2.1.9', isDefault: 'overlayfs', startTimeMs: 2000 }), '')
})

t.test('every trap has a sentence and a remedy, and a row in the documentation', async t => {
  const { readFileSync } = await import('node:fs')
  const docs = readFileSync(new URL('../../../docs/evidence.md', import.meta.url), 'utf8')
  for (const [name, { meaning, remedy }] of Object.entries(CONFIG_TRAPS)) {
    t.match(meaning, /\.$/, name)
    t.match(remedy, /\.$/, name)
    t.match(docs, `\`${name}\``, name)
  }
})
