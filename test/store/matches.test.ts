import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { movePayments } from '../../src/store/matches.ts';
import { newId } from '../../src/store/references.ts';
import { aPayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open, dialect) => {
  test.runIf(dialect === 'sqlite')(
    'payments that move on are looked up, however many others stand as they do',
    async () => {
      const statements: string[] = [];
      const { store } = await aPayingOffice(open, { onStatement: (statement) => void statements.push(statement) });
      await store.write((tx) => movePayments(tx, [newId()], { from: 'success', to: 'reconciled' }));
      const update = statements.findLast((statement) => statement.startsWith('update "payments"')) ?? '';
      const plan = await store.read(async (tx) => {
        // This database is SQLite, where `all` answers rows as objects.
        const { db } = tx as unknown as { db: { all(query: unknown): { detail: string }[] } };
        return db.all(sql.raw(`explain query plan ${update.replaceAll('?', "'x'")}`));
      });
      expect(plan.map(({ detail }) => detail).join('\n')).toContain('(id=?)');
    },
  );
});
