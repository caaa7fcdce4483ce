import { createHash } from 'node:crypto';
import { formatAmount } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { paymentDocument } from '../../documents/payment.ts';
import { reconcileByHand } from '../../operations/reconcile-by-hand.ts';
import { MOST_BYTES } from '../../statements/limits.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { openStatementFile } from '../statement-file.ts';

export const command: Command = {
  path: 'reconcile payment',
  summary: 'Mark payments reconciled by hand, on evidence that no statement file holds',
  details:
    'By somebody who neither requested nor executed them; several: all or none. The digest of the evidence is kept with who, when and why.',
  arguments: [{ name: 'ref...', about: 'payments: references or ids' }],
  options: [
    {
      flags: '--gateway-reference <r>',
      about: 'the reference on the statement; it must be the one the payment was made with',
    },
    {
      flags: '--amount <a>',
      about:
        'what the statement says was paid, of one payment; another amount than the books have records a variance (exit 10)',
    },
    {
      flags: '--evidence <file>',
      about: 'a scan or letter that shows it; its digest is kept',
      file: { mostBytes: MOST_BYTES, binary: true },
    },
  ],
  examples: [
    {
      command: 'treasury reconcile payment {PAID} --reason "the bank confirmed it by letter"',
      about: 'the bank confirmed it by letter',
    },
  ],
  access: 'reconcile.run',
  writes: true,
  refusesKey: (input) =>
    input.optional('evidence') === '-' ? 'what comes on standard input is not kept to be compared' : null,
  exits: [10],
  document: 'payment',
  async run(context, input) {
    const refs = input.many('ref');
    const reference = input.optional('gatewayReference') ?? null;
    const amount = input.optional('amount') ?? null;
    if ((reference !== null || amount !== null) && refs.length > 1) {
      throw usage('ONE_PAYMENT_ONLY', '--gateway-reference and --amount are those of one payment; give one.', {
        unchanged: 'Nothing was reconciled.',
      });
    }
    const done = await reconcileByHand(await context.store(), await context.actor(), {
      payments: refs,
      reference,
      amount,
      evidence: await evidenceOf(context, input),
      reason: context.flags.reason,
    });
    const documents = done.map(({ view }) => paymentDocument(view, context.now()));
    const [only] = documents;
    const variances = done.flatMap(({ variance, view }) =>
      variance === null ? [] : [{ ...variance, currency: view.payment.currency }],
    );
    return {
      exitCode: variances.length > 0 ? 10 : 0,
      warnings: variances.map(
        ({ ref, minor, currency }) =>
          `${ref} over ${formatAmount(minor, currency)} waits for a CFO; nothing is reconciled yet.`,
      ),
      data: only !== undefined && documents.length === 1 ? only : documents,
      human: {
        lines: done.map(({ before, view }) => `${view.payment.ref}: ${before} > ${view.payment.status}`),
        next: [
          ...variances.map(({ ref }) => `treasury variance approve ${ref}`),
          `treasury payment show ${done[0]?.view.payment.ref ?? ''}`,
        ],
      },
    };
  },
};

async function evidenceOf(context: Context, input: Input): Promise<{ name: string; sha256: string } | null> {
  const name = input.optional('evidence');
  if (name === undefined) return null;
  const file = await openStatementFile(context, name);
  try {
    const hash = createHash('sha256');
    for (const piece of file.pieces()) hash.update(piece);
    return { name, sha256: hash.digest('hex') };
  } finally {
    file.close();
  }
}
