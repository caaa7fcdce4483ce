import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { sharedWrites } from '../../src/store/shared-writes.ts';
import type { Store } from '../../src/store/store.ts';
import type { Tx } from '../../src/store/transaction.ts';

/** A store that only counts its transactions: nothing is read or written. */
function aStore(commit: () => void = () => undefined, before?: () => Promise<void>) {
  const groups: (readonly number[])[] = [];
  const store: Pick<Store, 'write'> = {
    write: async (work) => {
      const result = await work({} as Tx);
      commit();
      return result;
    },
  };
  const tens = async (_tx: Tx, items: readonly number[]): Promise<number[]> => {
    groups.push(items);
    if (items.includes(13)) throw new Error('thirteen');
    return items.map((item) => item * 10);
  };
  const write = sharedWrites(store, 50, tens, before);
  return { groups, write };
}

describe('writes that share a transaction', () => {
  test('what comes in the same moment goes together, and each gets its own answer', async () => {
    const { groups, write } = aStore();
    expect(await Promise.all([1, 2, 3].map(write))).toEqual([10, 20, 30]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  test('what comes while others have their turn comes along', async () => {
    const turn = Promise.withResolvers<void>();
    const { groups, write } = aStore(undefined, () => turn.promise);
    const first = write(1);
    await new Promise((resolve) => setImmediate(resolve));
    const second = write(2);
    expect(groups).toEqual([]);
    turn.resolve();
    expect(await Promise.all([first, second])).toEqual([10, 20]);
    expect(groups).toEqual([[1, 2]]);
  });

  test('fifty go together, and the one after them alone', async () => {
    const { groups, write } = aStore();
    await Promise.all(Array.from({ length: 51 }, (_, at) => write(at + 100)));
    expect(groups.map(({ length }) => length)).toEqual([50, 1]);
  });

  test('one that breaks takes no other with it', async () => {
    const { groups, write } = aStore();
    const ended = await Promise.allSettled([1, 13, 3].map(write));
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(groups).toEqual([[1, 13, 3], [1], [13], [3]]);
  });

  test('a commit of which nobody knows the outcome is not tried again', async () => {
    const { groups, write } = aStore(() => {
      throw new Problem('pending', 'COMMIT_UNKNOWN', 'The database went away.', {});
    });
    const ended = await Promise.allSettled([1, 2].map(write));
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(groups).toEqual([[1, 2]]);
  });

  test('after one that broke it goes on', async () => {
    const { write } = aStore();
    await expect(write(13)).rejects.toThrow('thirteen');
    expect(await write(4)).toBe(40);
  });
});
