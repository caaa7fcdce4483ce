import { createHash } from 'node:crypto';
import type { Actor } from '../../src/domain/access.ts';
import { importStatements, type FileImport, type ImportedFile } from '../../src/operations/import-statement.ts';
import { aProof, type ProvedStatement } from '../../src/statements/proof.ts';
import { noteOpenLines } from '../../src/store/open-lines.ts';
import type { Tx } from '../../src/store/transaction.ts';
import type { StatementClaims, StatementHeader, StatementLine } from '../../src/statements/statement.ts';

/** Imports a file as a run does that matches nothing of it. */
export async function takeFile(tx: Tx, by: Actor, file: FileImport): Promise<ImportedFile> {
  const taken = await importStatements(tx, by, file);
  if (taken.added) for (const { id } of taken.statements) await noteOpenLines(tx, { statementId: id });
  return taken;
}

/** A line of a statement; whatever a test does not say does not matter. */
export const aLine = (change: Partial<StatementLine> = {}): StatementLine => ({
  position: 1,
  bookedOn: '2026-10-05',
  valueOn: null,
  bookedAt: null,
  amountMinor: -100_000,
  balanceMinor: null,
  externalId: null,
  references: [],
  counterparty: null,
  counterpartyAccount: null,
  description: 'Taxi',
  isCharge: false,
  ...change,
});

/** What a statement says of itself besides its lines. */
export type Saying = Partial<StatementClaims> & Partial<StatementHeader>;

const HEADER: StatementHeader = { type: 'csv', account: '0110', currency: 'KES', id: null, page: null };
const SILENT: StatementClaims = {
  ...{ openingMinor: null, closingMinor: null, from: null, to: null },
  ...{ lines: null, creditsMinor: null, debitsMinor: null },
};

/** These lines as a statement, held against what it says of itself. */
export function aProved(lines: readonly StatementLine[], says: Saying = {}): ProvedStatement {
  const header = { ...HEADER, ...pick(says, HEADER) };
  const proof = aProof();
  proof.take({ kind: 'begin', header });
  for (const line of lines) proof.take({ kind: 'line', line });
  const proved = proof.take({ kind: 'end', header, claims: { ...SILENT, ...pick(says, SILENT) } });
  if (proved === null) throw new Error('no statement came of it');
  return proved;
}

const pick = (says: Saying, of: object): object =>
  Object.fromEntries(Object.entries(says).filter(([name]) => name in of));

/** A file of these lines in one statement, as it is imported; its digest tells its content. */
export const aFile = (fundId: string, lines: readonly StatementLine[], says: Saying = {}): FileImport =>
  aFileOf(fundId, [[lines, says]]);

/** A file of several statements, each with its lines and what it says of itself. */
export const aFileOf = (
  fundId: string,
  parts: readonly (readonly [lines: readonly StatementLine[], says: Saying])[],
): FileImport => ({
  fundId,
  source: {
    digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    name: 'october.csv',
    type: 'csv',
    profile: null,
  },
  statements: parts.map(([lines, says]) => aProved(lines, says)),
  lines: parts.flatMap(([lines]) => lines),
});
