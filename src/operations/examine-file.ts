import { addDays } from '../domain/day.ts';
import {
  continuityFindings,
  isSameAccount,
  type AddedLines,
  type MissingLines,
  type StatementFinding,
} from '../domain/statement-continuity.ts';
import {
  adjoining,
  dayKey,
  daysInside,
  hasDay,
  mayRepeat,
  replaceable,
  toldToTheEnd,
  type Adjoining,
  type EarlierStatement,
  type FileFacts,
  type SeamLine,
} from '../domain/statement-span.ts';
import {
  accountsOfFund,
  countLines,
  eachLine,
  statementsAround,
  statementsById,
  type ComparedLine,
  type LinesOfDays,
} from '../store/statement-history.ts';
import { findStoredLines, type StoredLines } from '../store/statements.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { ProvedStatement } from '../statements/proof.ts';
import { firstAndLast, pageOf } from '../statements/file-order.ts';
import type { LineIdentities } from './line-identity.ts';

/** The statements of a file, which are of one account, and all their lines. */
export interface FileToExamine {
  readonly statements: readonly ProvedStatement[];
  readonly identities: LineIdentities;
}

export interface ExaminedFile {
  /** Everything that speaks against importing it. */
  readonly findings: readonly StatementFinding[];
  /** What is stored of its lines. */
  readonly stored: StoredLines;
  /** Statements with faults in whose place it comes, when nothing speaks against it. */
  readonly replaces: readonly EarlierStatement[];
}

/** Holds a file against itself and against what is stored for the fund. */
export async function examineFile(
  tx: Tx,
  fund: Row<'funds'>,
  { statements, identities }: FileToExamine,
): Promise<ExaminedFile> {
  const file = fileFacts(statements, identities.unlikeAt);
  const known = await accountsOfFund(tx, fund.id);
  const { account } = file;
  const own = account === null ? known : known.filter((one) => isSameAccount(one, account));
  const around = await statementsAround(tx, { fundId: fund.id, accounts: own, days: file });
  const earlier = around.map(earlierStatement);
  const comparing = { fundId: fund.id, accounts: own.length === known.length ? null : own, identities };
  const apart = await saidApart(tx, { file, earlier }, comparing);
  const stored = await findStoredLines(tx, fund.id, identities, apart);
  const missing = await missingLines(tx, { ...comparing, file, stored });
  const added = addedLines(identities, stored, toldToTheEnd(earlier));
  const facts = { file, fund, accounts: known, earlier, added };
  const replaces = replaceable(file, earlier);
  const replaced = new Set(replaces.map(({ id }) => id));
  // What was wrong in a statement that this one replaces need not be in it.
  const findings = continuityFindings({ ...facts, missing: summedUp(missing.filter(({ id }) => !replaced.has(id))) });
  if (findings.length === 0) return { findings, stored, replaces };
  return { findings: continuityFindings({ ...facts, missing: summedUp(missing) }), stored, replaces: [] };
}

/** What speaks against the first file of a fund, which is held against nothing but itself. */
export const examineFirst = (
  fund: Row<'funds'>,
  statements: readonly ProvedStatement[],
  unlikeAt: number | null,
): StatementFinding[] =>
  continuityFindings({
    ...{ file: fileFacts(statements, unlikeAt), fund, accounts: [], earlier: [] },
    ...{ missing: summedUp([]), added: null },
  });

/** What the rules are told of a file. */
function fileFacts(statements: readonly ProvedStatement[], unlikeAt: number | null): FileFacts {
  const ends = firstAndLast(statements);
  if (ends === null) throw new Error('a file without statements');
  const { first, last } = ends;
  const days = statements.flatMap(({ from, to }) => [from, to]).filter((day) => day !== null);
  return {
    account: first.header.account,
    currency: first.header.currency,
    from: days.toSorted()[0] ?? null,
    to: days.toSorted().at(-1) ?? null,
    openingMinor: first.openingMinor,
    closingMinor: last.closingMinor,
    unlikeAt,
    parts: statements.map((one) => ({
      ...pageOf(one.header),
      from: one.from,
      to: one.to,
      openingMinor: one.openingMinor,
      closingMinor: one.closingMinor,
      lines: one.lines,
      creditsMinor: one.creditsMinor,
      debitsMinor: one.debitsMinor,
      ties: one.ties,
      contradictions: one.contradictions,
    })),
  };
}

const earlierStatement = (row: Row<'statements'>): EarlierStatement => ({
  id: row.id,
  ref: row.ref,
  account: row.account,
  number: row.number,
  from: row.fromDay,
  to: row.toDay,
  openingMinor: row.openingMinor,
  closingMinor: row.closingMinor,
  lines: row.lineCount,
  newLines: row.newLines,
  creditsMinor: row.creditsMinor,
  debitsMinor: row.debitsMinor,
  ties: row.ties,
  isFaulty: row.faults !== '[]' && row.replacedBy === null,
});

interface Comparing {
  readonly fundId: string;
  readonly accounts: readonly string[] | null;
  readonly identities: LineIdentities;
}

