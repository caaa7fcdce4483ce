import { parseDuration } from '../domain/duration.ts';
import { isCurrency } from '../domain/currency.ts';
import { formatAmount } from '../domain/money.ts';
import { readBalances } from '../domain/mpesa/daraja-balances.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { getPaymentRowOfAttempt } from '../store/attempts.ts';
import { applyWaiting, type Applied, type Reader } from '../operations/receive-evidence.ts';
import { readMessage } from '../operations/read-message.ts';
import { isResultToken, reportsApplier, reportsKeeper } from '../operations/take-report.ts';
import type { Store } from '../store/store.ts';
import { visible } from '../terminal/clean.ts';
import type { Command, Input } from './command.ts';
import type { Context } from './context.ts';
import { officeFacts } from './office-day.ts';
import { outagesOf, passesByItself, type Outages } from './outage.ts';
import { rest } from './rest.ts';

const LONGEST = '365d';

export const command: Command = {
  path: 'listen',
  summary: 'Take the results that M-Pesa reports, until it is stopped',
  details: [
    'Safaricom reports to the --result-url of `gateway set`, with a part of its own for each order; let a proxy with TLS hand that on to this',
    'port. Each report is kept before it is answered and applied after; the same one again, or one that fits no order, changes nothing.',
    'It may run with a token (--scope gateway:listen). At Ctrl-C or SIGTERM it takes nothing more, applies what it has kept, and ends with 0; what',
    'a crash leaves unapplied is applied at the next start.',
  ].join(' '),
  options: [
    { flags: '--port <port>', about: 'where to listen; 0 for any that is free', required: true },
    { flags: '--host <address>', about: 'on which address (default 127.0.0.1)' },
    { flags: '--for <time>', about: 'stop by itself after so long' },
  ],
  examples: [{ command: 'treasury listen --port 0 --for 0min', about: 'apply what was kept, and stop at once' }],
  access: 'books.read',
  writes: true,
  refusesKey: () => 'each report is a transaction of its own, and the same report again adds nothing',
  document: 'listening',
  async run(context, input) {
    const { port, milliseconds } = termsOf(input);
    const store = await context.store();
    await context.actor();
    const { dayAt } = await officeFacts(store);
    const reader: Reader = { read: readMessage, dayAt, origin: context.origin };
    const host = input.optional('host') ?? '127.0.0.1';
    if (context.flags.dryRun) {
      const lines = ['Nothing was taken, and nothing is listened for (dry run).'];
      return { data: { host, port, kept: 0, applied: 0 }, human: { lines } };
    }
    const counts = { kept: 0, applied: 0 };
    let ending = false;
    const outages = outagesOf(context, await context.zone(), () => ending);
    const told = async (applied: Applied): Promise<void> => {
      counts.applied += 1;
      context.say(await lineOf(store, applied));
    };
    for (const applied of await applyWaiting(store, reader)) await told(applied);
    const listener = await listening(context, { host, port, store, reader, told, counts, outages });
    context.say(`Listening on http://${host}:${listener.port}`);
    await context.gently(async (stop) => {
      await rest(context, milliseconds, () => stop() !== null);
      ending = true;
      await listener.close();
      await listener.applied();
    });
    return {
      data: { host, port: listener.port, ...counts },
      human: { lines: [`Stopped listening on port ${listener.port}: ${counts.kept} kept, ${counts.applied} applied.`] },
    };
  },
};

function termsOf(input: Input): { readonly port: number; readonly milliseconds: number } {
  const text = input.text('port');
  const time = input.optional('for') ?? LONGEST;
  const milliseconds = parseDuration(time);
  const faults = [
    ...(/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? [] : [`--port ${quoted(text)} is no port from 0 to 65535`]),
    ...(milliseconds === null ? [`--for ${quoted(time)} is not a length of time such as 30min, 2h or 1d`] : []),
  ];
  if (faults.length === 0) return { port: Number(text), milliseconds: milliseconds ?? 0 };
  const [only = '', another] = faults;
  throw usage(
    'LISTEN_INVALID',
    another === undefined
      ? `It cannot listen like this: ${only}.`
      : `It cannot listen like this: ${faults.length} things are wrong.`,
    {
      unchanged: 'Nothing was taken.',
      fix: 'treasury listen --port 8080',
      ...(another === undefined ? {} : { faults }),
    },
  );
}

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly store: Store;
  readonly reader: Reader;
  readonly told: (applied: Applied) => Promise<void>;
  readonly counts: { kept: number };
  readonly outages: Outages;
}

