import { createHash, type Hash } from 'node:crypto';
import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { lockFund } from '../store/funds.ts';
import type { LineIds } from '../store/line-ids.ts';
import { lineReference, newId } from '../store/references.ts';
import {
  findStatementOfFile,
  findStoredLines,
  insertStatement,
  insertStatementLines,
  type StoredLines,
} from '../store/statements.ts';
import type { WriteOptions } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { StatementFault } from '../statements/faults.ts';
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

export interface StatementImport {
  readonly fundId: string;
  readonly source: StatementSource;
  readonly statement: ProvedStatement;
  /** In the order of the file. Walked as often as need be, so no generator that has run. */
  readonly lines: Iterable<StatementLine>;
  /** Those of the lines, where they are known already. */
  readonly identities?: LineIdentities;
  /** What is wrong with it, and who takes it all the same. */
  readonly faults?: readonly StatementFault[];
}

export interface ImportedStatement {
  /** The new statement; where the file was known and has nothing new, the one that it came as. */
  readonly statement: Row<'statements'>;
  /** Whether a statement was stored. */
  readonly added: boolean;
  readonly newLines: number;
  /** Lines that were stored before. */
  readonly skipped: number;
  /** The stored id of each line of the file, new or not. */
  readonly ids: LineIds;
  /** SHA-256 in hex over the new lines: for each its seq, identity and occurrence. */
  readonly digest: string;
}

/**
 * Stores a statement with those of its lines that are not stored yet, by a person who may reconcile the fund. Two lines that say
 * the same both count; a line that came with an earlier file does not count again. Locks the fund. Throws forbidden.
 */
export async function importStatement(tx: Tx, actor: Actor, request: StatementImport): Promise<ImportedStatement> {
  const fund = await lockFund(tx, request.fundId);
  requireAbilityAt(actor, 'reconcile.run', fund);
  const identities = request.identities ?? identitiesOf(request.lines);
  const stored = await findStoredLines(tx, fund.id, identities);
  const skipped = stored.ids.known;
  const newLines = identities.size - skipped;
  const known = newLines > 0 ? undefined : await findStatementOfFile(tx, { fundId: fund.id, ...request.source });
  const statement =
    known ?? (await insertStatement(tx, statementRow(actor, fund, { ...request, lines: identities.size, newLines })));
  const digest = createHash('sha256');
  await insertStatementLines(tx, newRows(statement, request.lines, { identities, stored, digest }));
  return { statement, added: known === undefined, newLines, skipped, ids: stored.ids, digest: digest.digest('hex') };
}

function statementRow(
  actor: Actor,
  fund: Row<'funds'>,
  {
    source,
    statement,
    faults = [],
    lines,
    newLines,
  }: Pick<StatementImport, 'source' | 'statement' | 'faults'> & { lines: number; newLines: number },
): Omit<Row<'statements'>, 'id' | 'ref' | 'createdAt'> {
  const { account, currency, id } = statement.header;
  return {
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
    lineCount: lines,
    newLines,
    creditsMinor: statement.creditsMinor,
    debitsMinor: statement.debitsMinor,
    ties: statement.ties,
    faults: JSON.stringify(faults),
    acceptedBy: faults.length === 0 ? null : actor.userId,
    replacedBy: null,
    createdBy: actor.userId,
  };
}

interface Storing {
  readonly identities: LineIdentities;
  readonly stored: StoredLines;
  readonly digest: Hash;
}

/** The rows of the lines that are not stored yet. Notes their ids, and adds them to the digest. */
function* newRows(
  statement: Row<'statements'>,
  lines: Iterable<StatementLine>,
  { identities, stored, digest }: Storing,
): Generator<Row<'statementLines'>> {
  let index = -1;
  for (const line of lines) {
    index += 1;
    if (stored.ids.has(index)) continue;
    const seq = index + 1;
    const identity = identities.identityAt(index);
    const occurrence = stored.occurrences[index] ?? 0;
    const id = newId();
    stored.ids.set(index, id);
    digest.update(`${seq} ${identity} ${occurrence}\n`);
    yield {
      ...{ id, ref: lineReference(statement, seq), statementId: statement.id, fundId: statement.fundId },
      ...{ seq, position: line.position, identity, occurrence },
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
    };
  }
}
