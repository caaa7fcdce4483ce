import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { movePayments, reconcilePayments } from '../../src/store/matches.ts';
import { newId } from '../../src/store/references.ts';
import type { Tx } from '../../src/store/transaction.ts';
import { aPayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open, dialect) => {
  test.each([
    ['named', (tx: Tx) => movePayments(tx, [newId()], { from: 'success', to: 'reconciled' })],
    ['of a run', (tx: Tx) => reconcilePayments(tx, { runId: newId(), groups: 1 })],
  ])('payments that move on, %s, are looked up, however many others stand as they do', async (_, move) => {
    const statements: string[] = [];
    const { store } = await aPayingOffice(open, { onStatement: (statement) => void statements.push(statement) });
    await store.write(move);
    const update = statements.findLast((statement) => statement.startsWith('update "payments"')) ?? '';
    if (dialect === 'postgres') {
      // However few the statistics say that there are: they are older than what is being reconciled.
      const { rows } = await store.write(async (tx) => {
        await tx.db.execute(sql`set local enable_seqscan = off`);
        return tx.db.execute<{ 'QUERY PLAN': string }>(sql.raw(`explain (generic_plan) ${update}`));
      });
      const steps = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(steps).toContain('payments_pkey');
      expect(steps).not.toContain('payments_status_created');
      return;
    }
    const plan = await store.read(async (tx) => {
      // This database is SQLite, where `all` answers rows as objects.
      const { db } = tx as unknown as { db: { all(query: unknown): { detail: string }[] } };
      return db.all(sql.raw(`explain query plan ${update.replaceAll('?', "'x'")}`));
    });
    expect(plan.map(({ detail }) => detail)[0]).toMatch(/^SEARCH payments .*\(id=\?\)$/);
  });
});
