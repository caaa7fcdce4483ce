import { type Problem, usage } from '../domain/problem.ts';

/** Something that is not as it should be, and where. */
export interface StatementFault {
  readonly message: string;
  readonly position: number | null;
}

const UNCHANGED = 'Nothing of it was used, and nothing was changed.';

/** What is no statement at all, or no whole one; `fix` is what to do instead, where that is more than the message says. */
export const notAStatement = (why: string, fix: string | null = null): Problem =>
  usage('NOT_A_STATEMENT', why, { unchanged: UNCHANGED, ...(fix === null ? {} : { fix }) });

/** A statement with something in it that cannot be read without guessing, at a line counted from 1. */
export const unreadable = (position: number | null, why: string): Problem =>
  usage('STATEMENT_UNREADABLE', `The statement cannot be read: ${atLine(position, why)}.`, { unchanged: UNCHANGED });

/** "line 12: why", or only why where no line is known. */
export const atLine = (position: number | null, why: string): string =>
  position === null ? why : `line ${position}: ${why}`;
