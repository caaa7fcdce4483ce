import { entryDelta, type EntryKind, type EntryType } from '../domain/ledger.ts';
import type { ToldException } from '../domain/reconciliation/outcome.ts';
import { getLine, getMatchedEntry } from '../store/matched-views.ts';
import { matchesOfDroppedLines } from '../store/open-lines.ts';
import type { Tx } from '../store/transaction.ts';

/**
 * Matches with lines that never happened: a whole statement came in the place of theirs without them. They explain an entry until
 * somebody undoes them, and the line that did happen is left over beside them.
 */
export async function outdatedMatches(tx: Tx, fundId: string): Promise<ToldException[]> {
  const told: ToldException[] = [];
  for (const { ref, lineId, entryId } of await matchesOfDroppedLines(tx, fundId)) {
    const { line, droppedBy } = await getLine(tx, lineId);
    const { entry, payment } = await getMatchedEntry(tx, entryId);
    const { externalId, counterparty, description, bookedOn, amountMinor, position } = line;
    told.push({
      kind: 'unbalanced',
      line: { id: line.id, ref: line.ref, position, bookedOn, amountMinor, externalId, counterparty, description },
      entry: {
        ...{ ref: entry.ref, kind: entry.kind as EntryKind, valueDate: entry.valueDate, payment: payment?.ref ?? null },
        deltaMinor: entryDelta(entry.type as EntryType, entry.amountMinor),
      },
      amountMinor,
      candidates: [],
      message: `${ref} ties ${payment?.ref ?? entry.ref} to ${line.ref}, which ${droppedBy ?? 'the statement'} in its place does not have.`,
      suggestedCommand: `treasury reconcile undo ${ref}`,
    });
  }
  return told;
}
