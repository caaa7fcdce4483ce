import type { Actor } from '../../src/domain/access.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { isProposed, type Proposed } from '../../src/operations/two-people.ts';
import type { Store } from '../../src/store/store.ts';

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

/** Does it, whether that takes one person or two; `by` confirms what was only proposed. */
export async function agreed(store: Store, by: Actor, work: Promise<object>): Promise<void> {
  const answer = await work;
  if (isProposed(answer)) await confirmChange(store, by, { change: answer.proposed.change.ref, reason: null });
}
