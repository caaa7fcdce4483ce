import { approveBatch } from '../../src/operations/approve-batch.ts';
import { createBatch } from '../../src/operations/create-batch.ts';
import { runBatch } from '../../src/operations/run-batch.ts';
import { batchFile, noRail, type RowWish } from '../support/a-batch.ts';
import type { DemoOffice } from './demo-office.ts';

/** How far a batch has come; what only prepares a test goes through the operations, but for the code, whose pepper is the tool's. */
export type Stage = 'submitted' | 'approved' | 'ready' | 'begun';

const TWO_ROWS: readonly RowWish[] = [
  { amount: '100' },
  { payee: 'Peter Otieno', destination: 'Peter', amount: '150' },
];

/** The reference of a batch of cash from PETTY: made by Amina, approved by Brian, its code given by Carol, begun and stopped at once. */
export async function aBatch(
  office: DemoOffice,
  stage: Stage,
  { rows = TWO_ROWS, fund = 'PETTY' }: { readonly rows?: readonly RowWish[]; readonly fund?: string } = {},
): Promise<string> {
  const { store, actor, facts } = office;
  const created = await createBatch(store, await actor('amina'), { file: batchFile(rows), fund, title: 'Stipends' });
  const { id, ref } = created.view.batch;
  if (stage === 'submitted') return ref;
  await approveBatch(store, await actor('brian'), { batch: ref, hash: null, reason: null });
  if (stage === 'approved') return ref;
  await office.data('carol', ['batch', 'otp', ref, '--send']);
  await office.data('carol', ['batch', 'otp', ref, '--verify', '--code-stdin'], office.newestCode());
  if (stage === 'ready') return ref;
  await runBatch(store, await actor('carol'), {
    ...{ batchId: id, act: 'execute', dayAt: facts.dayAt, stopOnError: false, dryRun: false },
    ...{ stopped: () => true, clock: () => 0, pause: () => Promise.resolve(), tell: () => undefined },
    sending: noRail,
  });
  return ref;
}
