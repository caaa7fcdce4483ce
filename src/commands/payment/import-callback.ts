import { isOdd } from '../../domain/odd-message.ts';
import { usage } from '../../domain/problem.ts';
import { gatewayMessageDocument, type GatewayMessageDocument } from '../../documents/gateway-message.ts';
import { saysOf } from '../../operations/settle-messages.ts';
import { importCallbacks } from '../../operations/import-callbacks.ts';
import { readMessage } from '../../operations/read-message.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { listResult } from '../listing.ts';
import { officeFacts } from '../office-day.ts';

const MOST_BYTES = 1024 * 1024;

export const command: Command = {
  path: 'payment import-callback',
  summary: 'Take results of M-Pesa from files, as `treasury listen` takes them from the network',
  details: [
    'Each file is one JSON body, as it was received. It is kept as it is, then applied once; what does not fit any order is kept and changes',
    'nothing (exit 10). The same file again adds nothing.',
  ].join(' '),
  arguments: [{ name: 'file...', about: 'JSON of a result; - for standard input', file: { mostBytes: MOST_BYTES } }],
  examples: [{ command: 'treasury payment import-callback callback.json', about: 'one result that the proxy kept' }],
  access: 'payment.resolve',
  writes: true,
  refusesKey: () => 'each file is a transaction of its own, and the same file again adds nothing',
  exits: [10],
  document: 'gateway_message',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const { dayAt } = await officeFacts(store);
    const texts = await messagesOf(context, input.many('file'));
    const applied = await importCallbacks(
      store,
      actor,
      { texts, dryRun: context.flags.dryRun },
      { read: readMessage, dayAt, origin: context.origin },
    );
    const documents = applied.map((view) => gatewayMessageDocument(view, saysOf(view.message)));
    const odd = documents.filter(({ outcome }) => isOdd(outcome));
    return {
      ...listResult({
        noun: 'message',
        documents,
        columns: COLUMNS,
        page: { next: null, count: documents.length, totals: {} },
      }),
      exitCode: odd.length === 0 ? 0 : 10,
    };
  },
};

/** Whatever cannot be read is kept for two people to judge, but nothing is nobody's message. Throws usage MESSAGE_EMPTY. */
async function messagesOf(context: Context, files: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const file of files) texts.push(await context.readText(file, MOST_BYTES));
  const empty = files.filter((_, at) => texts[at]?.trim() === '');
  if (empty.length === 0) return texts;
  const names = empty.map((file) => (file === '-' ? 'standard input' : file)).join(', ');
  throw usage('MESSAGE_EMPTY', `There is nothing in ${names}.`, {
    unchanged: 'Nothing was kept.',
    fix: 'give each result as M-Pesa sent it, one JSON body a file: treasury payment import-callback FILE',
  });
}

const COLUMNS: readonly Column<GatewayMessageDocument>[] = [
  { key: 'ref', title: 'Ref', value: ({ ref }) => ref, priority: 1 },
  { key: 'outcome', title: 'Outcome', value: ({ outcome }) => outcome, priority: 1 },
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 1 },
  { key: 'detail', title: 'Detail', value: ({ detail }) => detail, priority: 2 },
];