/** Listens; what comes together is kept together, and applied behind what came before it, after it was answered. */
async function listening(context: Context, options: Listening) {
  const { host, port, store, reader, told, counts, outages } = options;
  const { listenForResults } = await import('../server/results.ts');
  let last: Promise<void> = Promise.resolve();
  const [keep, apply] = [reportsKeeper(store), reportsApplier(store, reader)];
  /** Once the database is back, which it may be by now. What was applied without an answer to its COMMIT is not applied again. */
  const applyAnew = async (message: Parameters<typeof apply>[0], error: unknown): Promise<Applied> => {
    if (!passesByItself(error)) throw error;
    const again = () => apply(message);
    const applied = await again().catch((still: unknown) => outages.outlast(still, again));
    if (applied === null) throw error;
    outages.well();
    return applied;
  };
  const applyNext = (message: Parameters<typeof apply>[0]): void => {
    const applied = apply(message);
    // Told in its turn, below.
    applied.catch(() => undefined);
    last = last
      .then(async () => told(await applied.catch((error: unknown) => applyAnew(message, error))))
      // It stays kept and waiting: the next start, or `payment resolve`, applies it.
      .catch((error: unknown) => context.say(`${message.ref} waits: ${reasonOf(error)}`));
  };
  try {
    const listener = await listenForResults({
      host,
      port,
      known: (token) => isResultToken(store, token),
      keep: async ({ about, ...report }) => {
        if (about === 'balance') return tellBalances(context, report.body);
        const message = await keep({ ...report, about });
        counts.kept += 1;
        applyNext(message);
      },
      now: () => context.now().getTime(),
      failed: (error) => context.say(`A report was not kept: ${reasonOf(error)}`),
    });
    return { ...listener, applied: () => last };
  } catch (error) {
    throw notOpened(error, { host, port });
  }
}

/** Why a port cannot be had, and what to do about it. */
function notOpened(error: unknown, { host, port }: Pick<Listening, 'host' | 'port'>): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const code = String(error.code);
  const [why, fix] = WHY_NOT_OPENED[code] ?? [code, 'treasury listen --port PORT --host ADDRESS'];
  return new Problem('external', 'PORT_NOT_OPENED', `Port ${port} of ${host} cannot be opened: ${why}.`, {
    unchanged: 'Nothing was taken.',
    fix,
  });
}

const NO_ADDRESS = ['this machine has no such address', 'treasury listen --port PORT --host 127.0.0.1'] as const;
const WHY_NOT_OPENED: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  EADDRINUSE: [
    'another program listens there',
    'end that program, or take another port, also where M-Pesa is led to it: treasury listen --port PORT',
  ],
  EACCES: ['this user may not open it', 'take a port from 1024 on, behind a proxy: treasury listen --port 8090'],
  EADDRNOTAVAIL: NO_ADDRESS,
  ENOTFOUND: NO_ADDRESS,
};

const reasonOf = (error: unknown): string => visible(error instanceof Error ? error.message : String(error));

/** What `gateway test` asked for: told, and not kept. */
function tellBalances(context: Context, body: string): void {
  for (const { account, currency, balanceMinor } of readBalances(body))
    if (isCurrency(currency)) context.say(`${visible(account)}: ${formatAmount(balanceMinor, currency)}`);
}

async function lineOf(store: Store, { message, outcome, detail }: Applied): Promise<string> {
  const { attemptId } = message;
  const about = attemptId === null ? '' : ` ${(await store.read((tx) => getPaymentRowOfAttempt(tx, attemptId))).ref}:`;
  return `${message.ref}${about} ${outcome}${detail === null ? '' : `, ${visible(detail)}`}`;
}
