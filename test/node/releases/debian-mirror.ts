import { execFileSync } from 'node:child_process'
import { NodesUnavailable } from './unavailable.ts'

/** The Debian archive that this machine's own apt is set up with; SOCI_GUARD_DEBIAN_MIRROR names another, on a machine that is not Debian. */
export function debianMirror(): string {
  const named = process.env.SOCI_GUARD_DEBIAN_MIRROR
  if (named) return named
  const found = archives().find(({ component, label, uri }) => component === 'main' && isDebian(label, uri))
  if (found) return found.uri
  throw new NodesUnavailable(
    'containerd comes from Debian packages, and apt on this machine knows no Debian archive; name one in SOCI_GUARD_DEBIAN_MIRROR',
  )
}

interface Archive {
  uri: string
  component: string
  label: string
}

function archives(): Archive[] {
  const format = '$(REPO_URI) $(COMPONENT) $(LABEL)'
  try {
    const text = execFileSync('apt-get', ['indextargets', '--format', format, 'Identifier: Packages'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return text.split('\n').map(line => {
      const [uri = '', component = '', label = ''] = line.split(' ')
      return { uri, component, label }
    })
  } catch (error) {
    throw new NodesUnavailable(`containerd comes from Debian packages, and apt-get failed here: ${String(error)}`)
  }
}

/** apt knows an archive's label only once it has read its lists; the path of the main archive is the same on every mirror. */
function isDebian(label: string, uri: string): boolean {
  return label === 'Debian' || (label.startsWith('$') && /\/debian\/?$/.test(uri))
}
