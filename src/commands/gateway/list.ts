import { gatewayDocument, type GatewayDocument } from '../../documents/gateway.ts';
import { showGateways } from '../../operations/show-gateways.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { listResult } from '../listing.ts';

export const command: Command = {
  path: 'gateway list',
  summary: 'How each method is paid: by hand or by a rail, and what is missing for it here',
  examples: [{ command: 'treasury gateway list', about: 'every method with its gateway' }],
  access: 'books.read',
  writes: false,
  document: 'gateway',
  async run(context) {
    await context.actor();
    const views = await showGateways(await context.store());
    const documents: GatewayDocument[] = [];
    for (const view of views) documents.push(gatewayDocument(view, await context.missingSecrets(view.row)));
    return listResult({
      noun: 'method',
      documents,
      columns: COLUMNS,
      page: { next: null, count: documents.length, totals: {} },
    });
  },
};

const COLUMNS: readonly Column<GatewayDocument>[] = [
  { key: 'method', title: 'Method', value: ({ method }) => method, priority: 1 },
  { key: 'kind', title: 'Paid by', value: ({ kind }) => kind, priority: 1 },
  { key: 'account', title: 'Account', value: ({ account }) => account, priority: 2 },
  { key: 'missing', title: 'Missing here', value: ({ missing }) => missing.join(', '), priority: 3 },
  { key: 'set_by', title: 'Set by', value: ({ set_by: by }) => by, priority: 4 },
];
