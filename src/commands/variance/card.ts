import type { VarianceDocument } from '../../documents/variance.ts';
import { formatAmount } from '../../domain/money.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';

/** What a variance is about, within a sentence: `pay_7f3k2m`, `a count of fund PETTY`. */
export const aboutOf = ({ payment, fund }: Pick<VarianceDocument, 'payment' | 'fund'>): string =>
  payment ?? `a count of fund ${fund}`;

/** What approving does to the fund: `KES 50.00 are taken from fund PETTY`. */
export function effectOf({ kind, fund, variance_minor: minor, currency }: VarianceDocument): string {
  const taken = kind === 'payment' ? minor > 0 : minor < 0;
  return `${formatAmount(Math.abs(minor), currency)} are ${taken ? 'taken from' : 'added to'} fund ${fund}`;
}

/** A variance as people read it. */
export function varianceCard(variance: VarianceDocument, zone: string, mayDecide: readonly string[]): CardLine[] {
  const money = (label: string, minor: number): CardLine => ({
    ...{ label, value: formatAmount(minor, variance.currency), kind: 'money' },
  });
  const when = (label: string, at: string | null): CardLine[] =>
    at === null ? [] : [{ label, value: formatInstant(new Date(at), zone), kind: 'time' }];
  const maybe = (label: string, value: string | null): CardLine[] => (value === null ? [] : [{ label, value }]);
  const ofPayment = variance.kind === 'payment';
  return [
    { label: 'Variance', value: variance.ref },
    { label: 'Status', value: variance.status },
    { label: 'Of', value: aboutOf(variance) },
    ...(ofPayment ? [{ label: 'Fund', value: variance.fund }] : []),
    money(ofPayment ? 'Booked' : 'Balance then', variance.original_minor),
    money(ofPayment ? 'Really paid' : 'Counted', variance.adjusted_minor),
    money('Difference', variance.variance_minor),
    ...(variance.tolerated === null ? [] : [{ label: 'Tolerated', value: variance.tolerated ? 'yes' : 'no' }]),
    { label: 'Reason', value: variance.reason },
    ...maybe('Evidence', variance.evidence),
    ...maybe('Match', variance.match),
    { label: 'Recorded by', value: variance.recorded_by },
    ...when('Recorded', variance.recorded_at),
    ...(variance.status === 'pending' ? [{ label: 'May decide', value: mayDecide.join(', ') || 'nobody' }] : []),
    ...maybe('Approved by', variance.approved_by),
    ...when('Approved', variance.approved_at),
    ...maybe('Rejected by', variance.rejected_by),
    ...when('Rejected', variance.rejected_at),
    ...maybe('Decided because', variance.decided_reason),
    ...maybe('Entry', variance.entry),
  ];
}

/** The commands that a variance waits for; beyond the tolerance an approval says why. */
export function nextSteps({ ref, status, entry, tolerated }: VarianceDocument): string[] {
  if (status === 'pending') {
    const reason = tolerated === false ? ' --reason TEXT' : '';
    return [`treasury variance approve ${ref}${reason}`, `treasury variance reject ${ref} --reason TEXT`];
  }
  return entry === null ? ['treasury variance list'] : [`treasury ledger show ${entry}`];
}
