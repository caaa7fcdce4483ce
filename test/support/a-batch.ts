import type { Actor } from '../../src/domain/access.ts';
import { approveBatch, type ApprovedBatch } from '../../src/operations/approve-batch.ts';
import { batchCode } from '../../src/operations/batch-code.ts';
import { createBatch, type CreatedBatch } from '../../src/operations/create-batch.ts';
import { runBatch, type BatchRun, type RunRequest } from '../../src/operations/run-batch.ts';
import { sendCodeFor } from '../../src/operations/send-code.ts';
import { verifyCodeFor } from '../../src/operations/verify-code.ts';
import type { Row } from '../../src/store/tables.ts';
import { codeIn, PEPPER, type PayingOffice } from './an-office.ts';

/** What a row is; whatever a test does not say is right and does not matter. */
export interface RowWish {
  readonly payee?: string;
  readonly amount?: string;
  readonly method?: 'cash' | 'mpesa' | 'bank';
  readonly destination?: string;
  readonly purpose?: string;
}

const USUAL = { cash: 'Jane Wanjiru', mpesa: '0712345678', bank: 'KCB:1234567890' };

/** Rows as a file of the tool's own header. */
export const batchFile = (rows: readonly RowWish[]): Uint8Array =>
  Buffer.from(
    [
      'payee,amount,purpose,method,destination,company,region,branch,category',
      ...rows.map(({ payee = 'Jane Wanjiru', amount = '100', method = 'cash', destination, purpose = 'Stipend' }) =>
        [payee, amount, purpose, method, destination ?? USUAL[method], '', '', '', ''].join(','),
      ),
    ].join('\n'),
  );

/** What is done with batches in an office; whoever is not said is the usual person. */
export interface Batches {
  create(fund: Row<'funds'>, rows: readonly RowWish[], by?: Actor): Promise<CreatedBatch>;
  approve(batch: Row<'batches'>, by?: Actor, hash?: string | null): Promise<ApprovedBatch>;
  /** A batch that can be paid but for its code. */
  approved(fund: Row<'funds'>, rows: readonly RowWish[]): Promise<Row<'batches'>>;
  send(batch: Row<'batches'>, by?: Actor): Promise<string>;
  verify(batch: Row<'batches'>, code: string, by?: Actor): Promise<void>;
  /** Sends a code and verifies it. */
  ready(batch: Row<'batches'>, by?: Actor): Promise<void>;
  run(batch: Row<'batches'>, more?: Partial<RunRequest> & { readonly by?: Actor }): Promise<BatchRun>;
}

/** The batches of an office: made by Amina, approved by Brian, paid by Carol. */
export function batchesOf(office: PayingOffice): Batches {
  const { store, people, mails, mailer, dayAt } = office;
  let codes = 54_321;
  const create: Batches['create'] = (fund, rows, by = people.amina) =>
    createBatch(store, by, { file: batchFile(rows), fund: fund.code, title: null });
  const approve: Batches['approve'] = (batch, by = people.brian, hash = null) =>
    approveBatch(store, by, { batch: batch.ref, hash, reason: null });
  const send: Batches['send'] = async (batch, by = people.carol) => {
    await sendCodeFor(store, mailer, by, {
      ...{ subject: batchCode(batch.id), dayAt, pepper: PEPPER, dryRun: false },
      deadlineText: (at) => at.toISOString(),
      randomInt: () => (codes += 1),
    });
    return codeIn(mails.at(-1));
  };
  const verify: Batches['verify'] = async (batch, code, by = people.carol) =>
    void (await verifyCodeFor(store, by, { subject: batchCode(batch.id), code, pepper: PEPPER }));
  return {
    create,
    approve,
    send,
    verify,
    approved: async (fund, rows) => (await approve((await create(fund, rows)).view.batch)).view.batch,
    ready: async (batch, by = people.carol) => verify(batch, await send(batch, by), by),
    run: (batch, { by = people.carol, ...more } = {}) =>
      runBatch(store, by, {
        ...{ batchId: batch.id, act: 'execute', dayAt, stopOnError: false, dryRun: false },
        ...{ stopped: () => false, clock: () => 0, pause: () => Promise.resolve(), tell: () => undefined },
        sending: noRail,
        ...more,
      }),
  };
}

/** Where nothing goes to a rail. */
export const noRail = (): never => {
  throw new Error('nothing is sent to a rail here');
};
