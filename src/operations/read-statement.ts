import { createHash } from 'node:crypto';
import { isoDay } from '../domain/day.ts';
import { usage } from '../domain/problem.ts';
import { decimalsOf } from '../statements/currency.ts';
import { readableParts, type Wanted } from '../statements/detect.ts';
import { atLine, type StatementFault } from '../statements/faults.ts';
import { withinSize } from '../statements/limits.ts';
import type { LineBlock } from '../statements/line-block.ts';
import { firstAndLast } from '../statements/file-order.ts';
import { readStatements } from '../statements/read-statements.ts';
import type { ProvedStatement } from '../statements/proof.ts';
import type { StatementHeader, StatementLine } from '../statements/statement.ts';

/** A file that can be read as often as needed. */
export interface StatementPieces extends Wanted {
  /** As the person named it; - for standard input. */
  readonly name: string;
  pieces(): Iterable<Uint8Array>;
}

/** What a file says of one fund's account, its statements taken together in the order of time. */
export interface ReadAccount {
  readonly digest: string;
  readonly statements: readonly ProvedStatement[];
  readonly account: string | null;
  readonly currency: string | null;
  readonly type: string;
  readonly from: string | null;
  readonly to: string | null;
  /** First and last day that a line is booked on, or that the file claims. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly openingMinor: number | null;
  readonly closingMinor: number | null;
  readonly lines: number;
  readonly creditsMinor: number;
  readonly debitsMinor: number;
  readonly ties: boolean | null;
  /** Where the file contradicts itself, for people. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
  /** The fund that it seems to be of instead of the one that it is held against, as far as anybody has looked. */
  readonly otherFund: string | null;
}

/** Told of each line of a file, `index` counting from 0. */
export type OnLine = (line: StatementLine, header: StatementHeader, index: number) => void;

/** The same for who takes lines together where they come so: `index` is that of the block's first. */
export interface OnLines {
  readonly onLine: OnLine;
  readonly onBlock: (block: LineBlock, index: number) => void;
}

/** What a file is read with. */
export interface ReadingDay {
  /** Currency of amounts where the file names none. */
  readonly currency: string;
  /** The instant at which it is read. */
  readonly now: Date;
}

/** Reads a file to its end, telling its lines. Throws usage for what is no statement, or a file of several accounts. */
export async function readAccount(
  source: StatementPieces,
  { currency, now }: ReadingDay,
  told: OnLine | OnLines,
): Promise<ReadAccount> {
  const { onLine, onBlock } = typeof told === 'function' ? { onLine: told, onBlock: undefined } : told;
  let index = 0;
  const hash = createHash('sha256');
  const booked = { first: '9999', last: '' };
  const note = (day: string): void => {
    if (day < booked.first) booked.first = day;
    if (day > booked.last) booked.last = day;
  };
  const { statements, rest } = await readStatements(hashed(source.pieces(), hash), {
    type: source.type,
    profile: source.profile ?? null,
    currency,
    today: isoDay(now),
    onLine(line, header) {
      note(line.bookedOn);
      onLine(line, header, index);
      index += 1;
    },
    ...(onBlock === undefined
      ? {}
      : {
          onBlock(block: LineBlock) {
            for (let at = 0; at < block.count; at += 1) note(block.bookedOn[at] as string);
            onBlock(block, index);
            index += block.count;
          },
        }),
  });
  const ends = requireOneAccount(statements);
  const days = statements
    .flatMap(({ from, to }) => [from, to])
    .filter((day) => day !== null)
    .toSorted();
  const sum = (pick: (one: ProvedStatement) => number): number => statements.reduce((all, one) => all + pick(one), 0);
  const ties = statements.map((one) => one.ties);
  const texts = (faults: readonly StatementFault[]): string[] =>
    faults.map((fault) => atLine(fault.position, fault.message));
  return {
    digest: hash.digest('hex'),
    statements,
    account: ends.first.header.account,
    currency: ends.first.header.currency,
    type: ends.first.header.type,
    from: days[0] ?? null,
    to: days.at(-1) ?? null,
    firstDay: [booked.first, ...days].toSorted()[0] ?? null,
    lastDay: [booked.last, ...days].toSorted().at(-1) ?? null,
    openingMinor: ends.first.openingMinor,
    closingMinor: ends.last.closingMinor,
    lines: sum((one) => one.lines),
    creditsMinor: sum((one) => one.creditsMinor),
    debitsMinor: sum((one) => one.debitsMinor),
    ties: ties.includes(false) ? false : ties.includes(null) ? null : true,
    faults: statements.flatMap((one) => texts(one.contradictions)),
    warnings: [...statements.flatMap((one) => texts(one.warnings)), ...texts(rest)],
    otherFund: null,
  };
}

/** The first and the last of a file's statements. Throws usage for a file that says nothing, or is of several accounts. */
function requireOneAccount(statements: readonly ProvedStatement[]): NonNullable<ReturnType<typeof firstAndLast>> {
  const ends = firstAndLast(statements);
  if (ends === null) {
    throw usage('STATEMENT_EMPTY', 'There is no statement in this file.', { unchanged: 'Nothing was changed.' });
  }
  if (statements.every(saysNothing)) {
    throw usage(
      'STATEMENT_EMPTY',
      'This file has no lines, and says neither days nor balances: nothing can be held against it.',
      {
        unchanged: 'Nothing was changed.',
        fix: 'get it again, it may be cut off; where nothing moved, there is nothing to reconcile',
      },
    );
  }
  const accounts = new Set(statements.map(({ header }) => header.account));
  if (accounts.size > 1) {
    throw usage(
      'STATEMENT_OF_SEVERAL_ACCOUNTS',
      `This file holds statements of ${accounts.size} accounts: ${[...accounts].slice(0, 5).join(', ')}. A fund is reconciled with one.`,
      { unchanged: 'Nothing was changed.', fix: 'split the file by account' },
    );
  }
  return ends;
}

/** A header alone: no entry of a book could be missed on it. */
const saysNothing = ({ lines, from, to, openingMinor, closingMinor }: ProvedStatement): boolean =>
  lines === 0 && [from, to, openingMinor, closingMinor].every((claim) => claim === null);

function* hashed(pieces: Iterable<Uint8Array>, hash: { update(piece: Uint8Array): unknown }): Generator<Uint8Array> {
  for (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** The lines of a file, to be walked as often as needed; what was packed is unpacked once. */
export async function linesOf(source: StatementPieces, currency: string): Promise<() => Generator<StatementLine>> {
  const { parts } = await readableParts(source.pieces(), source);
  return function* walk() {
    for (const { parse, bytes } of parts) {
      const pieces = bytes === null ? withinSize(source.pieces()) : [bytes];
      for (const event of parse(pieces, { currency, exponentOf: decimalsOf }))
        if (event.kind === 'line') yield event.line;
    }
  };
}
