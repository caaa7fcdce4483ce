import type { ProblemKind } from '../domain/problem.ts';
import { run } from './run.ts';
import { installEpipeGuard } from '../terminal/output.ts';
import { standardOutput } from '../terminal/standard-output.ts';

/** The only map from what went wrong to the exit code. */
export const EXIT_CODES: Readonly<Record<ProblemKind, number>> = {
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

/** Runs the command line of this process to its end; tells which command it was when that has worked. */
export async function main(worked: (command: string) => void): Promise<never> {
  const [stdout, stderr] = [standardOutput('stdout'), standardOutput('stderr')];
  installEpipeGuard(stdout, stderr);
  let command = '';
  const exitCode = await run({
    argv: process.argv.slice(2),
    env: process.env,
    stdout,
    stderr,
    clock: () => new Date(),
    exitCodes: EXIT_CODES,
    understood: (path) => (command = path),
  });
  if (exitCode === 0) worked(command);
  // Everything has been written and closed. To wait until nothing is left to do, and to take the heap apart, takes 3 ms.
  process.exit(exitCode);
}
