import { belongsTo, type Actor } from '../domain/access.ts';
import { NO_FIGURES } from '../domain/bank-file/file-figures.ts';
import { type OutcomeColumns, outcomeWord } from '../domain/bank-file/outcome-columns.ts';
import type { ReportedTransfer, StatusReport } from '../domain/bank-file/status-report.ts';
import { exponentOf } from '../domain/currency.ts';
import { notFound, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { filesOfKeys, type FileOfKey } from '../store/bank-files.ts';
import type { Store } from '../store/store.ts';
import { type OutcomeRow, readOutcomeRows } from '../statements/bank-outcomes.ts';
import { unreadable } from '../statements/faults.ts';
import { figureReading, signedMinor } from '../statements/minor-units.ts';
import { getLayout } from './bank-layouts.ts';

/** The layout by which a report was read, and who wrote it; no version for one that comes with the tool. */
export interface ReadBy {
  readonly name: string;
  readonly version: number | null;
  readonly authorId: string | null;
  readonly author: string | null;
}

/** A bank's CSV of outcomes as reports, one for each file of ours that it speaks of. */
export interface BankOutcomes {
  readonly reports: readonly StatusReport[];
  readonly warnings: readonly string[];
  readonly layout: ReadBy;
}

/**
 * Reads a bank's CSV of outcomes by a layout, in its newest version. Only the words of the layout mean paid or rejected; anything else is
 * unknown. Throws not found for the layout, or where no payment is of a file of ours; usage LAYOUT_WITHOUT_OUTCOMES; usage for what cannot be read without guessing.
 */
export const readBankOutcomes = (
  store: Store,
  actor: Actor,
  { name, pieces }: { readonly name: string; readonly pieces: Iterable<Uint8Array> },
): Promise<BankOutcomes> =>
  store.read(async (tx) => {
    const { layout, version, made } = await getLayout(tx, name);
    const { outcomes } = layout;
    if (outcomes === null)
      throw usage(
        'LAYOUT_WITHOUT_OUTCOMES',
        `The layout ${name} does not say how the bank writes what became of payments.`,
        {
          unchanged: 'Nothing was imported.',
          fix: 'give its file an [outcomes]: treasury bankfile layout add --help',
        },
      );
    const { rows, warnings } = readOutcomeRows(pieces, outcomes);
    const found = await filesOfKeys(tx, [...new Set(rows.flatMap(({ key }) => key ?? []))]);
    // Of another company's files not even the names are told.
    const files = new Map(
      found.flatMap((file) => (belongsTo(actor, file.companyId) ? [[file.key, file] as const] : [])),
    );
    const by = { name, version, authorId: made?.byId ?? null, author: made?.by ?? null };
    return { reports: reportsOf(rows, files, outcomes), warnings, layout: by };
  });

function reportsOf(
  rows: readonly OutcomeRow[],
  files: ReadonlyMap<string, FileOfKey>,
  outcomes: OutcomeColumns,
): StatusReport[] {
  const told = Map.groupBy(rows, ({ key, messageId }) => messageId ?? files.get(key ?? '')?.messageId ?? null);
  const nobodys = told.get(null) ?? [];
  const named = [...told].flatMap(([messageId, its]) => (messageId === null ? [] : [{ messageId, rows: its }]));
  if (named.length === 0)
    throw notFound('bank file', 'of ours with a payment that is in this report', 'treasury bankfile list');
  const transfersOf = (some: readonly OutcomeRow[]): ReportedTransfer[] =>
    some.map((row) => transferOf(row, files.get(row.key ?? ''), outcomes));
  return named.map(({ messageId, rows: its }, at) => ({
    id: null,
    originalMessageId: messageId,
    originalFormat: 'csv',
    group: null,
    figures: NO_FIGURES,
    parts: [
      { id: null, status: null, figures: NO_FIGURES, transfers: transfersOf(at === 0 ? [...its, ...nobodys] : its) },
    ],
  }));
}

function transferOf(row: OutcomeRow, file: FileOfKey | undefined, outcomes: OutcomeColumns): ReportedTransfer {
  const word = outcomeWord(row.status);
  const means = (words: readonly string[]): boolean => words.some((one) => outcomeWord(one) === word);
  const outcome = means(outcomes.paid) ? 'paid' : means(outcomes.rejected) ? 'failed' : 'unknown';
  const reasons = row.reason === null ? [] : [row.reason];
  const elsewhere = row.currency !== null && file !== undefined && row.currency.toUpperCase() !== file.currency;
  const currencies = `said in ${row.currency ?? ''}; ordered was ${file?.currency ?? ''}`;
  return {
    position: row.position,
    key: row.key,
    uetr: null,
    status: elsewhere
      ? { position: row.position, code: row.status, reasons: [currencies, ...reasons], outcome: 'contradictory' }
      : { position: row.position, code: row.status, reasons, outcome },
    amount: file === undefined || elsewhere ? null : amountOf(row, file.currency, outcomes),
    account: row.account,
    bankReference: null,
  };
}

/** What the row says was paid or not; what cannot be read exactly is refused, for it decides whether the row fits. */
function amountOf(
  { position, amount }: OutcomeRow,
  currency: string,
  outcomes: OutcomeColumns,
): ReportedTransfer['amount'] {
  if (amount === null) return null;
  const minor = signedMinor(amount, figureReading(outcomes, currency, exponentOf(currency)));
  if (typeof minor === 'string') throw unreadable(position, `the amount ${quoted(amount)}: ${minor}`);
  return minor === null ? null : { minor, currency };
}
