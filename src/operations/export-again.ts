import type { WishedFile } from '../domain/bank-file/bank-file-format.ts';
import { Problem } from '../domain/problem.ts';
import { ordersOfFile, type FiledAttempt } from '../store/bank-files.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { ExportedBankFile } from './export-bank-file.ts';

const UNCHANGED = 'No file was written.';

interface Again {
  readonly known: Row<'bankFiles'>;
  readonly fund: Row<'funds'>;
  /** Ids of the payments that were named, if any were. */
  readonly named: readonly string[];
  readonly request: { readonly kind: WishedFile | null; readonly payOn: string | null };
  readonly left: number;
}

/**
 * A file that was exported before, as it was, to the letter: the first copy may have been lost. Refused under a message id of another
 * file (conflict MESSAGE_ID_USED), and where the bank has rejected some of it: what was released may be paid anew, and would be
 * paid twice (refused BANK_FILE_ANSWERED).
 */
export async function exportedAgain(tx: Tx, { known, fund, named, request, left }: Again): Promise<ExportedBankFile> {
  const orders = await ordersOfFile(tx, known.id);
  const others = differences({ known, orders, fund, named, request });
  if (others.length > 0)
    throw new Problem(
      'conflict',
      'MESSAGE_ID_USED',
      `The message id ${known.messageId} stands for another file: ${others.join('; ')}.`,
      {
        unchanged: UNCHANGED,
        faults: others,
        fix: 'leave --message-id out: a new file gets one of its own',
      },
    );
  const failed = orders.filter(({ attempt }) => attempt.state === 'failed').map(({ payment }) => payment.ref);
  if (failed.length > 0)
    throw new Problem(
      'refused',
      'BANK_FILE_ANSWERED',
      `The file ${known.messageId} must not go to the bank again: ${failed.length} of its payments failed and may have been paid anew (${failed.slice(0, MOST_NAMED).join(', ')}).`,
      { unchanged: UNCHANGED, fix: `treasury payment show ${failed[0] ?? ''}` },
    );
  if (sha256Hex(known.content) !== known.contentDigest)
    throw new Problem('integrity', 'BANK_FILE_ALTERED', `The text of the file ${known.messageId} was altered.`, {
      unchanged: UNCHANGED,
      fix: 'treasury doctor',
    });
  return { file: known, fund, orders, again: true, left };
}

const MOST_NAMED = 5;

/** In what the request is of another file than the one that has the message id. */
function differences({
  known,
  orders,
  fund,
  named,
  request: { kind, payOn },
}: Omit<Again, 'left'> & { readonly orders: readonly FiledAttempt[] }): string[] {
  // Of another fund's file nothing else is told.
  if (known.fundId !== fund.id) return [`it does not pay from fund ${fund.code}`];
  const others: string[] = [];
  if (kind !== null && kind.format !== known.format) others.push(`it is ${known.format}, not ${kind.format}`);
  if (kind?.format === 'csv' && known.format === 'csv' && kind.layout !== known.layout)
    others.push(`it has the layout ${known.layout ?? ''}, not ${kind.layout}`);
  if (payOn !== null && payOn !== known.payOn) others.push(`it is to be paid on ${known.payOn}, not on ${payOn}`);
  const wanted = new Set(named);
  if (wanted.size > 0 && (wanted.size !== orders.length || !orders.every(({ payment }) => wanted.has(payment.id))))
    others.push(`it has ${orders.length} payments, and they are not the ones that were named`);
  return others;
}
