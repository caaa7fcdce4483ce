import { dayInZone } from '../../domain/day.ts';

/** A line of the demo's statement; money out is negative, in whole shillings. */
export interface DemoLine {
  readonly receipt: string;
  readonly shillings: number;
  readonly details: string;
  readonly party: string;
}

const HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.';

/** A statement of today as M-Pesa's portal writes it for an organisation: the newest line first, with running balances. */
export function mpesaStatement(now: Date, opening: number, lines: readonly DemoLine[]): string {
  const day = dayInZone(now, 'Africa/Nairobi');
  let balance = opening;
  const rows = lines.map(({ receipt, shillings, details, party }, at) => {
    balance += shillings;
    const time = `${day} 00:0${at}:00`;
    const amount = `${shillings}.00`;
    const [paidIn, withdrawn] = shillings > 0 ? [amount, ''] : ['', amount];
    const what = [receipt, time, time, details, 'Completed', paidIn, withdrawn, `${balance}.00`];
    return [...what, 'true', details, party, '', ''].join(',');
  });
  return `${[HEADER, ...rows.toReversed()].join('\n')}\n`;
}
