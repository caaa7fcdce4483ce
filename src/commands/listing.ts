import { parsePeriod } from '../domain/period.ts';
import { formatAmount, formatDecimal } from '../domain/money.ts';
import { usage } from '../domain/problem.ts';
import type { PageRequest } from '../store/paging.ts';
import type { Column, ListView } from '../terminal/list.ts';
import { endOfDay, startOfDay, todayIn } from '../terminal/zone.ts';
import type { Input, OptionSpec, Page, Result } from './command.ts';

const DEFAULT_LIMIT = 50;

/** Every list is paged in the same way. */
export const PAGE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--limit <n>', about: 'rows at most; 0 for all (default 50)' },
  { flags: '--after <cursor>', about: 'go on after the last row of the page before' },
];

/** Every list of what happens in time takes a period in the office's days. */
export const PERIOD_OPTIONS: readonly OptionSpec[] = [
  { flags: '--since <date>', about: 'day, month, quarter, year, 7d, this-month, or a range A..B' },
  { flags: '--until <date>', about: 'inclusive' },
];

/** Which page a list shall show. Throws usage LIMIT_INVALID. */
export function pageRequest(input: Input): PageRequest {
  const text = input.optional('limit');
  if (text !== undefined && !/^\d{1,7}$/.test(text)) {
    throw usage('LIMIT_INVALID', `${JSON.stringify(text.slice(0, 20))} is not a number of rows.`, {
      fix: '--limit 50, or 0 for all',
    });
  }
  return { limit: text === undefined ? DEFAULT_LIMIT : Number(text), after: input.optional('after') ?? null };
}

/** `--since` and `--until` as instants: from the start of the first day, up to but without the start of the day after the last. */
export function periodOf(input: Input, now: Date, zone: string): { since?: Date; until?: Date } {
  const since = input.optional('since');
  const until = input.optional('until');
  const today = todayIn(now, zone);
  const first = since === undefined ? undefined : parsePeriod(since, today);
  const last = until === undefined ? (since?.includes('..') ? first : undefined) : parsePeriod(until, today);
  return {
    ...(first === undefined ? {} : { since: startOfDay(first.from, zone) }),
    ...(last === undefined ? {} : { until: endOfDay(last.to, zone) }),
  };
}

type MoneyIn<Key extends string> = Readonly<Record<Key, string | null>> &
  Readonly<Record<`${Key}_minor`, number | null>> & { readonly currency: string };

/** The column of an amount that documents hold as a decimal and, with `_minor`, in minor units. */
export const moneyColumn = <Key extends string>(key: Key, title: string, priority: number): Column<MoneyIn<Key>> => ({
  key,
  title,
  kind: 'money',
  value: (row) => {
    const amounts: Readonly<Record<`${Key}_minor`, number | null>> = row;
    const minor = amounts[`${key}_minor`];
    return minor === null ? null : formatAmount(minor, row.currency);
  },
  csv: (row) => row[key],
  priority,
});

/** A list as one result: rows for scripts, a table for people, and a footer with the count and sums over all pages. */
export function listResult<Document extends object>(list: {
  noun: string;
  /** Where it is not the noun with an s. */
  plural?: string;
  documents: readonly Document[];
  columns: readonly Column<Document>[];
  page: Page;
  /** What the sums are sums of, where that is not plain: "net". */
  totalsAre?: string;
}): Result {
  const { documents, page } = list;
  const view: ListView<Document> = {
    columns: list.columns,
    rows: documents,
    footer: page.count === 0 ? [] : footerOf(list),
    empty: `No ${list.plural ?? `${list.noun}s`}.`,
  };
  return {
    data: [...documents],
    page,
    human: { list: view },
  };
}

function footerOf({
  noun,
  plural = `${noun}s`,
  documents,
  page,
  totalsAre,
}: {
  noun: string;
  plural?: string;
  documents: readonly object[];
  page: Page;
  totalsAre?: string;
}): string[] {
  const totals = Object.entries(page.totals).map(([currency, decimal]) => formatDecimal(decimal, currency));
  const count = `${page.count} ${page.count === 1 ? noun : plural}`;
  const sums = totals.length === 0 ? '' : `, ${totalsAre === undefined ? '' : `${totalsAre} `}${totals.join(' + ')}`;
  return [
    `${count}${sums}`,
    ...(page.next === null ? [] : [`Showing ${documents.length}; go on with: --after ${page.next}`]),
  ];
}
