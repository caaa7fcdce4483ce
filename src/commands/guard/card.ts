import { inWords } from '../../domain/duration.ts';
import type { GuardDocument } from '../../documents/guard.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';

/** What the guards see, as people read it. */
export function guardCard({ clock, heads, heads_directory: directory }: GuardDocument, zone: string): CardLine[] {
  const at = (instant: string | null): string => (instant === null ? 'none' : formatInstant(new Date(instant), zone));
  const off = clock.verdict === 'right' ? '' : `, by ${inWords(clock.off_by_ms ?? 0)}`;
  return [
    { label: 'Clock', value: `${clock.verdict}${off}` },
    { label: 'It says', value: at(clock.now), kind: 'time' },
    { label: 'Newest event', value: at(clock.newest_event), kind: 'time' },
    { label: 'Heads kept in', value: directory },
    ...(heads.length === 0 ? [{ label: 'Heads', value: 'none kept by this machine yet' }] : []),
    ...heads.map((head) => ({
      label: head.chain,
      value: `${head.verdict}: event ${head.seq}, ${head.hash.slice(0, 12)}${head.present_seq === null ? '' : ` (the database ends at event ${head.present_seq})`}`,
    })),
  ];
}

/** Whether a guard would refuse what writes. */
export const refuses = ({ clock, heads }: GuardDocument): boolean =>
  clock.verdict !== 'right' || heads.some((head) => head.verdict === 'missing');

/** The commands that help. */
export const helps = ({ clock, heads }: GuardDocument): string[] => [
  ...(heads.some((head) => head.verdict === 'missing') ? ['treasury guard accept copy --reason REASON'] : []),
  ...(clock.verdict === 'right' ? [] : ['treasury guard accept clock --reason REASON']),
];