/** Those of the adjoining statements that tell other movements than the file, even where they say the same. */
async function saidApart(
  tx: Tx,
  { file, earlier }: { file: FileFacts; earlier: readonly EarlierStatement[] },
  comparing: Comparing,
): Promise<Set<string>> {
  const apart = new Set<string>();
  for (const one of adjoining(file, earlier)) {
    // Its lines of that day are its own, unless another that came before it has that day, too.
    const isFirst =
      one.newLines === one.lines ||
      !earlier
        .slice(
          0,
          earlier.findIndex(({ id }) => id === one.id),
        )
        .some((other) => hasDay(other, one.seam));
    if (!(await repeatsIt(tx, { ...one, isFirst }, comparing))) apart.add(one.id);
  }
  return apart;
}

async function repeatsIt(
  tx: Tx,
  one: Adjoining & { readonly isFirst: boolean },
  { identities, ...of }: Comparing,
): Promise<boolean> {
  const days = { ...of, ...lineDays({ first: one.seam, last: one.seam }) };
  const file = linesOfDay(identities, days.from);
  if (!one.isFirst) {
    // Which lines are its own is not known, nor their order: only what is new is certainly no repetition.
    const stored = new Map<string, number>();
    await eachLine(tx, days, ({ identity }) => stored.set(identity, (stored.get(identity) ?? 0) + 1));
    if (file.every(({ identity }) => identities.count(identity) <= (stored.get(identity) ?? 0))) return true;
  }
  const theirs: ComparedLine[] = [];
  await eachLine(tx, { ...days, statementId: one.id }, (line) => theirs.push(line));
  const ordered = theirs.toSorted((a, b) => a.seq - b.seq);
  // Files stand oldest or newest first, which a single day does not tell.
  const orders = [file, file.toReversed()];
  return orders.some((lines) => [ordered, ordered.toReversed()].some((its) => mayRepeat(one, lines, its)));
}

function linesOfDay(identities: LineIdentities, key: string): SeamLine[] {
  const lines: SeamLine[] = [];
  for (let index = 0; index < identities.size; index += 1) {
    if (identities.dayAt(index) !== key) continue;
    lines.push({ identity: identities.identityAt(index), amountMinor: identities.amountAt(index) });
  }
  return lines;
}

const lineDays = ({ first, last }: { first: string; last: string }): Pick<LinesOfDays, 'from' | 'before'> => ({
  from: dayKey(first),
  before: dayKey(addDays(last, 1)),
});

/** Takes stored lines, those that say the same side by side, and tells on those that the file does not have. */
function notInFile(identities: LineIdentities, take: (line: ComparedLine) => void): (line: ComparedLine) => void {
  let identity = '';
  let left = 0;
  return (line) => {
    if (line.identity !== identity) [identity, left] = [line.identity, identities.count(line.identity)];
    left -= 1;
    if (left < 0) take(line);
  };
}

interface MissingOf extends MissingLines {
  /** The statement that they came with. */
  readonly id: string;
}

const TOLD_ONE_BY_ONE = 3;

/** Stored lines of days inside a file that it does not have, by the statements that they came with, as far as these count. */
async function missingLines(
  tx: Tx,
  { file, stored, identities, ...of }: Comparing & { file: FileFacts; stored: StoredLines },
): Promise<MissingOf[]> {
  const days = daysInside(file);
  if (days === null) return [];
  const range = { ...of, ...lineDays(days) };
  // Where as many are stored as were found, none is missing; this is soon known.
  if ((await countLines(tx, range)) === foundBetween(identities, stored, range)) return [];
  const missing = new Map<string, { count: number; some: ComparedLine[] }>();
  const note = (line: ComparedLine): void => {
    const of = missing.get(line.statementId) ?? { count: 0, some: [] };
    of.count += 1;
    if (of.count <= TOLD_ONE_BY_ONE) of.some.push(line);
    missing.set(line.statementId, of);
  };
  await eachLine(tx, range, notInFile(identities, note));
  const statements = await statementsById(tx, [...missing.keys()]);
  return statements
    .filter(({ replacedBy }) => replacedBy === null)
    .map(({ id, ref }) => {
      const { count, some } = missing.get(id) ?? { count: 0, some: [] };
      return { id, count, some: some.map((line) => ({ ...line, statement: ref })) };
    });
}

function foundBetween(identities: LineIdentities, stored: StoredLines, { from, before }: LinesOfDays): number {
  let found = 0;
  for (let index = 0; index < identities.size; index += 1) {
    const day = identities.dayAt(index);
    if (stored.ids.has(index) && day >= from && day < before) found += 1;
  }
  return found;
}

const summedUp = (missing: readonly MissingOf[]): MissingLines => ({
  count: missing.reduce((sum, { count }) => sum + count, 0),
  some: missing.flatMap(({ some }) => some).slice(0, TOLD_ONE_BY_ONE),
});

/** New lines of days that an earlier statement has told to the end. */
function addedLines(
  identities: LineIdentities,
  { ids }: StoredLines,
  told: readonly EarlierStatement[],
): AddedLines | null {
  const spans = told.flatMap((statement) => {
    const days = daysInside(statement);
    return days === null ? [] : [{ statement, ...lineDays(days), century: days.first.slice(0, 2) }];
  });
  let first: Omit<AddedLines, 'count'> | null = null;
  let count = 0;
  for (let index = 0; index < identities.size && spans.length > 0; index += 1) {
    if (ids.has(index)) continue;
    const day = identities.dayAt(index);
    const span = spans.find(({ from, before }) => day >= from && day < before);
    if (span === undefined) continue;
    count += 1;
    const bookedOn = `${span.century}${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}`;
    first ??= { position: identities.positionAt(index), bookedOn, statement: span.statement };
  }
  return first === null ? null : { ...first, count };
}
