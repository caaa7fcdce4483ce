import { formatAmount } from '../domain/money.ts';
import { html, htmlFacts, htmlPage, htmlTable, type Html, type HtmlCell } from './html.ts';

/** Matches of one pass. */
export interface ReportedPass {
  readonly title: string;
  readonly matches: number;
  readonly lines: number;
  /** Signed minor units, of the lines. */
  readonly sumMinor: number;
}

/** One thing that is left for people. */
export interface ReportedException {
  readonly line: string | null;
  readonly day: string | null;
  readonly reference: string | null;
  /** Who was paid, and the text of the line. */
  readonly about: string | null;
  readonly entry: string | null;
  readonly amountMinor: number | null;
  readonly message: string;
  readonly next: string;
}

/** Exceptions of one kind. */
export interface ReportedKind {
  readonly title: string;
  readonly exceptions: readonly ReportedException[];
}

/** Everything that a report of a reconciliation says; whatever others have written is still as they wrote it. */
export interface ReportFacts {
  readonly office: string;
  readonly fund: string;
  readonly currency: string;
  /** Label and text: account, period, file and its digest, who and when. */
  readonly about: readonly (readonly [label: string, value: string])[];
  /** Whether it was saved, and as what. */
  readonly state: string;
  readonly statement: {
    readonly openingMinor: number | null;
    readonly creditsMinor: number;
    readonly debitsMinor: number;
    readonly closingMinor: number | null;
    readonly ties: boolean | null;
  };
  /** Null where the statement tells no closing balance. */
  readonly agreement: {
    readonly day: string;
    readonly ledgerMinor: number;
    readonly ledgerOnlyMinor: number;
    readonly statementOnlyMinor: number;
    readonly differsMinor: number;
    readonly closingMinor: number;
    readonly unexplainedMinor: number;
  } | null;
  readonly passes: readonly ReportedPass[];
  readonly kinds: readonly ReportedKind[];
  readonly inTransit: number;
}

/** A reconciliation as one page of HTML to be printed, signed and filed. */
export const reconciliationReport = (facts: ReportFacts): string =>
  htmlPage({
    title: `Reconciliation of ${facts.fund}`,
    body: [
      html`<header>
        <h1>Reconciliation of ${facts.fund}</h1>
        <p>${facts.office}</p>
        <p class="state">${facts.state}</p>
      </header> `,
      htmlFacts(facts.about),
      arithmetic(facts),
      matches(facts),
      exceptions(facts),
      SIGNATURES,
    ],
  });

const text = (value: string | null): HtmlCell => ({ text: value ?? '' });
const amount = (minor: number | null, currency: string, unknown = 'not told'): HtmlCell => ({
  text: minor === null ? unknown : formatAmount(minor, currency),
  kind: 'money',
});
const MONEY = { kind: 'money' } as const;

const TIES = {
  true: 'Opening and lines come to the closing balance.',
  false: 'Opening and lines do NOT come to the closing balance.',
  null: 'The statement does not say enough to tell whether its balances hold.',
} as const;

function arithmetic({ statement, agreement, currency }: ReportFacts): Html {
  const rows = (lines: readonly (readonly [label: string, minor: number | null])[]): HtmlCell[][] =>
    lines.map(([label, minor]) => [text(label), amount(minor, currency)]);
  const table = (label: string, lines: readonly (readonly [string, number | null])[], last: [string, number | null]) =>
    htmlTable({ head: [text(label), { text: 'Amount', ...MONEY }], rows: rows(lines), foot: rows([last])[0] ?? [] });
  const own = table(
    'What the statement says',
    [
      ['Opening balance', statement.openingMinor],
      ['Money in', statement.creditsMinor],
      ['Money out', -statement.debitsMinor],
    ],
    ['Closing balance', statement.closingMinor],
  );
  const both =
    agreement === null
      ? html`<p>Without a closing balance the book cannot be held against the statement.</p> `
      : table(
          `What explains it, up to ${agreement.day}`,
          [
            ['Balance of the book', agreement.ledgerMinor],
            ['less entries that only the book has', -agreement.ledgerOnlyMinor],
            ['plus lines that only the statement has', agreement.statementOnlyMinor],
            ['plus differences that wait for a decision', agreement.differsMinor],
            ['Closing balance of the statement', agreement.closingMinor],
          ],
          ['Unexplained', agreement.unexplainedMinor],
        );
  return html`<section class="arithmetic">
    <h2>Arithmetic</h2>
    ${own}
    <p>${TIES[`${statement.ties}`]}</p>
    ${both}
  </section> `;
}

