import { existsSync } from 'node:fs';
import { isoDay } from '../../domain/day.ts';
import { decimalWith } from '../../domain/money.ts';
import { importedStatementDocument } from '../../documents/imported-statement.ts';
import {
  statementDocument,
  type StatementDocument,
  statementLineDocument,
  type StatementLineDocument,
} from '../../documents/statement.ts';
import { missingPages } from '../../domain/statement-pages.ts';
import { findImported } from '../../operations/look-up.ts';
import { exactSum } from '../../statements/amount.ts';
import { decimalsOf } from '../../statements/currency.ts';
import { FORMATS } from '../../statements/detect.ts';
import { atLine } from '../../statements/faults.ts';
import { pageOf } from '../../statements/file-order.ts';
import { readStatements, type ReadingOptions } from '../../statements/read-statements.ts';
import type { StatementHeader, StatementLine } from '../../statements/statement.ts';
import type { Column } from '../../terminal/list.ts';
import type { CardLine, Command, Page, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { listResult, pageRequest } from '../listing.ts';
import { MAP_OPTION, mappedProfile } from '../mapped-profile.ts';
import { openStatementFile, type StatementFile } from '../statement-file.ts';
import { LINE_COLUMNS, money, TIES } from './columns.ts';
import { importedCard } from './imported-card.ts';

export const command: Command = {
  path: 'statement show',
  summary: 'Show what a statement file says, and whether it holds',
  details:
    'Reads the file only: no office, no login, nothing saved; a profile of the office needs a login. Balances, running balances, numbers and totals are held against the lines, and every contradiction is named; exit 0 all the same. What is no statement is exit 2. A reference such as sta_7f3k2m shows one that was imported, to who may read its fund.',
  arguments: [{ name: 'file', about: 'the file of a bank or of M-Pesa, or - for standard input' }],
  options: [
    {
      flags: '--type <type>',
      about: `${FORMATS.map(({ name }) => name).join(', ')}; told by the content unless given`,
    },
    MAP_OPTION,
    { flags: '--lines', about: 'its lines instead, in the order of the file' },
    { flags: '--limit <n>', about: 'lines at most; 0 for all (default 50)' },
  ],
  examples: [
    { command: 'treasury statement show statement.xml', about: 'what is in it, and does it tie?' },
    { command: 'treasury statement show - --json < statement.xml', about: 'from another program' },
    {
      command: 'treasury statement show statement.xml --lines --limit 0 --format csv',
      about: 'its lines for a spreadsheet',
    },
  ],
  access: 'open',
  writes: false,
  document: 'statement',
  async run(context, input) {
    if (isReference(input.text('file'))) return showImported(context, input.text('file'));
    const file = await openStatementFile(context, input.text('file'));
    try {
      const wanted = {
        ...{ type: input.optional('type') ?? null, profile: await mappedProfile(context, input) },
        ...{ currency: null, today: isoDay(context.now()) },
      };
      if (input.flag('lines')) return await showLines(file, wanted, pageRequest(input).limit);
      return await showStatements(file, wanted, context.flags.format === 'table');
    } finally {
      file.close();
    }
  },
};

/** What was imported is named by its reference; where a file is called so, that is meant. */
const isReference = (name: string): boolean => /^sta_[0-9a-z]{4,12}$/i.test(name) && !existsSync(name);

async function showImported(context: Context, ref: string): Promise<Result> {
  const view = await findImported(await context.store(), await context.actor(), ref);
  const document = importedStatementDocument(view);
  return {
    document: 'imported_statement',
    data: document,
    human: {
      card: importedCard(document, await context.zone()),
      next: [`treasury reconcile unmatched --fund ${document.fund}`],
    },
  };
}

async function showStatements(file: StatementFile, wanted: ReadingOptions, forPeople: boolean): Promise<Result> {
  const { statements, rest } = await readStatements(file.pieces(), wanted);
  const missing = missingPages(statements.map(({ header }) => pageOf(header)));
  const documents = statements.map((statement, at) => {
    const document = statementDocument(statement);
    const pages = missing.filter(({ part }) => part === at).map(({ message }) => message);
    return pages.length === 0 ? document : { ...document, warnings: [...document.warnings, ...pages] };
  });
  const [first] = documents;
  const isOne = documents.length === 1 && first !== undefined;
  return {
    data: documents,
    warnings: [
      ...documents.flatMap((one, at) =>
        one.warnings.map((warning) => (isOne ? warning : `statement ${at + 1}, ${warning}`)),
      ),
      ...rest.map(({ position, message }) => atLine(position, message)),
    ],
    human:
      isOne && forPeople
        ? { card: cardOf(first) }
        : { list: { columns: COLUMNS, rows: documents, footer: [countOf(documents.length)], empty: 'No statements.' } },
  };
}

const countOf = (count: number): string => `${count} ${count === 1 ? 'statement' : 'statements'}`;

const tiesOf = ({ ties }: StatementDocument): string => TIES[`${ties}`];

/** Null where the file names neither day. */
const periodOf = ({ period: { from, to } }: StatementDocument): string | null =>
  from === null && to === null ? null : from === to ? from : `${from ?? '?'} to ${to ?? '?'}`;

function cardOf(statement: StatementDocument): CardLine[] {
  const { currency } = statement;
  const text = (label: string, value: string | null): CardLine => ({ label, value: value ?? 'not told' });
  const amount = (label: string, decimal: string | null, of: string | null): CardLine => ({
    label,
    value: money(decimal, of) ?? 'not told',
    kind: 'money',
  });
  return [
    text('Account', statement.account),
    text('Format', statement.type),
    text('Statement', statement.id),
    ...(statement.page === null ? [] : [text('Page', statement.page)]),
    text('Period', periodOf(statement)),
    amount('Opening', statement.opening, statement.opening_currency),
    amount('Credits', statement.credits, currency),
    amount('Debits', statement.debits, currency),
    amount('Closing', statement.closing, statement.closing_currency),
    text('Lines', String(statement.lines)),
    text('Ties', tiesOf(statement)),
  ];
}

const amountColumn = (
  key: 'opening' | 'closing' | 'credits' | 'debits',
  title: string,
  priority: number,
): Column<StatementDocument> => ({
  key,
  title,
  kind: 'money',
  value: (one) =>
    money(one[key], key === 'opening' ? one.opening_currency : key === 'closing' ? one.closing_currency : one.currency),
  csv: (one) => one[key],
  priority,
});

const COLUMNS: readonly Column<StatementDocument>[] = [
  { key: 'account', title: 'Account', value: (one) => one.account, priority: 1 },
  { key: 'currency', title: 'Currency', value: (one) => one.currency, priority: 8 },
  { key: 'id', title: 'Statement', value: (one) => one.id, priority: 7 },
  { key: 'period', title: 'Period', value: periodOf, priority: 5 },
  amountColumn('opening', 'Opening', 4),
  amountColumn('credits', 'Credits', 6),
  amountColumn('debits', 'Debits', 6),
  amountColumn('closing', 'Closing', 2),
  { key: 'lines', title: 'Lines', kind: 'number', value: (one) => String(one.lines), priority: 3 },
  { key: 'ties', title: 'Ties', value: tiesOf, csv: ({ ties }) => (ties === null ? '' : String(ties)), priority: 1 },
];

async function showLines(file: StatementFile, wanted: ReadingOptions, limit: number): Promise<Result> {
  const documents: StatementLineDocument[] = [];
  const sums = new Map<string, number>();
  let count = 0;
  const onLine = (line: StatementLine, header: StatementHeader, statement: number): void => {
    count += 1;
    const currency = line.otherCurrency ?? header.currency ?? '';
    sums.set(currency, exactSum((sums.get(currency) ?? 0) + line.amountMinor, line.position));
    if (limit === 0 || documents.length < limit) documents.push(statementLineDocument(line, header, statement));
  };
  const { statements, rest } = await readStatements(file.pieces(), { ...wanted, onLine });
  const totals = [...sums].filter(([currency]) => currency !== '');
  const page: Page = {
    next: null,
    count,
    totals: Object.fromEntries(totals.map(([currency, sum]) => [currency, decimalWith(sum, decimalsOf(currency))])),
  };
  const list = listResult({ noun: 'line', documents, columns: LINE_COLUMNS, page, totalsAre: 'net' });
  const said = statements.flatMap(({ contradictions, warnings }) => [...contradictions, ...warnings]);
  const footer = [
    ...(list.human.list?.footer ?? []),
    ...(documents.length < count ? [`Showing ${documents.length}; --limit 0 shows all`] : []),
  ];
  return {
    ...list,
    document: 'statement_line',
    warnings: [...said, ...rest].map(({ position, message }) => atLine(position, message)),
    human: list.human.list === undefined ? {} : { list: { ...list.human.list, footer } },
  };
}
