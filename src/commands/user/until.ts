import { isDay } from '../../domain/day.ts';
import { parsePeriod } from '../../domain/period.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { endOfDay, todayIn } from '../../terminal/zone.ts';
import type { Input, OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';

export const UNTIL_OPTION: OptionSpec = {
  flags: '--until <date>',
  about: "last day on which the roles count, in the office's zone; then they end by themselves",
};

/** When roles end that are given until a day, month, quarter or year: as its last day does where the office is. Null: never. */
export async function endOfRoles(context: Context, input: Input): Promise<Date | null> {
  const text = input.optional('until')?.trim();
  if (text === undefined) return null;
  if (text !== 'today' && !isDay(text) && !/^\d{4}(-(\d\d|Q[1-4]))?$/.test(text)) {
    throw usage('DATE_INVALID', `--until ${quoted(text)} is not a day. Write it like 2026-12-31.`, {
      unchanged: 'Nothing was changed.',
    });
  }
  const { timezone } = await officeFacts(await context.store());
  return endOfDay(parsePeriod(text, todayIn(context.now(), timezone)).to, timezone);
}
