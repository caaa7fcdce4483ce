import { readSecretFile } from '../../gateways/secret-file.ts';
import { isFailed } from '../../domain/check.ts';
import { runEnding } from '../../domain/batch.ts';
import { formatAmount } from '../../domain/money.ts';
import { Problem } from '../../domain/problem.ts';
import { quantity } from '../../domain/quantity.ts';
import { batchDocument, type BatchDocument } from '../../documents/batch.ts';
import { batchCode } from '../../operations/batch-code.ts';
import { findBatch } from '../../operations/find-batch.ts';
import { batchRefusal, lookAtBatch } from '../../operations/judge-batch.ts';
import type { RowResult } from '../../operations/pay-rows.ts';
import { runBatch, type BatchRun } from '../../operations/run-batch.ts';
import { whileSessionLives } from '../../operations/while-session-lives.ts';
import { visible } from '../../terminal/clean.ts';
import type { Input, OptionSpec, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';
import { askingForCode, type CodeCase } from '../payment/ask-code.ts';
import { nextSteps, outcomeText } from './card.ts';

/** How a batch is run, whether it begins or goes on. */
export const RUN_OPTIONS: readonly OptionSpec[] = [
  { flags: '--stop-on-error', about: 'stop at the first row that fails' },
];

interface Running extends Pick<CodeCase, 'store' | 'actor' | 'ref'> {
  readonly batchId: string;
  readonly act: 'execute' | 'resume';
}

/** Runs the rows of a batch that wait and shows what became of all of them; 12 when some failed, else 8 while some are in flight. */
export async function runWholeBatch(context: Context, input: Input, act: Running['act']): Promise<Result> {
  const store = await context.store();
  const actor = await context.actor();
  const { batch } = (await findBatch(store, actor, input.text('ref'))).view;
  const { dayAt } = await officeFacts(store);
  // A token pays nothing, and is told so.
  const secret = actor.token === undefined ? (await readSecretFile(context.places.sessionFile)).text.trim() : null;
  const running: Running = { store, actor, ref: batch.ref, batchId: batch.id, act };
  const codeCase = () => Promise.resolve({ store, actor, ref: batch.ref, subject: batchCode(batch.id) });
  // Who goes on said yes to all of it at the start.
  if (act === 'execute' && !context.flags.yes)
    await askingForCode(context, codeCase, () => confirmRun(context, running));
  const run = await context.gently(async (stop) => {
    const ended = await askingForCode(context, codeCase, () =>
      runBatch(store, actor, {
        ...{ batchId: batch.id, act, dayAt, stopOnError: input.flag('stopOnError'), dryRun: context.flags.dryRun },
        stopped: () => stop() !== null,
        whileActing: (plain) => (secret === null ? plain : whileSessionLives(plain, actor, secret)),
        clock: () => context.now().getTime(),
        pause: () => context.pause(SHORTEST_PAUSE_MS + context.randomInt(PAUSE_JITTER_MS)),
        sending: () => ({ ...context.sending(), breathe: () => context.pause(BREATH_MS) }),
        tell: (result, progress) => tell(context, result, progress),
      }),
    );
    const code = stop();
    if (ended.interrupted && code !== null) throw interrupted(ended, code);
    return ended;
  });
  return outcome(run);
}

const SHORTEST_PAUSE_MS = 3;
const PAUSE_JITTER_MS = 3;
/** As long as who waits for the database sleeps between two tries. */
const BREATH_MS = 1;

/** A person is only asked about a batch that can be paid. */
async function confirmRun(context: Context, { store, actor, batchId }: Running): Promise<void> {
  const { batch, fund, waiting, checks } = await lookAtBatch(store, actor, { batchId, act: 'execute' });
  if (checks.some(isFailed)) throw batchRefusal(batch.ref, checks);
  const amountMinor = waiting.reduce((sum, { payment }) => sum + payment.amountMinor, 0);
  await context.ask.confirm({
    message: `Pay ${quantity(waiting.length, 'row')} of ${batch.ref}, ${formatAmount(amountMinor, batch.currency)}, from fund ${fund.code} (hash ${batch.hash.slice(0, 12)})?`,
    amountMinor,
    currency: batch.currency,
    unchanged: 'Nothing was paid.',
  });
}

/** So often the run says how far it is; what does not go well is said at once. */
const ROWS_BETWEEN_WORDS = 25;

function tell(context: Context, { row, state, problem }: RowResult, { done, of }: { done: number; of: number }): void {
  const { item, payment } = row;
  const what = `line ${item.line}, ${formatAmount(payment.amountMinor, payment.currency)} to ${visible(payment.payee)}`;
  if (state === 'failed') context.say(`${done} of ${of}: ${what}: not paid. ${visible(problem ?? '')}`);
  else if (of <= ROWS_BETWEEN_WORDS) context.say(`${done} of ${of}: ${what}: ${WORDS[state]}.`);
  else if (done % ROWS_BETWEEN_WORDS === 0 || done === of) context.say(`${done} of ${of} rows.`);
}

const WORDS = { paid: 'paid', in_flight: 'in flight', elsewhere: 'done elsewhere meanwhile' } as const;

const documentOf = ({ view, rows, results }: BatchRun): BatchDocument =>
  batchDocument(
    view,
    rows,
    new Map(results.flatMap(({ row, problem }) => (problem === null ? [] : [[row.payment.id, problem] as const]))),
  );

function interrupted(run: BatchRun, code: 130 | 143): Problem {
  const { ref } = run.view.batch;
  const inFlight = run.view.tally.inFlight;
  const document = documentOf(run);
  return new Problem(
    'cancelled',
    'INTERRUPTED',
    `${code === 143 ? 'Terminated' : 'Interrupted'} after ${quantity(run.results.length, 'row')} of ${ref}: ${outcomeText(document)}.`,
    {
      unchanged:
        inFlight > 0
          ? 'What was paid stays paid, and money in flight may have left: never pay it again. The other rows were not touched.'
          : 'What was paid stays paid. The other rows were not touched.',
      fix: `treasury batch resume ${ref}`,
      exitCode: inFlight > 0 ? 8 : code,
    },
  );
}

function outcome(run: BatchRun): Result {
  const document = documentOf(run);
  const { ref, fund } = document;
  return {
    data: document,
    ...runEnding(run.unpaid),
    human: {
      lines: [
        `${ref}: ${run.before} > ${document.status}, ${outcomeText(document)}`,
        `${formatAmount(document.paid_minor, document.currency)} of ${formatAmount(document.total_minor, document.currency)} paid from fund ${fund}`,
      ],
      next: nextSteps(document),
    },
  };
}
