import type { Proposed } from '../../src/operations/two-people.ts';
import { isProposed } from '../../src/operations/two-people.ts';

/** What an operation did, which must not have become a proposal. */
export async function done<Answer extends object>(
  work: Promise<Answer | Proposed>,
): Promise<Exclude<Answer, Proposed>> {
  const answer = await work;
  if (isProposed(answer)) throw new Error(`${answer.proposed.change.ref} was only proposed`);
  return answer as Exclude<Answer, Proposed>;
}

/** The proposal that an operation's answer must be. */
export async function proposedBy(work: Promise<object>): Promise<Proposed> {
  const answer = await work;
  if (!isProposed(answer)) throw new Error('it was done at once');
  return answer;
}
