import type { ScheduleDocument } from '../../documents/schedule.ts';
import { visible } from '../../terminal/clean.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';

/** What a schedule is of, in a few words: its payment, or its job with what that takes. */
export const subjectOf = ({ payment, job, folder, fund }: ScheduleDocument): string =>
  payment ?? [job, folder === null ? null : visible(folder), fund].filter((word) => word !== null).join(' ');

/** When it comes: a time, or a cron expression. */
export const timeOf = ({ at, cron }: ScheduleDocument, zone: string): string =>
  at === null ? (cron ?? '') : formatInstant(new Date(at), zone);

/** One schedule for people. */
export const scheduleCard = (document: ScheduleDocument, zone: string): CardLine[] => {
  const instant = (label: string, text: string | null): CardLine[] =>
    text === null ? [] : [{ label, value: formatInstant(new Date(text), zone), kind: 'time' }];
  return [
    { label: 'Schedule', value: document.ref },
    { label: 'Of', value: subjectOf(document) },
    { label: 'When', value: timeOf(document, zone) },
    { label: 'Status', value: document.status },
    ...instant('Next', document.next_at),
    { label: 'For', value: document.created_by },
  ];
};
