import type { Actor } from '../domain/access.ts';
import type { ReportedTransfer, StatusReport } from '../domain/bank-file/status-report.ts';
import type { GatewayResult } from '../domain/gateway-result.ts';
import { requirePerson } from '../domain/token.ts';
import { ordersOfFile } from '../store/bank-files.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { OfficeDay } from './judge-execution.ts';
import { keepReports, type KeptReport } from './keep-status-report.ts';
import type { ReadBy } from './read-bank-outcomes.ts';
import { readMessage } from './read-message.ts';
import { applyEvidence, applyLocked, type Applied, type Reader } from './receive-evidence.ts';

export interface ImportRequest {
  readonly reports: readonly StatusReport[];
  /** What is kept of the file itself, and the SHA-256 of its bytes. */
  readonly raw: string;
  readonly sha256: string;
  /** The layout by which it was read; null for a pain.002. */
  readonly layout: ReadBy | null;
  readonly dayAt: (now: Date) => OfficeDay;
  /** Whether nothing will be kept: then everything happens in one transaction. */
  readonly rehearsal: boolean;
}

/** What the bank said of one payment, what came of it, and how the payment stands now. */
export interface ImportedResult {
  readonly payment: Row<'payments'>;
  readonly result: GatewayResult;
  readonly applied: Applied;
}

/** What one report of the file said; `file` is null for a report on a file that nobody here knows. */
export interface ImportedReport {
  readonly report: StatusReport;
  readonly file: Row<'bankFiles'> | null;
  readonly fundCode: string | null;
  readonly results: readonly ImportedResult[];
  readonly strays: readonly ReportedTransfer[];
  /** Whether the very same report was imported before. */
  readonly known: boolean;
}

/**
 * Takes a bank's report on files that were exported here: kept as it came first, then applied payment by payment as evidence, each
 * in a transaction of its own. What was settled is posted, what was rejected is released, everything else stays open; the same
 * report again changes nothing. Throws not found for reports on no file of ours, and forbidden as `payment resolve` does.
 */
export async function importStatusReport(
  store: Store,
  actor: Actor,
  request: ImportRequest,
): Promise<ImportedReport[]> {
  requirePerson(actor);
  const reader: Reader = { read: readMessage, dayAt: request.dayAt, origin: actor.origin };
  if (request.rehearsal)
    return store.write(async (tx) => {
      const imported: ImportedReport[] = [];
      for (const one of await keepReports(tx, actor, request)) {
        const applied = await applyEach(one, (id) => applyLocked(tx, id, reader));
        imported.push(await importedOf(tx, one, applied));
      }
      return imported;
    });
  const kept = await store.write((tx) => keepReports(tx, actor, request));
  const imported: ImportedReport[] = [];
  for (const one of kept) {
    const applied = await applyEach(one, (id) => applyEvidence(store, id, reader));
    imported.push(await store.read((tx) => importedOf(tx, one, applied)));
  }
  return imported;
}

async function applyEach({ results }: KeptReport, apply: (messageId: string) => Promise<Applied>): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const { messageId } of results) applied.push(await apply(messageId));
  return applied;
}

async function importedOf(tx: Tx, kept: KeptReport, applied: readonly Applied[]): Promise<ImportedReport> {
  const { report, file, fundCode, strays, known } = kept;
  const now = new Map(
    (file === null ? [] : await ordersOfFile(tx, file.id)).map(({ attempt, payment }) => [attempt.id, payment]),
  );
  const results = kept.results.map(({ filed, result }, at): ImportedResult => {
    const came = applied[at];
    if (came === undefined) throw new Error(`nothing came of ${result.key ?? ''}`);
    return { payment: now.get(filed.attempt.id) ?? filed.payment, result, applied: came };
  });
  return { report, file, fundCode, results, strays, known };
}
