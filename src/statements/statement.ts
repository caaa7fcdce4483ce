import type { Paging } from '../domain/statement-pages.ts';
import type { LineBlock } from './line-block.ts';

/** What kind of file a statement came in. */
export type StatementType = 'mpesa' | 'camt' | 'mt940' | 'ofx' | 'bai2' | 'csv';

/** One booked movement, as the bank or M-Pesa tells it. */
export interface StatementLine {
  /** Where it begins in the file, counted in lines from 1 (in spreadsheets: rows). */
  readonly position: number;
  /** ISO day in the statement's zone; as written when it is no day of the calendar (with a warning). */
  readonly bookedOn: string;
  readonly valueOn: string | null;
  /** Instant of the movement where the file tells it, as local ISO text without zone. */
  readonly bookedAt: string | null;
  /** Signed minor units: money in is positive, money out negative. */
  readonly amountMinor: number;
  /** Running balance after the line, where the file has one. */
  readonly balanceMinor: number | null;
  /** The bank's or M-Pesa's own identifier; the strongest evidence there is. */
  readonly externalId: string | null;
  /** Every other reference the line carries, in the order of the file: end-to-end id, instruction id, cheque number. */
  readonly references: readonly string[];
  readonly counterparty: string | null;
  readonly counterpartyAccount: string | null;
  readonly description: string;
  /** A charge of the bank or of M-Pesa for something else on this statement. */
  readonly isCharge: boolean;
  /** Currency of the amount where it is another than the statement's: such a line cannot be added to the others. */
  readonly otherCurrency?: string;
}

/** What a statement says of itself before its first line. */
export interface StatementHeader {
  readonly type: StatementType;
  readonly account: string | null;
  readonly currency: string | null;
  /** The statement's own number or id, and its page. */
  readonly id: string | null;
  readonly page: string | null;
  /** What the page says of others; left out where pages were put together, or are none. */
  readonly paging?: Paging;
}

/** What a statement claims, known at its end; null where the file says nothing. */
export interface StatementClaims {
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
  /** First and last day that it covers. */
  readonly from: string | null;
  readonly to: string | null;
  /** Number and unsigned sums that the file itself gives for its lines. */
  readonly lines: number | null;
  readonly creditsMinor: number | null;
  readonly debitsMinor: number | null;
  /** Currencies of the balances, where they are others than the statement's: the balances cannot be compared with the lines. */
  readonly openingCurrency?: string;
  readonly closingCurrency?: string;
  /** Numbers of credits and debits, and the unsigned sum of all lines, where the file gives them. */
  readonly creditLines?: number | null;
  readonly debitLines?: number | null;
  readonly turnoverMinor?: number | null;
  /** What the credits are above the debits, signed. */
  readonly netMinor?: number | null;
}

/** What a parser tells, in the order of the file: for each statement begin, its lines, end; warnings anywhere. */
export type StatementEvent =
  | { readonly kind: 'begin'; readonly header: StatementHeader }
  | { readonly kind: 'line'; readonly line: StatementLine }
  | { readonly kind: 'end'; readonly claims: StatementClaims; readonly header: StatementHeader }
  | {
      readonly kind: 'warning';
      readonly message: string;
      readonly position: number | null;
      /** The file contradicts itself, or is not whole: as grave as balances that do not tie. */
      readonly contradicts?: true;
    };

/** The same with lines that come together, where nobody needs each by itself. */
export type BlockEvent = StatementEvent | { readonly kind: 'lines'; readonly block: LineBlock };

/** A parser: pieces of a file in, events out, in memory that does not grow with the file. Throws NotAStatement for what is none. */
export type StatementParser = (pieces: Iterable<Uint8Array>, options: ParserOptions) => Iterable<StatementEvent>;

/** A parser that tells lines together where it can. A block lasts until the next event is asked for. */
export type BlockParser = (pieces: Iterable<Uint8Array>, options: ParserOptions) => Iterable<BlockEvent>;

export interface ParserOptions {
  /** Currency where the file does not say one (the fund's). */
  readonly currency: string | null;
  /** Minor digits of a currency (ISO 4217). */
  readonly exponentOf: (currency: string) => number;
}
