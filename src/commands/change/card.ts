import type { ChangeDocument } from '../../documents/change.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';
import { beforeAfterLines } from './before-after.ts';

/** A change as people read it, with every value before and after. */
export function changeCard(change: ChangeDocument, zone: string): CardLine[] {
  const maybe = (label: string, value: string | null): CardLine[] => (value === null ? [] : [{ label, value }]);
  return [
    { label: 'Change', value: change.ref },
    { label: 'What', value: change.what },
    { label: 'About', value: change.subject },
    ...beforeAfterLines(change, zone, { whole: true }).map((value, at) => ({
      label: at === 0 ? 'Before > after' : '',
      value,
    })),
    ...maybe('Reason', change.reason),
    { label: 'Status', value: change.status },
    { label: 'Proposed by', value: change.proposed_by },
    { label: 'Proposed', value: formatInstant(new Date(change.created_at), zone), kind: 'time' },
    ...maybe('Confirmed by', change.confirmations.join(', ') || null),
    ...maybe('Decided by', change.decided_by),
    ...maybe('Decided because', change.decided_reason),
    ...(change.decided_at === null
      ? []
      : [{ label: 'Decided', value: formatInstant(new Date(change.decided_at), zone), kind: 'time' as const }]),
  ];
}
