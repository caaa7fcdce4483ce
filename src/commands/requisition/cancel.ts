import { cancelRequisition } from '../../operations/cancel-requisition.ts';
import type { Command } from '../command.ts';
import { movedOn } from './decide.ts';

export const command: Command = {
  path: 'requisition cancel',
  summary: 'Cancel a requisition for good: its requester or an approver',
  details: 'Refused while a payment of it is pending, executing or failed: cancel that first.',
  arguments: [{ name: 'ref', about: 'requisition: reference, number or id' }],
  examples: [
    { command: 'treasury requisition cancel {REQUISITION} --reason "no longer needed"', about: 'it can never be paid' },
  ],
  access: 'anyone',
  writes: true,
  document: 'requisition',
  async run(context, input) {
    const request = { requisition: input.text('ref'), reason: context.flags.reason };
    return movedOn(await cancelRequisition(await context.store(), await context.actor(), request));
  },
};
