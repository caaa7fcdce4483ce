import { batchCode } from '../../operations/batch-code.ts';
import { findBatch } from '../../operations/find-batch.ts';
import type { Command } from '../command.ts';
import {
  CODE_OPTIONS,
  codeData,
  codeWords,
  refuseContradictions,
  refusesSecret,
  sendOrVerify,
} from '../payment/give-code.ts';

export const command: Command = {
  path: 'batch otp',
  summary: 'Send the one code of a batch and ask for it',
  details:
    'The code goes to you, who will execute the batch, and is good for five minutes; it stands for the rows of its hash and no others. Without a terminal it is only sent; then give it with --verify --code-stdin.',
  arguments: [{ name: 'ref', about: 'batch: reference or id' }],
  options: CODE_OPTIONS,
  examples: [
    { command: 'treasury batch otp {APPROVED_BATCH} --send', about: 'mail me the code' },
    {
      command: 'printf %s {BATCH_CODE} | treasury batch otp {APPROVED_BATCH} --verify --code-stdin',
      about: 'verify it from a script',
    },
  ],
  access: 'payment.execute',
  writes: true,
  refusesKey: refusesSecret,
  document: 'batch_code',
  async run(context, input) {
    refuseContradictions(context, input, command.path);
    const store = await context.store();
    const actor = await context.actor();
    const { batch } = (await findBatch(store, actor, input.text('ref'))).view;
    const given = await sendOrVerify(context, input, { store, actor, ref: batch.ref, subject: batchCode(batch.id) });
    if (given === null) throw new Error(`the batch ${batch.ref} needs a code`);
    return { data: { batch: batch.ref, ...codeData(given) }, human: codeWords('batch', batch.ref, given) };
  },
};
