import { parseDuration } from '../../domain/duration.ts';
import { Problem, usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { paymentDocument } from '../../documents/payment.ts';
import { findPayment } from '../../operations/explain-payment.ts';
import type { PaymentView } from '../../store/payment-views.ts';
import type { Input, OptionSpec, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { nextSteps, paymentCard } from './show.ts';

export const WAITING_OPTIONS: readonly OptionSpec[] = [
  { flags: '--for <time>', about: 'at most so long, such as 30min or 2h (default 10min)' },
];

const AT_MOST = '10min';
/** Looked at as often at first, then ever more seldom. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Looks at a payment until its outcome is known or the time is up; tells each step that it takes. */
export async function waitFor(context: Context, input: Input, tell: (step: string) => void): Promise<Result> {
  const milliseconds = timeOf(input.optional('for') ?? AT_MOST);
  const store = await context.store();
  const actor = await context.actor();
  const until = context.now().getTime() + milliseconds;
  let pause = FIRST_PAUSE_MS;
  let told = '';
  for (;;) {
    const view = await findPayment(store, actor, input.text('ref'));
    const step = stepOf(view);
    if (step !== told) tell(`${view.payment.ref}: ${step}`);
    told = step;
    const left = until - context.now().getTime();
    if (view.payment.status !== 'executing' || left <= 0) return resultOf(context, view);
    await context.pause(Math.min(pause, left));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

function timeOf(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null) return milliseconds;
  throw usage('DURATION_INVALID', `--for ${quoted(text)} is not a length of time.`, { fix: '--for 10min, 2h or 1d' });
}

const stepOf = ({ payment, attempt }: PaymentView): string =>
  attempt === null ? payment.status : `${payment.status} (${attempt.state})`;

async function resultOf(context: Context, view: PaymentView): Promise<Result> {
  const { payment } = view;
  if (payment.status === 'failed')
    throw new Problem(
      'external',
      'PAYMENT_FAILED',
      `${payment.ref} failed: ${payment.lastError ?? 'no reason is known'}.`,
      {
        unchanged: 'Nothing was paid; its money is free.',
        fix:
          payment.retryCount < payment.maxRetries
            ? `treasury payment retry ${payment.ref}`
            : `treasury payment cancel ${payment.ref}`,
      },
    );
  const document = paymentDocument(view, context.now());
  return {
    data: document,
    exitCode: payment.status === 'executing' ? 8 : 0,
    human: { card: paymentCard(document, await context.zone()), next: nextSteps(document) },
  };
}
