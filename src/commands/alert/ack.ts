import { alertDocument } from '../../documents/alert.ts';
import { acknowledgeAlert } from '../../operations/acknowledge-alert.ts';
import { visible } from '../../terminal/clean.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'alert ack',
  summary: 'Say that you have seen an alert and look after it',
  details: 'It is resolved by itself when its cause is gone.',
  arguments: [{ name: 'ref', about: 'alert: reference or id' }],
  examples: [{ command: 'treasury alert ack {ALERT} --reason "the bank is asked"', about: 'others need not look' }],
  access: 'schedule.manage',
  writes: true,
  exits: [6],
  document: 'alert',
  async run(context, input) {
    const { view, changed } = await acknowledgeAlert(await context.store(), await context.actor(), {
      alert: input.text('ref'),
      reason: context.flags.reason,
    });
    const document = alertDocument(view);
    return {
      data: document,
      human: {
        lines: [
          changed
            ? `${document.ref}: open > acknowledged`
            : `${document.ref} was acknowledged already; nothing was changed.`,
          visible(document.message),
        ],
        next: ['treasury alert list --status open'],
      },
    };
  },
};
