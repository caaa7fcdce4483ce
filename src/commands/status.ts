import { statusDocument, type MatterDocument, type StatusDocument, type WaitingDocument } from '../documents/status.ts';
import { formatAmount } from '../domain/money.ts';
import { quantity } from '../domain/quantity.ts';
import { MATTERS, type Matter } from '../domain/status.ts';
import { showStatus } from '../operations/show-status.ts';
import { formatInstant } from '../terminal/zone.ts';
import type { Command } from './command.ts';

export const command: Command = {
  path: 'status',
  summary: 'Who you are, what waits for you, and what to type next',
  details:
    'The first three of each kind, those that have waited longest, with how many there are. The rows of a batch are one of them, with their number and sum. Without a word after it, `treasury` says the same ' +
    'to whoever is logged in.',
  examples: [
    { command: 'treasury status', about: 'what waits for you' },
    { command: 'treasury status --json --fields waiting', about: 'for a script or a prompt' },
  ],
  access: 'anyone',
  writes: false,
  document: 'status',
  async run(context) {
    const store = await context.store();
    const actor = await context.actor();
    const secret = actor.token === undefined ? await readSession(context.places.sessionFile) : null;
    const view = await showStatus(store, actor, secret);
    const data = statusDocument({ ...view, username: actor.username, token: actor.token?.name ?? null });
    const zone = await context.zone();
    const matters = MATTERS.filter((matter) => data.waiting[matter].count > 0);
    const [first] = matters;
    const next = first === undefined ? undefined : data.waiting[first].items[0]?.command;
    return {
      data,
      human: {
        lines: [
          ...whoLines(data, zone),
          '',
          ...(first === undefined
            ? ['Nothing waits for you.']
            : matters.flatMap((matter, at) => linesOf(data, matter, at))),
        ],
        ...(next === undefined ? {} : { next: [next] }),
      },
    };
  },
};

async function readSession(file: string): Promise<string> {
  const { readSecretFile } = await import('../gateways/secret-file.ts');
  return (await readSecretFile(file)).text;
}

const TITLES: Readonly<Record<Matter, string>> = {
  in_flight: 'Outcome open, never pay again',
  in_suspense: 'Left without a debit, to be settled',
  to_pay: 'To pay',
  live_codes: 'With a code that is good now',
  to_retry: 'Failed, may be retried',
  to_approve: 'To approve',
  to_confirm: 'To confirm',
  to_approve_variance: 'Variances to approve',
  to_approve_replenishment: 'Replenishments to approve',
  to_fund: 'Replenishments to fund',
  unmatched_lines: 'Lines that nothing explains',
  missed_payments: 'Payments on no statement',
  unbalanced_statements: 'Statements taken with faults',
  low_funds: 'Low funds',
  changes_waiting: 'Changes that wait for others',
  locked_people: 'Locked out',
};

function whoLines(data: StatusDocument, zone: string): string[] {
  const places = data.places.map(({ role, place, until }) => {
    const words = place === null ? `${role} of the office` : `${role} at ${place}`;
    return until === null ? words : `${words} until ${formatInstant(new Date(until), zone)}`;
  });
  const ends = (at: string) => formatInstant(new Date(at), zone);
  return [
    `${data.username}: ${places.join(', ') || 'no role'}`,
    ...(data.token === null ? [] : [`By the token ${data.token}.`]),
    ...(data.session_idle_expires_at === null || data.session_expires_at === null
      ? []
      : [`Session until ${ends(data.session_idle_expires_at)}`]),
  ];
}

/** A heading with its number, the first few, and what to type. */
function linesOf({ waiting }: StatusDocument, matter: Matter, at: number): string[] {
  const { count, items, command: list }: MatterDocument = waiting[matter];
  // One command for what waits by itself, and one for each batch.
  const first = items.find(({ batch }) => batch === null);
  const told = items.reduce((sum, item) => sum + (item.count ?? 1), 0);
  return [
    `${at + 1}. ${TITLES[matter]}: ${count}`,
    ...items.map((item) => {
      // One blank only: at 30 columns a reference and a million then stand on one line.
      return `   ${[shownName(matter, item), amountOf(item), whoOf(matter, item)].filter((word) => word !== null).join(' ')}`;
    }),
    ...(count > told ? [`   ${count - told} more: ${list}`] : []),
    ...items.filter((item) => item === first || item.batch !== null).map(({ command }) => `   > ${command}`),
  ];
}

/** Who asked or proposed is told as such: beside an amount a bare name is a payee's. */
function whoOf(matter: Matter, { who, batch }: WaitingDocument): string | null {
  const hasAsked = batch !== null || matter === 'to_approve' || matter === 'to_confirm' || matter === 'changes_waiting';
  return hasAsked && who !== null ? `by ${who}` : who;
}

/** What it comes to; where it stands for several, how many and how old. */
function amountOf(item: WaitingDocument): string | null {
  const { name, batch, amount_minor: minor, currency, count, age_days: age } = item;
  if (batch !== null && minor !== null && currency !== null)
    return `${quantity(count ?? 0, 'row')}, ${formatAmount(minor, currency)}`;
  if (count !== null)
    return `${count}, ${age === 0 ? 'of today' : `the oldest ${age} ${age === 1 ? 'day' : 'days'} old`}`;
  return minor === null || currency === null ? name : formatAmount(minor, currency);
}

/** People know requisitions and funds by their numbers and codes. */
const shownName = (matter: Matter, { ref, batch, name, count }: WaitingDocument): string => {
  const byName = matter === 'to_approve' || matter === 'low_funds' || count !== null;
  return byName && batch === null ? (name ?? ref) : ref;
};
