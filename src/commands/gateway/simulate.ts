import path from 'node:path';
import { parseDuration } from '../../domain/duration.ts';
import { Problem, usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { SCENARIOS, USUAL } from '../../gateways/mpesa/simulator/scenarios.ts';
import { writeSecretFile } from '../../gateways/secret-file.ts';
import type { Simulator } from '../../gateways/mpesa/simulator/simulator.ts';
import { money } from '../../documents/money.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';

const LONGEST = '365d';
const SHORT_CODE = '600000';
/** M-Pesa takes whole shillings. */
const CURRENCY = 'KES';
const MINOR_IN_A_SHILLING = 100;

export const command: Command = {
  path: 'gateway simulate',
  summary: 'Be M-Pesa for training: a Daraja of our own, with its troubles and without money',
  details: [
    'It takes orders as Daraja does and reports results to the --result-url of `gateway set`. Numbers 254700000xxx play one trouble each',
    '(listed when it starts); every other number is paid. With --dir it writes daraja.toml and its key there, to lie beside the pepper in',
    'gateways/. No login, no database. Ctrl-C stops it.',
  ].join(' '),
  options: [
    { flags: '--port <port>', about: 'where to listen (default any that is free)' },
    { flags: '--dir <directory>', about: 'where to write daraja.toml and certificate.pem' },
    { flags: '--seed <number>', about: 'receipts of another run (default 1)' },
    { flags: '--for <time>', about: 'stop by itself after so long' },
  ],
  examples: [{ command: 'treasury gateway simulate --for 0min', about: 'start, tell the magic numbers, and stop' }],
  access: 'open',
  writes: false,
  document: 'simulation',
  async run(context, input) {
    const { port, seed, milliseconds } = termsOf(input);
    const simulator = await started(context, { port, seed });
    const written = await writeFiles(input.optional('dir'), simulator);
    context.say(`M-Pesa is played on ${simulator.url}, short code ${SHORT_CODE}; nothing is paid for real.`);
    for (const file of written) context.say(`Written: ${file}`);
    context.say(setLine(simulator.url));
    for (const [number, { about }] of SCENARIOS) context.say(`${number}  ${about}`);
    context.say(`any other     ${USUAL.about}`);
    await context.pause(milliseconds);
    await simulator.close();
    return {
      data: {
        url: simulator.url,
        short_code: SHORT_CODE,
        files: written,
        scenarios: [...SCENARIOS].map(([number, { about }]) => ({ number, about })),
        paid: simulator.paid.map(({ key, receipt, amount, receiver }) => ({
          key,
          receipt,
          ...money('amount', amount * MINOR_IN_A_SHILLING, CURRENCY),
          currency: CURRENCY,
          receiver,
        })),
      },
      human: {
        lines: [`Stopped: ${simulator.paid.length} paid.`],
      },
    };
  },
};

const setLine = (url: string): string =>
  `treasury gateway set mpesa daraja --base-url ${url} --short-code ${SHORT_CODE} --initiator treasury --result-url http://127.0.0.1:8090/results`;

function termsOf(input: Input): { readonly port: number; readonly seed: number; readonly milliseconds: number } {
  const port = input.optional('port') ?? '0';
  const seed = input.optional('seed') ?? '1';
  const time = input.optional('for') ?? LONGEST;
  const milliseconds = parseDuration(time);
  const faults = [
    ...(/^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? [] : [`--port ${quoted(port)} is no port from 0 to 65535`]),
    ...(/^\d{1,9}$/.test(seed) ? [] : [`--seed ${quoted(seed)} is not a number of up to nine digits`]),
    ...(milliseconds === null ? [`--for ${quoted(time)} is not a length of time such as 30min, 2h or 1d`] : []),
  ];
  if (faults.length === 0) return { port: Number(port), seed: Number(seed), milliseconds: milliseconds ?? 0 };
  throw usage('SIMULATION_INVALID', `M-Pesa cannot be played like this: ${faults.join('; ')}.`, {
    unchanged: 'Nothing was started.',
    fix: 'treasury gateway simulate --help',
    faults,
  });
}

async function started(
  context: Context,
  { port, seed }: { readonly port: number; readonly seed: number },
): Promise<Simulator> {
  const { startSimulator } = await import('../../gateways/mpesa/simulator/simulator.ts');
  const later = (milliseconds: number, work: () => Promise<void>): void => {
    void (async () => {
      await context.pause(milliseconds);
      await work();
    })().catch((error: unknown) => context.say(error instanceof Error ? error.message : String(error)));
  };
  try {
    return await startSimulator({
      ...{ host: '127.0.0.1', port, seed, later },
      shortCode: SHORT_CODE,
      now: context.now,
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Problem('external', 'PORT_NOT_OPENED', `Port ${port} cannot be opened${code}.`, {
      unchanged: 'Nothing was started.',
      fix: 'treasury gateway simulate --port 0',
    });
  }
}

async function writeFiles(directory: string | undefined, { credentials }: Simulator): Promise<string[]> {
  if (directory === undefined) return [];
  const [table, certificate] = ['daraja.toml', 'certificate.pem'].map((name) => path.join(directory, name));
  if (table === undefined || certificate === undefined) return [];
  // Never over secrets that are there: they may be real ones.
  if (!(await writeSecretFile(certificate, credentials.certificate, { exclusive: true }))) throw inTheWay(certificate);
  const fresh = await writeSecretFile(
    table,
    [
      `consumer_key = "${credentials.consumerKey}"`,
      `consumer_secret = "${credentials.consumerSecret}"`,
      `initiator_password = "${credentials.initiatorPassword}"`,
      'certificate = "certificate.pem"',
      '',
    ].join('\n'),
    { exclusive: true },
  );
  if (!fresh) throw inTheWay(table);
  return [table, certificate];
}

const inTheWay = (file: string): Problem =>
  usage('FILE_IN_THE_WAY', `${file} is there already, and may hold real secrets.`, {
    unchanged: 'It is as it was.',
    fix: 'treasury gateway simulate --dir AN-EMPTY-DIRECTORY',
  });
