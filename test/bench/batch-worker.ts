import { once } from 'node:events';
import type { Actor } from '../../src/domain/access.ts';
import { officeFacts } from '../../src/commands/office-day.ts';
import { openStore } from '../../src/store/open.ts';
import { payBatch } from './a-long-batch.ts';

// A process that runs a batch for batches.ts.

export interface BatchStart {
  readonly url: string;
  readonly executor: Actor;
  readonly batchId: string;
}

const [{ url, executor, batchId }] = (await once(process, 'message')) as [BatchStart];
const store = await openStore(url, { clock: () => new Date() });
const { dayAt } = await officeFacts(store);
process.send?.('ready');
await once(process, 'message');
await payBatch({ store, dayAt, office: { executor } }, batchId);
process.send?.('done');
await store.close();
process.disconnect();
