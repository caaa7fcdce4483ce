import path from 'node:path';
import { formatAmount } from '../domain/money.ts';
import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import {
  reconciliationDocument,
  type ExceptionDocument,
  type MatchDocument,
  type ReconciliationDocument,
} from '../documents/reconciliation.ts';
import { autoReconcile } from '../operations/auto-reconcile.ts';
import { previewStatement, type ReconcileRequest } from '../operations/reconcile-statement.ts';
import { writeSecretFile } from '../gateways/secret-file.ts';
import { planText } from '../operations/reconciliation-plan.ts';
import { FORMATS } from '../statements/detect.ts';
import { MOST_BYTES } from '../statements/limits.ts';
import type { Column } from '../terminal/list.ts';
import { dayElsewhere, isZone } from '../terminal/zone.ts';
import type { CardLine, Command, Human, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import { MAP_OPTION, mappedProfile } from './mapped-profile.ts';
import { KIND_TITLES } from './reconcile/kinds.ts';
import { REPORT_OPTION, reportWriter } from './reconcile/report.ts';
import { openStatementFile } from './statement-file.ts';

export const command: Command = {
  path: 'reconcile',
  summary: "Match a statement of a bank or of M-Pesa with a fund's book",
  details:
    'A preview unless --auto is given: exit 0 when everything matched, 10 when something is left, nothing saved. --auto saves the lines and what is certain: an identifier or a reference, phone, account or name with the exact amount, one to one. Amount and date alone only suggest; where several fit equally well, people decide. Payments that you requested or executed are left to another person.',
  arguments: [
    {
      name: 'statement',
      about: 'the file of the bank or of M-Pesa, or - for standard input',
      file: { mostBytes: MOST_BYTES, binary: true },
    },
  ],
  options: [
    { flags: '--fund <code>', about: 'the fund whose account it is', required: true },
    {
      flags: '--type <type>',
      about: `${FORMATS.map(({ name }) => name).join(', ')}; told by the content unless given`,
    },
    {
      flags: '--statement-tz <zone>',
      about: "zone of its times, where that is not the office's: days are counted in the office's",
    },
    MAP_OPTION,
    { flags: '--auto', about: 'save the lines and the certain matches' },
    {
      flags: '--accept-unbalanced',
      about:
        "save like --auto although the statement does not hold; a CFO's word, an exception until a whole one takes its place",
    },
    { flags: '--out <plan.json>', about: 'save this preview as a plan, for `reconcile apply`' },
    REPORT_OPTION,
  ],
  examples: [
    { command: 'treasury reconcile mpesa.csv --fund MPESA', about: 'what matches, and what is left?' },
    { command: 'treasury reconcile mpesa.csv --fund MPESA --out plan.json', about: 'to look through, and apply later' },
    { command: 'treasury reconcile mpesa.csv --fund MPESA --report report.html', about: 'to be printed and signed' },
    { command: 'treasury reconcile - --fund MPESA --auto --json < mpesa.csv', about: 'from a script, every night' },
  ],
  access: 'reconcile.run',
  // Only --auto does; the preview itself runs with --read-only too.
  writes: false,
  writesWith: (input) => input.flag('auto') || input.flag('acceptUnbalanced'),
  refusesKey: (input) => {
    if (input.text('statement') === '-') return 'what comes on standard input is not kept to be compared';
    return input.optional('report') === undefined ? null : 'a report would not be written again with the first answer';
  },
  exits: [6, 10],
  document: 'reconciliation',
  async run(context, input) {
    const name = input.text('statement');
    const out = input.optional('out');
    const saves = requireOneWay(input);
    const report = await reportWriter(context, input);
    const file = await openStatementFile(context, name);
    try {
      const source = {
        ...{ name, type: input.optional('type') ?? null, profile: await mappedProfile(context, input) },
        pieces: () => file.pieces(),
      };
      const request: ReconcileRequest = {
        ...{ fund: input.text('fund'), source, plan: out !== undefined, ...(await clockOf(context, input)) },
        acceptUnbalanced: input.flag('acceptUnbalanced'),
        // Under a key the answer is kept, and may be asked for again in another format.
        tellAll:
          context.flags.json ||
          context.flags.format !== 'table' ||
          out !== undefined ||
          report !== null ||
          context.flags.idempotencyKey !== null,
        onProgress: (lines) => context.say(`${lines.toLocaleString('en')} lines read ...`),
      };
      const store = await context.store();
      const actor = await context.actor();
      const done = await (saves ? autoReconcile : previewStatement)(store, actor, request);
      const document = reconciliationDocument(done);
      if (out !== undefined && done.basis !== null && !context.flags.dryRun) {
        const { fund, basis } = { fund: done.view.fund.code, basis: done.basis };
        const text = planText({ fund, source, basis, madeBy: actor.username, madeAt: context.now(), document });
        await writeSecretFile(path.resolve(out), text);
      }
      await report?.(done, document);
      return resultOf(document, done.read.warnings, context, out);
    } finally {
      file.close();
    }
  },
};

/** Whether anything is saved in the books. Throws usage ONE_WAY_ONLY for more than one of the flags that say what shall become of it. */
function requireOneWay(input: Input): boolean {
  const ways = [
    ...(input.flag('auto') ? ['--auto'] : []),
    ...(input.flag('acceptUnbalanced') ? ['--accept-unbalanced'] : []),
    ...(input.optional('out') === undefined ? [] : ['--out']),
  ];
  if (ways.length < 2) return ways.length === 1 && input.optional('out') === undefined;
  throw usage('ONE_WAY_ONLY', `${ways.join(' and ')} exclude each other: give one of them.`, {
    unchanged: 'Nothing was saved.',
  });
}

/** How the statement's times become days of the office, where --statement-tz says so. Throws usage ZONE_UNKNOWN. */
async function clockOf(context: Context, input: Input): Promise<Pick<ReconcileRequest, 'dayOf'>> {
  const from = input.optional('statementTz');
  if (from === undefined) return {};
  if (!isZone(from)) {
    throw usage('ZONE_UNKNOWN', `${quoted(from)} is not a time zone. Write it like Africa/Nairobi or UTC.`, {
      unchanged: 'Nothing was saved.',
    });
  }
  const to = await context.zone();
  return { dayOf: (bookedAt) => dayElsewhere(bookedAt, { from, to }) };
}

/** A reconciliation as an answer: for people what is left, by kind; for spreadsheets every line of it. */
export function resultOf(
  document: ReconciliationDocument,
  warnings: readonly string[],
  context: Context,
  plan?: string,
): Result {
  if (context.flags.dryRun && document.applied) context.say('Nothing was saved (dry run).');
  return {
    data: document,
    // Under a key the answer is kept, and may be asked for again in this format.
    ...(context.flags.format === 'jsonl' || context.flags.idempotencyKey !== null
      ? { jsonLines: linesOf(document) }
      : {}),
    warnings,
    exitCode: document.exceptions.length === 0 ? 0 : 10,
    human: context.flags.format === 'table' ? forPeople(document, plan) : { list: rowsOf(document) },
  };
}

function forPeople(document: ReconciliationDocument, plan: string | undefined): Human {
  return {
    card: cardOf(document),
    list: {
      columns: EXCEPTION_COLUMNS,
      rows: document.exceptions.slice(0, MOST_SHOWN),
      footer: footerOf(document),
      empty: 'Nothing is left: every line and every entry is explained.',
    },
    next: plan === undefined ? nextOf(document) : [`treasury reconcile apply ${plan}`],
  };
}

const MOST_SHOWN = 50;

const TIES = { true: 'yes', false: 'NO', null: 'cannot be told' } as const;

function cardOf({ fund, statement, summary, agreement, applied }: ReconciliationDocument): CardLine[] {
  const money = (label: string, minor: number | null): CardLine => ({
    label,
    value: minor === null ? 'not told' : formatAmount(minor, statement.currency),
    kind: 'money',
  });
  const { from, to } = statement.period;
  return [
    { label: 'Fund', value: fund },
    { label: 'Account', value: statement.account ?? 'not told' },
    { label: 'Period', value: `${from ?? '?'} to ${to ?? '?'}` },
    { label: 'Lines', value: `${statement.lines}, of which ${statement.skipped_already_seen} were imported before` },
    money('Opening', statement.opening_minor),
    money('Closing', statement.closing_minor),
    { label: 'Ties', value: TIES[`${statement.ties}`] },
    { label: 'Matched', value: `${summary.matched}${applied ? ', saved' : ' (preview, nothing was saved)'}` },
    ...(summary.fees_booked === 0 ? [] : [{ label: 'Fees booked', value: String(summary.fees_booked) }]),
    ...(agreement === null
      ? []
      : [money('Book', agreement.ledger_minor), money('Unexplained', agreement.unexplained_minor)]),
  ];
}

function footerOf({ exceptions, summary, statement }: ReconciliationDocument): string[] {
  const kinds = Object.entries(KIND_TITLES).flatMap(([kind, title]) => {
    const of = exceptions.filter((exception) => exception.kind === kind);
    const sum = of.reduce((all, { amount_minor: minor }) => all + (minor ?? 0), 0);
    return of.length === 0 ? [] : [`${of.length} ${title}: ${formatAmount(sum, statement.currency)}`];
  });
  const transit = summary.in_transit === 0 ? [] : [`${summary.in_transit} too young to be missed`];
  const cut = exceptions.length > MOST_SHOWN ? [`Showing ${MOST_SHOWN} of ${exceptions.length}; --json tells all`] : [];
  return [...kinds, ...transit, ...cut];
}

const nextOf = ({ exceptions, applied, fund }: ReconciliationDocument): string[] => {
  const commands = [...new Set(exceptions.map(({ suggested_command: command }) => command))];
  const status = applied ? [`treasury reconcile status --fund ${fund}`] : [];
  return [...commands.slice(0, 3), ...status];
};

const EXCEPTION_COLUMNS: readonly Column<ExceptionDocument>[] = [
  { key: 'kind', title: 'Left', value: ({ kind }) => KIND_TITLES[kind], csv: ({ kind }) => kind, priority: 1 },
  {
    key: 'amount',
    title: 'Amount',
    kind: 'money',
    value: ({ amount_minor: minor, currency }) => (minor === null ? null : formatAmount(minor, currency)),
    csv: ({ amount }) => amount,
    priority: 1,
  },
  {
    key: 'line',
    title: 'Line',
    value: ({ line }) => (line === null ? null : (line.ref ?? `line ${line.position}`)),
    priority: 4,
  },
  { key: 'day', title: 'Day', kind: 'time', value: ({ line }) => line?.booked_on ?? null, priority: 3 },
  { key: 'reference', title: 'Reference', value: ({ line }) => line?.external_id ?? null, priority: 2 },
  { key: 'entry', title: 'Entry', value: ({ payment, entry }) => payment ?? entry, priority: 3 },
  { key: 'message', title: 'Why', value: ({ message }) => message, priority: 5 },
  { key: 'suggested_command', title: 'Suggested', value: (exception) => exception.suggested_command, priority: 6 },
];

/** One row of a spreadsheet: a match or what is left. */
interface ResultRow {
  readonly result: string;
  readonly line: MatchDocument['line'] | null;
  readonly entry: string | null;
  readonly payment: string | null;
  readonly pass: string | null;
  readonly score: number | null;
  readonly reasons: string;
  readonly amount: string | null;
  readonly suggested: string | null;
}

/** Each match and each exception as a document of its own; `result` tells them apart, as in a spreadsheet. */
const linesOf = ({ matched, exceptions }: ReconciliationDocument): object[] => [
  ...matched.map((match) => ({ result: 'matched', ...match })),
  ...exceptions.map((exception) => ({ result: exception.kind, ...exception })),
];

function rowsOf({ matched, exceptions }: ReconciliationDocument): Human['list'] {
  const rows: ResultRow[] = [
    ...matched.map((match) => ({
      ...{ result: 'matched', line: match.line, entry: match.entries.join(' '), payment: match.payment },
      ...{ pass: match.pass, score: match.score, reasons: match.reasons.join(' '), amount: match.line.amount },
      suggested: null,
    })),
    ...exceptions.map((one) => ({
      ...{ result: one.kind, line: one.line, entry: one.entry, payment: one.payment, pass: null, score: null },
      ...{ reasons: one.message, amount: one.amount, suggested: one.suggested_command },
    })),
  ];
  return { columns: ROW_COLUMNS, rows, footer: [], empty: 'Nothing was on the statement.' };
}

const ROW_COLUMNS: readonly Column<ResultRow>[] = [
  { key: 'result', title: 'Result', value: ({ result }) => result, priority: 1 },
  {
    key: 'line',
    title: 'Line',
    value: ({ line }) => line?.ref ?? (line === null ? null : String(line.position)),
    priority: 2,
  },
  { key: 'booked_on', title: 'Booked', value: ({ line }) => line?.booked_on ?? null, priority: 2 },
  { key: 'amount', title: 'Amount', kind: 'money', value: ({ amount }) => amount, priority: 1 },
  { key: 'external_id', title: 'Reference', value: ({ line }) => line?.external_id ?? null, priority: 3 },
  { key: 'counterparty', title: 'Counterparty', value: ({ line }) => line?.counterparty ?? null, priority: 4 },
  { key: 'entry', title: 'Entry', value: ({ entry }) => entry, priority: 1 },
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 2 },
  { key: 'pass', title: 'Pass', value: ({ pass }) => pass, priority: 3 },
  {
    key: 'score',
    title: 'Score',
    kind: 'number',
    value: ({ score }) => (score === null ? null : String(score)),
    priority: 5,
  },
  { key: 'reasons', title: 'Reasons', value: ({ reasons }) => reasons, priority: 5 },
  { key: 'suggested_command', title: 'Suggested', value: ({ suggested }) => suggested, priority: 6 },
];
