import { normalReference } from '../domain/payment.ts';
import { otherFundOf, type OtherFund, type SampledLine } from '../domain/reconciliation/other-fund.ts';
import { accountsBeside, linesLike, paidUnder } from '../store/other-funds.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { StatementLine } from '../statements/statement.ts';
import { identityOf } from './line-identity.ts';
import { readAccount, type OnLine, type OnLines, type ReadAccount, type StatementPieces } from './read-statement.ts';

type Fund = Pick<Row<'funds'>, 'id' | 'companyId' | 'code' | 'currency'>;

/** Reads a file as `readAccount` does, with a word of warning where it seems to be of another fund than it is held against. */
export async function readForFund(
  tx: Tx,
  fund: Fund,
  source: StatementPieces,
  told: OnLine | OnLines,
): Promise<ReadAccount> {
  const sample = new LineSample();
  const read = await readAccount(source, { currency: fund.currency, now: tx.now }, sampling(sample, told));
  const other = await otherFund(tx, fund, read, sample.lines);
  return other === null ? read : { ...read, otherFund: other.code, warnings: [...read.warnings, other.warning] };
}

function sampling(sample: LineSample, told: OnLine | OnLines): OnLine | OnLines {
  const { onLine, onBlock } = typeof told === 'function' ? { onLine: told, onBlock: null } : told;
  const takeLine: OnLine = (line, header, index) => {
    sample.take(index, 1, () => line);
    onLine(line, header, index);
  };
  if (onBlock === null) return takeLine;
  return {
    onLine: takeLine,
    onBlock: (block, index) => {
      sample.take(index, block.count, (at) => block.line(at));
      onBlock(block, index);
    },
  };
}

/** So many places are looked at, at most; half as many at least, where a file has them. */
const MOST = 48;

/** A few lines of a file, evenly spread over it: those of them that have an identifier. */
export class LineSample {
  #step = 1;
  /** Lines by their places, which are multiples of the step. */
  #taken = new Map<number, SampledLine | null>();

  get lines(): readonly SampledLine[] {
    return [...this.#taken.values()].filter((line) => line !== null);
  }

  /** Takes so many lines that come together, the first of which is at `index`; few of them are asked for. */
  take(index: number, count: number, line: (at: number) => StatementLine): void {
    for (let at = this.#next(index); at < index + count; at = this.#next(at + 1)) {
      this.#taken.set(at, sampled(line(at - index)));
      if (this.#taken.size > MOST) this.#thin();
    }
  }

  #next(index: number): number {
    return Math.ceil(index / this.#step) * this.#step;
  }

  #thin(): void {
    this.#step *= 2;
    for (const at of this.#taken.keys()) if (at % this.#step !== 0) this.#taken.delete(at);
  }
}

const sampled = (line: StatementLine): SampledLine | null =>
  line.externalId === null
    ? null
    : { identity: identityOf(line), reference: normalReference(line.externalId), amountMinor: line.amountMinor };

const otherFund = async (
  tx: Tx,
  fund: Fund,
  { account }: ReadAccount,
  lines: readonly SampledLine[],
): Promise<OtherFund | null> =>
  otherFundOf({
    ...{ fund, account, lines },
    accounts: account === null ? [] : await accountsBeside(tx, fund),
    stored: await linesLike(
      tx,
      fund,
      lines.map(({ identity }) => identity),
    ),
    paid: await paidUnder(
      tx,
      fund,
      lines.map(({ reference }) => reference),
    ),
  });
