import type { ProblemKind } from './domain/problem.ts';
import { VERSION } from './main/version.ts';
import { standardOutput } from './terminal/standard-output.ts';
import { installEpipeGuard, writeAll } from './terminal/output.ts';

/** The only map from what went wrong to the exit code. */
const EXIT_CODES: Readonly<Record<ProblemKind, number>> = {
  usage: 2,
  not_found: 3,
  auth: 4,
  forbidden: 5,
  refused: 6,
  conflict: 7,
  pending: 8,
  external: 9,
  integrity: 11,
  cancelled: 130,
};

// Databases, sessions and exports are made for their owner only.
process.umask(0o077);
const [stdout, stderr] = [standardOutput('stdout'), standardOutput('stderr')];
installEpipeGuard(stdout, stderr);
const argv = process.argv.slice(2);
// Scripts ask for the version at every turn: it needs nothing else of the tool.
if (argv.length === 1 && argv[0] === '--version') void writeAll(stdout, `treasury ${VERSION}\n`);
else void start();

async function start(): Promise<void> {
  const { keepCompiledCode } = await import('./main/compiled-code.ts');
  const keepFor = keepCompiledCode(import.meta.dirname, process.env);
  const { run } = await import('./main/run.ts');
  let command = '';
  const exitCode = await run({
    argv,
    env: process.env,
    stdout,
    stderr,
    clock: () => new Date(),
    exitCodes: EXIT_CODES,
    understood: (path) => (command = path),
  });
  if (exitCode === 0) keepFor(command);
  // Everything has been written and closed. To wait until nothing is left to do, and to take the heap apart, takes 3 ms.
  process.exit(exitCode);
}
