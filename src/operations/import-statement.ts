import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { sentence } from '../domain/sentence.ts';
import type { StatementFinding } from '../domain/statement-continuity.ts';
import { lockFund } from '../store/funds.ts';
import type { IdArray } from '../store/id-array.ts';
import { dropReplacedLines } from '../store/open-lines.ts';
import { replaceStatement } from '../store/statement-history.ts';
import { lineReference, newId } from '../store/references.ts';
import { findStatementsOfFile, insertStatement, insertStatementLines, type StoredLines } from '../store/statements.ts';
import type { WriteOptions } from '../store/store.ts';
import { TextDigest } from '../store/text-digest.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { atLine } from '../statements/faults.ts';
import { examineFile, type ExaminedFile } from './examine-file.ts';
import { identitiesOf, type LineIdentities } from './line-identity.ts';
import type { ProvedStatement } from '../statements/proof.ts';
import type { StatementLine, StatementType } from '../statements/statement.ts';

/** How a transaction is opened that imports a statement. */
export const IMPORTING: WriteOptions = { bulk: true };

/** What is kept of the file itself. */
export interface StatementSource {
  /** SHA-256 of its bytes, in hex. */
  readonly digest: string;
  /** As the person called it; null for standard input. */
  readonly name: string | null;
  readonly type: StatementType;
  /** The column profile it was read by. */
  readonly profile: string | null;
}

export interface FileImport {
  readonly fundId: string;
  readonly source: StatementSource;
  /** Its statements in their order, all of one account. */
  readonly statements: readonly ProvedStatement[];
  /** The lines of all of them in their order. Walked as often as need be, so no generator that has run. */
  readonly lines: Iterable<StatementLine>;
  /** Those of the lines, where they are known already. */
  readonly identities?: LineIdentities;
  /** Takes it whatever speaks against it, as far as that can be taken: a CFO's, never a token's. */
  readonly acceptFaults?: boolean;
}

export interface ImportedFile {
  /** A row for each statement of the file; where the file was known and has nothing new, those that it came as. */
  readonly statements: readonly Row<'statements'>[];
  /** Whether statements were stored. */
  readonly added: boolean;
  readonly newLines: number;
  /** Lines that were stored before. */
  readonly skipped: number;
  /** The stored id of each line of the file, new or not. */
  readonly ids: IdArray;
  /** SHA-256 in hex over the new lines: for each its reference, identity and occurrence. */
  readonly digest: string;
  /** What was accepted. */
  readonly findings: readonly StatementFinding[];
  /** References of statements with faults in whose place this file came. */
  readonly replaced: readonly string[];
}

type OnStored = (row: Row<'statementLines'>, index: number) => void;

/** A file of which the statements are stored, and the lines are to follow. */
export interface StartedImport {
  /** As `ImportedFile` has them. */
  readonly statements: readonly Row<'statements'>[];
  readonly newLines: number;
  readonly skipped: number;
  /** Stores the lines that are not stored yet, once, and tells each of them as it is stored, in the file's order, with its index there. */
  storeLines(onStored?: OnStored): Promise<ImportedFile>;
}

/**
 * Stores the statements of a file with those of its lines that are not stored yet, by a person who may reconcile the fund. Two
 * lines that say the same both count; a line that came with an earlier file does not count again. Locks the fund.
 * Throws forbidden, or refused STATEMENT_UNBALANCED with everything that speaks against it.
 */
export async function importStatements(tx: Tx, actor: Actor, request: FileImport): Promise<ImportedFile> {
  const started = await startImport(tx, actor, request);
  return started.storeLines();
}

/** The same in two steps, for whoever has a use for the lines while they are stored. Throws as `importStatements` does. */
export async function startImport(tx: Tx, actor: Actor, request: FileImport): Promise<StartedImport> {
  const { statements, lines, source, acceptFaults = false } = request;
  const fund = await lockFund(tx, request.fundId);
  requireAbilityAt(actor, 'reconcile.run', fund);
  if (acceptFaults) requireAbilityAt(actor, 'statement.accept', fund);
  const identities = request.identities ?? identitiesOf(lines);
  const examined = await examineFile(tx, fund, { statements, identities });
  const { findings, stored } = examined;
  const skipped = stored.ids.known;
  const newLines = identities.size - skipped;
  const known = newLines > 0 ? [] : await findStatementsOfFile(tx, { fundId: fund.id, digest: source.digest });
  // Of a known file nothing is imported, so whoever took it once need not say so again.
  if (known.length === 0) refuseFindings(findings, fund, acceptFaults);
  const file = { actor, fund, source, findings, stored };
  const rows = known.length > 0 ? known : await storeStatements(tx, file, statements);
  const replaced = await replace(tx, examined, rows);
  if (replaced.length > 0) await dropWhatIsGone(tx, replaced, stored.ids, identities.size);
  return {
    ...{ statements: rows, newLines, skipped },
    storeLines: async (onStored = () => undefined) => {
      const digest = new TextDigest();
      const storing = { identities, stored, digest, onStored };
      if (newLines > 0) await insertStatementLines(tx, newRows(rows, lines, storing));
      return {
        ...{ statements: rows, added: known.length === 0, newLines, skipped, ids: stored.ids },
        ...{ digest: digest.hex(), findings, replaced: replaced.map(({ ref }) => ref) },
      };
    },
  };
}

