import { usage } from '../../domain/problem.ts';
import { rejectRequisition } from '../../operations/reject-requisition.ts';
import type { Command } from '../command.ts';
import { movedOn } from './decide.ts';

export const command: Command = {
  path: 'requisition reject',
  summary: "Reject somebody else's requisition, with a reason",
  details: 'Its requester can amend it, which submits it again.',
  arguments: [{ name: 'ref', about: 'requisition: reference, number or id' }],
  examples: [
    {
      command: 'treasury requisition reject {REQUISITION} --reason "two quotes are needed"',
      about: 'with what its requester must do',
    },
  ],
  access: 'requisition.approve',
  writes: true,
  document: 'requisition',
  async run(context, input) {
    const { reason } = context.flags;
    if (reason === null) {
      throw usage('INPUT_MISSING', 'treasury requisition reject needs --reason <text>.', {
        unchanged: 'Nothing was rejected.',
        fix: `treasury requisition reject ${input.text('ref')} --reason "why"`,
        faults: ['--reason <text>: what its requester must know'],
      });
    }
    return movedOn(
      await rejectRequisition(await context.store(), await context.actor(), { requisition: input.text('ref'), reason }),
    );
  },
};
