import { Problem } from '../domain/problem.ts';
import type { Store } from './store.ts';
import type { Tx } from './transaction.ts';

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly answered: PromiseWithResolvers<Answer>;
}

/**
 * Writes that share transactions, and so an fsync: what comes while one is under way is the next one together, and each is answered
 * once its own is committed. Where something goes wrong with several, nothing of them is kept, and each is written alone. `write`
 * answers for each in their order; of more than `most` others would have to wait too long. Before each transaction `before` is waited
 * for, and whatever comes meanwhile comes along.
 */
export function sharedWrites<Item, Answer>(
  store: Pick<Store, 'write'>,
  most: number,
  write: (tx: Tx, items: readonly Item[]) => Promise<readonly Answer[]>,
  before?: () => Promise<void>,
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let running = false;

  const together = async (group: readonly Waiting<Item, Answer>[]): Promise<void> => {
    const items = group.map(({ item }) => item);
    const answers = await store.write((tx) => write(tx, items));
    for (const [at, answer] of answers.entries()) group[at]?.answered.resolve(answer);
  };

  const eachOf = async (group: readonly Waiting<Item, Answer>[]): Promise<void> => {
    try {
      await together(group);
    } catch (error) {
      // Whether it was saved is not known: it is never written again blindly.
      const open = error instanceof Problem && error.kind === 'pending';
      if (open || group.length === 1) for (const { answered } of group) answered.reject(error);
      else for (const one of group) await eachOf([one]);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      await before?.();
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await eachOf(group);
    }
    running = false;
  };

  return (item) => {
    const answered = Promise.withResolvers<Answer>();
    waiting.push({ item, answered });
    if (!running) {
      running = true;
      // Whoever comes in the same moment comes along.
      setImmediate(() => void run());
    }
    return answered.promise;
  };
}

/** What does not depend on each other, all sent before the first answer is awaited; nothing is under way any more when it throws. */
export async function allAtOnce<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const settled = await Promise.allSettled(items.map(work));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
