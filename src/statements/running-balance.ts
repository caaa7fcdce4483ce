import type { StatementFault } from './faults.ts';
import type { StatementLine } from './statement.ts';
import { MOST_FAULTS } from './limits.ts';

/** Opening and closing balance, where they are known and in the currency of the lines. */
export interface Balances {
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
}

/** The running balances of a statement, each held against the one before it. Memory does not grow with their number. */
export interface Chain {
  add(line: Pick<StatementLine, 'amountMinor' | 'balanceMinor' | 'position'>): void;
  faults(balances: Balances, money: (minor: number) => string): StatementFault[];
  /** Whether anything could be held against anything. */
  judged(balances: Balances): boolean;
}

/** A running balance that does not follow. */
interface Misfit {
  readonly position: number;
  readonly follows: number;
  readonly written: number;
}

/** One direction in which the lines of a file can run. Misfits are counted; the first ones are kept. */
interface Direction {
  /** The last known balance, and what was moved since. */
  known: number | null;
  knownAt: number;
  since: number;
  count: number;
  readonly misfits: Misfit[];
}

/**
 * Follows the balances in both directions at once, because some files begin with the newest line; what counts at the end is the
 * direction in which fewer of them contradict each other.
 */
export const aChain = (): Chain => {
  const oldestFirst = newDirection();
  const newestFirst = newDirection();
  let first: { position: number; balance: number; amount: number; before: number } | undefined;
  let last = 0;
  let balances = 0;
  return {
    add({ amountMinor, balanceMinor, position }) {
      last = position;
      if (balanceMinor === null) {
        oldestFirst.since += amountMinor;
        newestFirst.since += amountMinor;
        return;
      }
      balances += 1;
      first ??= { position, balance: balanceMinor, amount: amountMinor, before: oldestFirst.since };
      const { known: older, since: moved } = oldestFirst;
      if (older !== null) compare(oldestFirst, position, older + moved + amountMinor, balanceMinor);
      const { known: newer, since: undone } = newestFirst;
      if (newer !== null) compare(newestFirst, newestFirst.knownAt, balanceMinor + undone, newer);
      goOn(oldestFirst, { known: balanceMinor, knownAt: position, since: 0 });
      goOn(newestFirst, { known: balanceMinor, knownAt: position, since: amountMinor });
    },
    faults({ openingMinor, closingMinor }, money) {
      if (first === undefined) return [];
      const { position, balance, amount, before } = first;
      const { known, since } = oldestFirst;
      const onward = withEnds(oldestFirst, [
        openingMinor === null ? null : { position, follows: openingMinor + before + amount, written: balance },
        closingMinor === null ? null : { position: last, follows: (known ?? 0) + since, written: closingMinor },
      ]);
      const { known: oldest, knownAt, since: undone } = newestFirst;
      const backward = withEnds(newestFirst, [
        closingMinor === null ? null : { position, follows: balance + before, written: closingMinor },
        openingMinor === null ? null : { position: knownAt, follows: openingMinor + undone, written: oldest ?? 0 },
      ]);
      return told(backward.count < onward.count ? backward : onward, money);
    },
    judged: ({ openingMinor, closingMinor }) =>
      balances > 1 || (balances === 1 && (openingMinor !== null || closingMinor !== null)),
  };
};

function goOn(direction: Direction, { known, knownAt, since }: Pick<Direction, 'known' | 'knownAt' | 'since'>): void {
  direction.known = known;
  direction.knownAt = knownAt;
  direction.since = since;
}

const newDirection = (): Direction => ({ known: null, knownAt: 0, since: 0, count: 0, misfits: [] });

function compare(direction: Direction, position: number, follows: number, written: number): void {
  if (follows === written) return;
  direction.count += 1;
  if (direction.misfits.length < MOST_FAULTS) direction.misfits.push({ position, follows, written });
}

/** The misfits of a direction with those at its ends, which are known only when the file is read. */
function withEnds(
  { count, misfits }: Direction,
  ends: readonly (Misfit | null)[],
): Pick<Direction, 'count' | 'misfits'> {
  const more = ends.filter((end) => end !== null).filter(({ follows, written }) => follows !== written);
  return { count: count + more.length, misfits: [...misfits, ...more] };
}

function told(
  { count, misfits }: Pick<Direction, 'count' | 'misfits'>,
  money: (minor: number) => string,
): StatementFault[] {
  const faults = misfits.map(({ position, follows, written }) => ({
    position,
    message: `the balance is ${money(written)}, but ${Number.isSafeInteger(follows) ? money(follows) : 'a larger one'} follows from the balance before`,
  }));
  const untold = count - misfits.length;
  return untold === 0
    ? faults
    : [...faults, { position: null, message: `${untold} more balances do not follow from those before` }];
}
