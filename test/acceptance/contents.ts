import { hash } from 'node:crypto';
import type { DemoOffice } from './demo-office.ts';

/** Everything that the database holds, but when sessions and tokens were last used; and the mails. */
export async function contents({ store, mails }: DemoOffice): Promise<Record<string, string>> {
  const tables = await store.read(async (tx) => {
    const found: Record<string, string> = {};
    for (const [name, table] of Object.entries(tx.t)) {
      const rows: object[] = await tx.db.select().from(table);
      found[name] = hash(
        'sha256',
        rows
          .map((row) => JSON.stringify({ ...row, lastUsedAt: null }))
          .toSorted()
          .join('\n'),
      );
    }
    return found;
  });
  return { ...tables, mails: String(mails().length) };
}
