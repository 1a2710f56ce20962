import type { NodeRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** UnsupportedOperatingSystem: the Node says that it does not run linux, so there is no SOCI on it. */
export const unsupportedOperatingSystem: NodeRule = ({ operatingSystem }) =>
  operatingSystem === '' || operatingSystem === 'linux'
    ? null
    : {
        reason: 'UnsupportedOperatingSystem',
        found: `the Node's operating system is ${plainText(operatingSystem)}, not linux`,
      }
