import { chained } from './balance-path.ts';
import type { StatementFault } from './faults.ts';
import { MOST_FAULTS } from './limits.ts';
import type { LineBlock } from './line-block.ts';
import type { StatementLine } from './statement.ts';

/** Opening and closing balance, where they are known and in the currency of the lines. */
export interface Balances {
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
}

/** What the running balances are followed by. */
export type BalancedLine = Pick<StatementLine, 'amountMinor' | 'balanceMinor' | 'position' | 'bookedAt'>;

/** The running balances of a statement, each held against the one before it. Memory does not grow with their number. */
export interface Chain {
  add(line: BalancedLine): void;
  /** Adds all lines of a block, as if each was added by itself. */
  addBlock(block: LineBlock): void;
  faults(balances: Balances, money: (minor: number) => string): StatementFault[];
  /** Whether anything could be held against anything. */
  judged(balances: Balances): boolean;
  /** What the running balances say of the balances before the first line and after the last; null where there are none. */
  ends(balances: Balances): Balances;
}

/** Lines of one second beyond this are followed as they stand. */
const MOST_AT_ONCE = 200;

/**
 * Follows the balances in both directions at once, because some files begin with the newest line; what counts at the end is the
 * direction in which fewer of them contradict each other. Lines of the same time stand in no order: where they follow each
 * other in any, they do.
 */
export const aChain = (): Chain => {
  const onward = new Direction(1);
  const backward = new Direction(-1);
  let together: BalancedLine[] = [];
  let balances = 0;
  const flush = (): void => {
    if (together.length === 0) return;
    onward.follow(together);
    backward.follow(together);
    together = [];
  };
  const judge = (known: Balances): Verdict => {
    flush();
    const [straight, turned] = [onward.verdict(known), backward.verdict(known)];
    return turned.count < straight.count ? turned : straight;
  };
  const add = (line: BalancedLine): void => {
    if (line.balanceMinor !== null) balances += 1;
    const [first] = together;
    const isSameTime = first !== undefined && line.bookedAt !== null && line.bookedAt === first.bookedAt;
    if (!isSameTime || together.length >= MOST_AT_ONCE) flush();
    together.push(line);
  };
  return {
    add,
    addBlock(block) {
      const last = block.count - 1;
      for (let at = 0; at <= last; at += 1) {
        const mayBeTogether =
          at === 0 || at === last || block.isSameMoment(at - 1, at) || block.isSameMoment(at, at + 1);
        if (mayBeTogether) add(balancedLine(block, at));
        else {
          flush();
          const balance = block.balances[at] as number;
          if (!Number.isNaN(balance)) balances += 1;
          onward.step(block.amounts[at] as number, balance, block.position + at);
          backward.step(block.amounts[at] as number, balance, block.position + at);
        }
      }
    },
    faults: (known, money) => told(judge(known), money),
    judged: ({ openingMinor, closingMinor }) =>
      balances > 1 || (balances === 1 && (openingMinor !== null || closingMinor !== null)),
    ends: (known) => judge(known).ends,
  };
};

function balancedLine(block: LineBlock, index: number): BalancedLine {
  const balance = block.balances[index] as number;
  return {
    amountMinor: block.amounts[index] as number,
    balanceMinor: Number.isNaN(balance) ? null : balance,
    position: block.position + index,
    bookedAt: block.bookedAt(index),
  };
}

/** A running balance that does not follow. */
interface Misfit {
  readonly position: number;
  readonly follows: number;
  readonly written: number;
}

interface Verdict {
  readonly count: number;
  readonly misfits: readonly Misfit[];
  readonly ends: Balances;
}

/** One direction in which the lines of a file can run: 1 is oldest first, -1 newest first. */
class Direction {
  readonly #sign: 1 | -1;
  /** The first balance, with what was moved by its line and by those before it that have none. */
  #first: {
    readonly position: number;
    readonly balance: number;
    readonly amount: number;
    readonly before: number;
  } | null = null;
  /** The last known balance, and what was moved since; newest first, its own line is what was moved after the next. */
  #known: number | null = null;
  #knownAt = 0;
  #since = 0;
  #last = 0;
  #count = 0;
  readonly #misfits: Misfit[] = [];

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  /** Follows lines of one time. */
  follow(lines: readonly BalancedLine[]): void {
    const start = this.#known === null ? null : this.#known + this.#sign * this.#since;
    const inOrder = lines.length === 1 ? lines : (chained(lines, start, this.#sign) ?? lines);
    for (const line of inOrder) this.step(line.amountMinor, line.balanceMinor ?? Number.NaN, line.position);
  }

  /** Follows one line; its balance is NaN where it has none. */
  step(amountMinor: number, balanceMinor: number, position: number): void {
    this.#last = position;
    if (Number.isNaN(balanceMinor)) {
      this.#since += amountMinor;
      return;
    }
    this.#first ??= { position, balance: balanceMinor, amount: amountMinor, before: this.#since };
    const known = this.#known;
    // The newer of two lines is the one whose balance follows, in whichever order they stand.
    if (known !== null && this.#sign === 1) this.#compare(position, known + this.#since + amountMinor, balanceMinor);
    else if (known !== null) this.#compare(this.#knownAt, balanceMinor + this.#since, known);
    this.#knownAt = position;
    this.#known = balanceMinor;
    this.#since = this.#sign === 1 ? 0 : amountMinor;
  }

  #compare(position: number, follows: number, written: number): void {
    if (follows === written) return;
    this.#count += 1;
    if (this.#misfits.length < MOST_FAULTS) this.#misfits.push({ position, follows, written });
  }

  /** What is wrong in this direction, with the balances at its ends, which are known only when the file is read. */
  verdict({ openingMinor, closingMinor }: Balances): Verdict {
    const first = this.#first;
    if (first === null) return { count: 0, misfits: [], ends: { openingMinor: null, closingMinor: null } };
    const { position, balance, amount, before } = first;
    const known = this.#known ?? 0;
    const end = known + this.#sign * this.#since;
    const [ends, atEnds] =
      this.#sign === 1
        ? [
            { openingMinor: balance - amount - before, closingMinor: end },
            [
              openingMinor === null ? null : { position, follows: openingMinor + before + amount, written: balance },
              closingMinor === null ? null : { position: this.#last, follows: end, written: closingMinor },
            ],
          ]
        : [
            { openingMinor: end, closingMinor: balance + before },
            [
              closingMinor === null ? null : { position, follows: balance + before, written: closingMinor },
              openingMinor === null
                ? null
                : { position: this.#knownAt, follows: openingMinor + this.#since, written: known },
            ],
          ];
    const more = atEnds.filter((misfit) => misfit !== null).filter(({ follows, written }) => follows !== written);
    return { count: this.#count + more.length, misfits: [...this.#misfits, ...more], ends };
  }
}

function told({ count, misfits }: Verdict, money: (minor: number) => string): StatementFault[] {
  const faults = misfits.map(({ position, follows, written }) => ({
    position,
    message: `the balance is ${money(written)}, but ${Number.isSafeInteger(follows) ? money(follows) : 'a larger one'} follows from the balance before`,
  }));
  const untold = count - misfits.length;
  return untold === 0
    ? faults
    : [...faults, { position: null, message: `${untold} more balances do not follow from those before` }];
}
