import type { ProblemKind } from './domain/problem.ts';
import { run } from './main/run.ts';
import { installEpipeGuard } from './terminal/output.ts';

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
installEpipeGuard(process.stdout, process.stderr);
process.exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: () => new Date(),
  exitCodes: EXIT_CODES,
});
