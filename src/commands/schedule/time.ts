import { parseDuration } from '../../domain/duration.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { instantAt } from '../../terminal/zone.ts';

const WRITTEN = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,3}))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/i;

/**
 * When something shall be done: a day and time where the office is, or with a zone of its own (`Z`, `+03:00`), or so much later than
 * now (`30min`, `2h`, `1d`). Throws usage TIME_INVALID, also for a time that clocks skip.
 */
export function parseTime(text: string, { now, zone }: { now: Date; zone: string }): Date {
  const typed = text.trim();
  const later = parseDuration(typed);
  if (later !== null) return new Date(now.getTime() + later);
  const [, day, time, fraction = '', offset] = WRITTEN.exec(typed) ?? [];
  if (day === undefined || time === undefined) throw invalid(text, 'it needs a day and a time');
  const seconds = time.length === 5 ? `${time}:00` : time;
  // Dates roll 31 June over to July; what is written must come out again.
  const plain = new Date(`${day}T${seconds}Z`);
  if (Number.isNaN(plain.getTime()) || plain.toISOString().slice(0, 19) !== `${day}T${seconds}`)
    throw invalid(text, 'there is no such day or time');
  const milliseconds = Number(fraction.padEnd(3, '0'));
  const exactly = (at: Date): Date => new Date(at.getTime() + milliseconds);
  if (offset !== undefined) return exactly(new Date(`${day}T${seconds}${offset.toUpperCase()}`));
  const at = instantAt(`${day}T${seconds}`, zone);
  if (at === null) throw invalid(text, `clocks of ${zone} skip it`);
  return exactly(at);
}

const invalid = (text: string, why: string) =>
  usage('TIME_INVALID', `${quoted(text)} is not a time: ${why}.`, {
    unchanged: 'Nothing was scheduled.',
    fix: '--at 2026-12-01T09:30, --at 2026-12-01T06:30Z, or --at 2h',
  });
