import type * as ExecutionChecks from '../../../src/domain/execution-checks.ts';

/** A file of src, some of whose functions are replaced by worse ones while a worker runs; the file itself stays as it is. */
export interface Spoiled {
  readonly file: string;
  readonly functions: readonly string[];
  spoil(honest: object): object;
}

/** Rules of the tool that are broken on purpose, by name. */
export type Sabotages = Readonly<Record<string, readonly Spoiled[]>>;

/** Replaces functions of a file by what is made of the honest ones. */
export const spoiled = <Module extends object, Name extends keyof Module & string>(
  file: string,
  functions: readonly Name[],
  spoil: (honest: Module) => Pick<Module, Name>,
): Spoiled => ({ file, functions, spoil: (honest) => spoil(honest as Module) });

/** A change of what the facts of an execution are, before the honest rules judge them. */
export const executionFacts = (
  change: (facts: Parameters<typeof ExecutionChecks.executionChecks>[0]) => typeof facts,
): Spoiled =>
  spoiled<typeof ExecutionChecks, 'executionChecks'>(
    'src/domain/execution-checks.ts',
    ['executionChecks'],
    ({ executionChecks }) => ({ executionChecks: (facts) => executionChecks(change(facts)) }),
  );

/** An instant before every other: whatever ends, ends after it. */
export const LONG_AGO = new Date(0);
