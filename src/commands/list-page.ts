import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { PageRequest } from '../store/paging.ts';
import type { Input, OptionSpec } from './command.ts';

const USUAL_LIMIT = 50;

/** The options that every list takes. */
export const PAGE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--limit <rows>', about: `rows at most (${USUAL_LIMIT}); 0 for all` },
  { flags: '--after <cursor>', about: 'go on where a list was cut' },
];

/** The page that `--limit` and `--after` ask for. Throws usage LIMIT_INVALID. */
export function pageRequest(input: Input): PageRequest {
  const limit = input.optional('limit') ?? String(USUAL_LIMIT);
  if (!/^\d{1,9}$/.test(limit)) {
    throw usage('LIMIT_INVALID', `--limit ${quoted(limit)} is not a number of rows, such as 50, or 0 for all.`);
  }
  return { limit: Number(limit), after: input.optional('after') ?? null };
}

/** The last lines of a list: how many are shown of how many, and how to see the rest. */
export const pageFooter = (shown: number, count: number, noun: string, next: string | null): string[] => [
  next === null && shown === count ? `${count} ${noun}` : `${shown} of ${count} ${noun}`,
  ...(next === null ? [] : [`Cut here; the next ones: --after ${next}`]),
];