function matches({ passes, currency }: ReportFacts): Html {
  const total = (count: (pass: ReportedPass) => number): number => passes.reduce((sum, pass) => sum + count(pass), 0);
  const cells = (title: string, pass: Omit<ReportedPass, 'title'>): HtmlCell[] => [
    text(title),
    { text: String(pass.matches), ...MONEY },
    { text: String(pass.lines), ...MONEY },
    amount(pass.sumMinor, currency),
  ];
  const sums = {
    matches: total((pass) => pass.matches),
    lines: total((pass) => pass.lines),
    sumMinor: total((pass) => pass.sumMinor),
  };
  return html`<section class="matches">
    <h2>Matched</h2>
    ${
      passes.length === 0
        ? html`<p>Nothing was matched.</p> `
        : htmlTable({
            head: [text('By'), ...['Matches', 'Lines', 'Sum'].map((title) => ({ text: title, ...MONEY }))],
            rows: passes.map((pass) => cells(pass.title, pass)),
            foot: cells('All', sums),
          })
    }
  </section> `;
}

function exceptions({ kinds, inTransit, currency }: ReportFacts): Html {
  const count = kinds.reduce((sum, kind) => sum + kind.exceptions.length, 0);
  const young =
    inTransit === 0 ? '' : html`<p>${inTransit} entries of the book are too young to be missed on the statement.</p> `;
  if (count === 0)
    return html`<section>
      <h2>Left for people</h2>
      <p>Nothing: every line and every entry is explained.</p>
      ${young}
    </section> `;
  return html`<section class="exceptions">
    <h2>Left for people: ${count}</h2>
    ${young}${kinds.map((kind) => ofKind(kind, currency))}
  </section> `;
}

function ofKind({ title, exceptions: all }: ReportedKind, currency: string): Html {
  const groups = [...Map.groupBy(all, whyOf)];
  // What is the same for many is said once, above their table; what differs from one to the next stands beside each.
  const tables =
    groups.length * 2 <= all.length
      ? groups.map(
          ([why, some]) =>
            html`<p>${why}</p>
              ${tableOf(some, currency, false)}`,
        )
      : [tableOf(all, currency, true)];
  const sum = formatAmount(sumOf(all), currency);
  return html`<h3>${title} (${all.length}): ${sum}</h3>
    ${tables}`;
}

const sumOf = (all: readonly ReportedException[]): number =>
  all.reduce((total, { amountMinor }) => total + (amountMinor ?? 0), 0);

function tableOf(all: readonly ReportedException[], currency: string, eachWhy: boolean): Html {
  // What none of them has would only take the room of the others.
  const columns = COLUMNS.filter(({ value }) => all.some((one) => value(one) !== null));
  const cells = (one: ReportedException): HtmlCell[] =>
    columns.map(({ value, kind }) => ({ text: value(one) ?? '', ...(kind === undefined ? {} : { kind }) }));
  const why = (said: string): HtmlCell[] => (eachWhy ? [text(said)] : []);
  return htmlTable({
    head: [
      ...columns.map(({ title: name, kind }) => ({ text: name, ...(kind === undefined ? {} : { kind }) })),
      { text: 'Amount', ...MONEY },
      ...why('Why, and what settles it'),
    ],
    rows: all.map((one) => [...cells(one), amount(one.amountMinor, currency, ''), ...why(whyOf(one))]),
    foot: [
      ...columns.map((_, at) => text(at === 0 ? `All ${all.length}` : '')),
      amount(sumOf(all), currency),
      ...why(''),
    ],
  });
}

const whyOf = ({ message, next }: ReportedException): string => `${message} ${next}`;

const COLUMNS: readonly {
  readonly title: string;
  readonly kind?: 'word' | 'reference';
  readonly value: (exception: ReportedException) => string | null;
}[] = [
  { title: 'Line', kind: 'word', value: ({ line }) => line },
  { title: 'Day', kind: 'word', value: ({ day }) => day },
  { title: 'Reference', kind: 'reference', value: ({ reference }) => reference },
  { title: 'Who and what', value: ({ about }) => about },
  { title: 'Entry', kind: 'word', value: ({ entry }) => entry },
];

const SIGNATURES = html`<section class="signatures">
  <div>
    <h3>Prepared by</h3>
    <p>Name and signature</p>
    <p>Date</p>
  </div>
  <div>
    <h3>Reviewed by</h3>
    <p>Name and signature</p>
    <p>Date</p>
  </div>
</section> `;
