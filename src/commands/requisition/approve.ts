import { approveRequisition } from '../../operations/approve-requisition.ts';
import type { Command } from '../command.ts';
import { warnOfFlags } from '../payee-flags.ts';
import { movedOn } from './decide.ts';

export const command: Command = {
  path: 'requisition approve',
  summary: "Approve somebody else's requisition as it stands",
  details:
    'Whoever approves it cannot execute its payments. One approver is enough, unless the policy asks for more: then it stays submitted ' +
    'until all have approved. What is approved, but not as a newer policy asks, can be approved further.',
  arguments: [{ name: 'ref', about: 'requisition: reference, number or id' }],
  examples: [{ command: 'treasury requisition approve {REQUISITION}', about: 'it can be paid from now on' }],
  access: 'requisition.approve',
  writes: true,
  document: 'requisition',
  async run(context, input) {
    const request = { requisition: input.text('ref'), reason: context.flags.reason };
    const decided = await approveRequisition(await context.store(), await context.actor(), request);
    return movedOn(decided, await warnOfFlags(context, decided.view.requisition));
  },
};
