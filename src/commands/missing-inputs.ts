import { usage, type Problem } from '../domain/problem.ts';

/** Everything that a command lacks, in one refusal (exit 2); for inputs of which either one or another is enough. */
export const inputsMissing = (path: string, missing: readonly string[]): Problem => {
  const list = missing.length === 1 ? missing[0] : `${missing.slice(0, -1).join(', ')} and ${missing.at(-1)}`;
  return usage('INPUT_MISSING', `treasury ${path} needs ${list}.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury ${path} --help`,
    faults: missing.map((name) => `${name} is missing`),
  });
};
