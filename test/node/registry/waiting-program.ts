import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** As pause does: a first process that waits for its end, and stops at once when asked to. */
const SOURCE = `#include <signal.h>
#include <unistd.h>
static void end(int signal) { (void)signal; _exit(0); }
int main(void) { signal(SIGTERM, end); signal(SIGINT, end); for (;;) pause(); }
`

/** A static program that runs in an image with nothing else in it; compiled with gcc. */
export function waitingProgram(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'waiting-program-'))
  try {
    const options = ['-x', 'c', '-', '-static', '-Os', '-s', '-o', join(folder, 'wait')]
    execFileSync('gcc', options, { input: SOURCE, stdio: ['pipe', 'inherit', 'inherit'] })
    return readFileSync(join(folder, 'wait'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
