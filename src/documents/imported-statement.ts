import type { ImportedView } from '../store/imported-statements.ts';
import { maybeMoney, money } from './money.ts';

/** What was wrong with a statement when it was accepted. */
export interface FaultDocument {
  readonly code: string;
  readonly message: string;
  readonly position: number | null;
}

/** A statement that was imported for a fund, as people and scripts see it. */
export function importedStatementDocument({ statement, fundCode, importedBy, acceptedBy, replacedBy }: ImportedView) {
  const { currency } = statement;
  return {
    id: statement.id,
    ref: statement.ref,
    fund: fundCode,
    type: statement.type,
    profile: statement.profile,
    account: statement.account,
    number: statement.number,
    currency,
    period: { from: statement.fromDay, to: statement.toDay },
    ...maybeMoney('opening', statement.openingMinor, currency),
    ...maybeMoney('closing', statement.closingMinor, currency),
    lines: statement.lineCount,
    new_lines: statement.newLines,
    ...money('credits', statement.creditsMinor, currency),
    ...money('debits', statement.debitsMinor, currency),
    ties: statement.ties,
    // Only the tool writes them, as this list.
    faults: JSON.parse(statement.faults) as FaultDocument[],
    accepted_by: acceptedBy,
    replaced_by: replacedBy,
    file_name: statement.fileName,
    file_sha256: statement.fileDigest,
    imported_by: importedBy,
    created_at: statement.createdAt.toISOString(),
  };
}
export type ImportedStatementDocument = ReturnType<typeof importedStatementDocument>;