/** Throws refused STATEMENT_UNBALANCED, unless what was found is accepted and can be. */
export function refuseFindings(
  findings: readonly StatementFinding[],
  fund: { readonly code: string },
  accepted: boolean,
): void {
  const against = accepted ? findings.filter(({ acceptable }) => !acceptable) : findings;
  if (against.length === 0) return;
  const told = against.map(({ position, message }) => atLine(position, message));
  throw new Problem(
    'refused',
    'STATEMENT_UNBALANCED',
    told.length === 1
      ? `The statement does not hold: ${sentence(told[0])}`
      : `The statement does not hold; ${told.length} things speak against it.`,
    {
      unchanged: 'Nothing was imported or matched.',
      faults: told,
      fix: against.every(({ acceptable }) => acceptable)
        ? `get the file again; if it is right, a CFO: treasury reconcile FILE --fund ${fund.code} --accept-unbalanced`
        : `reconcile it with the fund that it is of: treasury fund list`,
    },
  );
}

interface ExaminedImport {
  readonly actor: Actor;
  readonly fund: Row<'funds'>;
  readonly source: StatementSource;
  readonly findings: readonly StatementFinding[];
  readonly stored: StoredLines;
}

async function storeStatements(
  tx: Tx,
  { actor, fund, source, findings, stored }: ExaminedImport,
  statements: readonly ProvedStatement[],
): Promise<Row<'statements'>[]> {
  const rows: Row<'statements'>[] = [];
  const faults = JSON.stringify(findings.map(({ code, message, position }) => ({ code, message, position })));
  let first = 0;
  for (const statement of statements) {
    let newLines = 0;
    for (let index = first; index < first + statement.lines; index += 1) if (!stored.ids.has(index)) newLines += 1;
    first += statement.lines;
    const { account, currency, id } = statement.header;
    rows.push(
      await insertStatement(tx, {
        fundId: fund.id,
        fileDigest: source.digest,
        fileName: source.name,
        type: source.type,
        profile: source.profile,
        account,
        number: id,
        currency: currency ?? fund.currency,
        fromDay: statement.from,
        toDay: statement.to,
        openingMinor: statement.openingMinor,
        closingMinor: statement.closingMinor,
        lineCount: statement.lines,
        newLines,
        creditsMinor: statement.creditsMinor,
        debitsMinor: statement.debitsMinor,
        ties: statement.ties,
        faults,
        acceptedBy: findings.length === 0 ? null : actor.userId,
        replacedBy: null,
        createdBy: actor.userId,
      }),
    );
  }
  return rows;
}

interface Replaced {
  readonly id: string;
  readonly ref: string;
  readonly by: string;
}

/** Says which of the file's statements came in the place of others: the one that covers their days, else its last. */
async function replace(
  tx: Tx,
  { replaces }: Pick<ExaminedFile, 'replaces'>,
  rows: readonly Row<'statements'>[],
): Promise<Replaced[]> {
  const replaced: Replaced[] = [];
  for (const { id, ref, from, to } of replaces) {
    const covering = rows.find(
      ({ fromDay, toDay }) => (fromDay ?? '~') <= (from ?? '') && (toDay ?? '') >= (to ?? '~'),
    );
    const by = (covering ?? rows.at(-1))?.id;
    if (by === undefined) throw new Error(`nothing came in the place of ${ref}`);
    await replaceStatement(tx, id, by);
    replaced.push({ id, ref, by });
  }
  return replaced;
}

/** Lines of replaced statements that the file in their place does not have are open no more: they were wrong. */
async function dropWhatIsGone(tx: Tx, replaced: readonly Replaced[], ids: IdArray, size: number): Promise<void> {
  const kept = new Set<string>();
  for (let index = 0; index < size; index += 1) if (ids.has(index)) kept.add(ids.at(index));
  for (const { id, by } of replaced) await dropReplacedLines(tx, { statementId: id, by, kept });
}

interface Storing {
  readonly identities: LineIdentities;
  readonly stored: StoredLines;
  readonly digest: TextDigest;
  readonly onStored: OnStored;
}

/** The rows of the lines that are not stored yet, each of its statement. Notes their ids, adds them to the digest, and tells them. */
function* newRows(
  statements: readonly Row<'statements'>[],
  lines: Iterable<StatementLine>,
  { identities, stored, digest, onStored }: Storing,
): Generator<Row<'statementLines'>> {
  let [index, seq, at] = [-1, 0, 0];
  for (const line of lines) {
    [index, seq] = [index + 1, seq + 1];
    while (seq > (statements[at]?.lineCount ?? Infinity)) [at, seq] = [at + 1, 1];
    if (stored.ids.has(index)) continue;
    const statement = statements[at];
    if (statement === undefined) throw new Error('there are more lines than statements tell of');
    const says = { identity: identities.identityAt(index), occurrence: stored.occurrences[index] ?? 0 };
    const row = lineRow(line, statement, { seq, ...says });
    stored.ids.set(index, row.id);
    digest.add(lineDigestText(row));
    onStored(row, index);
    yield row;
  }
}

/** What the digest of an import's new lines covers of each. */
export const lineDigestText = ({
  ref,
  identity,
  occurrence,
}: Pick<Row<'statementLines'>, 'ref' | 'identity' | 'occurrence'>): string => `${ref} ${identity} ${occurrence}\n`;

const lineRow = (
  line: StatementLine,
  statement: Row<'statements'>,
  { seq, identity, occurrence }: Pick<Row<'statementLines'>, 'seq' | 'identity' | 'occurrence'>,
): Row<'statementLines'> => ({
  id: newId(),
  ref: lineReference(statement, seq),
  statementId: statement.id,
  fundId: statement.fundId,
  seq,
  position: line.position,
  identity,
  occurrence,
  bookedOn: line.bookedOn,
  valueOn: line.valueOn,
  bookedAt: line.bookedAt,
  amountMinor: line.amountMinor,
  balanceMinor: line.balanceMinor,
  externalId: line.externalId,
  references: JSON.stringify(line.references),
  counterparty: line.counterparty,
  counterpartyAccount: line.counterpartyAccount,
  description: line.description,
  isCharge: line.isCharge,
});
