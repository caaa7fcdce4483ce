import { Problem, usage } from '../../domain/problem.ts';
import { gatewayDocument } from '../../documents/gateway.ts';
import type { Reply } from '../../gateways/rail.ts';
import { gatewayView } from '../../operations/show-gateways.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'gateway test',
  summary: 'Try whether a gateway takes our credentials, without moving money',
  details:
    'For mpesa it gets a token and asks for the balance of the short code. Exit 9 when it is not taken, with what Safaricom says.',
  arguments: [{ name: 'method', about: 'mpesa' }],
  examples: [{ command: 'treasury gateway test mpesa', about: 'after `gateway set`, and after each new password' }],
  access: 'office.manage',
  writes: false,
  exits: [6, 9],
  document: 'gateway',
  async run(context, input) {
    if (input.text('method') !== 'mpesa')
      throw usage('CHOICE_UNKNOWN', 'Only mpesa has a gateway that can be tried.', {
        fix: 'treasury gateway test mpesa',
      });
    const store = await context.store();
    await context.actor();
    const view = await store.read((tx) => gatewayView(tx, 'mpesa'));
    if (view.row === null || view.row.kind !== 'daraja')
      throw new Problem('refused', 'GATEWAY_BY_HAND', 'mpesa is paid by hand: there is nothing to try.', {
        unchanged: 'Nobody was asked.',
        fix: 'treasury gateway set mpesa daraja --help',
      });
    const reply = await context.tryGateway(view.row);
    if (reply.kind !== 'accepted') throw notTaken(reply);
    return {
      data: gatewayDocument(view, []),
      human: {
        lines: ['M-Pesa takes our credentials: a token was given, and the balance was asked for.'],
        next: ['treasury gateway list'],
      },
    };
  },
};

const notTaken = (reply: Exclude<Reply, { kind: 'accepted' }>): Problem =>
  new Problem(
    'external',
    'GATEWAY_NOT_READY',
    `M-Pesa does not take it: ${reply.kind === 'rejected' ? `${reply.code} ${reply.reason}` : reply.reason}.`,
    { unchanged: 'No money was moved.', fix: 'treasury gateway set --help' },
  );
