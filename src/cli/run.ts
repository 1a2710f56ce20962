import { type Run, readCommandLine } from '../config/command-line.ts'
import { formatHelp } from '../config/format-help.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { printError, printProblems } from './print-error.ts'
import { VERSION } from './version.ts'

/** Runs the command that the arguments ask for and tells its exit code; everything that goes wrong is told on stderr. */
export const run = async (argv: readonly string[], io: Io): Promise<ExitCode> => {
  const line = readCommandLine(argv, io.env)
  switch (line.kind) {
    case 'help':
      io.stdout.write(formatHelp(line.command))
      return 0
    case 'version':
      io.stdout.write(`${VERSION}\n`)
      return 0
    case 'invalid':
      printProblems(
        io.stderr,
        line.problems.map(({ path, message }) => `${path.replace(/^soci-guard /, '')}: ${message}`),
      )
      return 2
    case 'run':
      try {
        return await runCommand(line, io)
      } catch (error) {
        printError(io.stderr, error)
        return 2
      }
  }
}

// Each command is loaded when it is called for: `serve` answers sooner without what only `certs` needs.
const runCommand = async (line: Run, io: Io): Promise<ExitCode> => {
  switch (line.command) {
    case 'serve':
      return (await import('./serve.ts')).serve(line.settings, io)
    case 'controller':
      return (await import('./controller.ts')).controller(line.settings, io)
    case 'agent':
      return (await import('./agent.ts')).agent(line.settings, io)
    case 'check':
      return (await import('./check.ts')).check(line.settings, io)
    case 'nodes':
      return (await import('./nodes.ts')).nodes(line.settings, io)
    case 'scan':
      return (await import('./scan.ts')).scan(line.settings, io)
    case 'inspect':
      return (await import('./inspect.ts')).inspect(line.settings, io)
    case 'certs':
      return (await import('./certs.ts')).certs(line.settings, io)
    case 'uninstall':
      return (await import('./uninstall.ts')).uninstall(line.settings, io)
    case 'demo':
      return (await import('./demo.ts')).demo(line.settings, io)
  }
}
