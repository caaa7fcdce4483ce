import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayInZone } from '../../src/domain/day.ts';
import type { DemoOffice } from './demo-office.ts';

const HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.';

/** A row of an M-Pesa statement: money out is negative. */
export interface StatementRow {
  readonly receipt: string;
  readonly amount: number;
  readonly party?: string;
  readonly reason?: string;
  /** ISO day; today in Nairobi unless said. */
  readonly day?: string;
}

/** Today, as the demo's office counts days. */
export const today = (): string => dayInZone(new Date(), 'Africa/Nairobi');

/** The text of an M-Pesa statement of an organisation, newest row first as the portal writes it, of which all balances tie. */
export function mpesaStatement(opening: number, rows: readonly StatementRow[]): string {
  let balance = opening;
  const lines = rows.map(
    ({ receipt, amount, party = '', reason = 'Business Payment to Customer', day = today() }, at) => {
      balance += amount;
      const time = `${day} ${String(8 + Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}:00`;
      const [paidIn, withdrawn] = amount > 0 ? [amount.toFixed(2), ''] : ['', amount.toFixed(2)];
      return [
        receipt,
        time,
        time,
        reason,
        'Completed',
        paidIn,
        withdrawn,
        balance.toFixed(2),
        'true',
        reason,
        party,
        '',
        '',
      ].join(',');
    },
  );
  return [HEADER, ...lines.toReversed(), ''].join('\n');
}

/** Writes a statement into the office's directory and answers its path. */
export function statementFile(
  office: DemoOffice,
  name: string,
  opening: number,
  rows: readonly StatementRow[],
): string {
  const path = join(office.home, name);
  writeFileSync(path, mpesaStatement(opening, rows));
  return path;
}

/** A payment that Carol made through M-Pesa under this receipt. */
export async function paidThroughMpesa(office: DemoOffice, receipt: string, amount: string): Promise<string> {
  const ref = await office.ready({ method: 'mpesa', amount });
  await office.data('carol', ['payment', 'execute', ref, '--gateway-reference', receipt, '--yes']);
  return ref;
}
