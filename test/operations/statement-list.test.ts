import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { importedStatementDocument } from '../../src/documents/imported-statement.ts';
import { findImported } from '../../src/operations/look-up.ts';
import { listImported, type ImportedFilter } from '../../src/store/imported-statements.ts';
import type { Row } from '../../src/store/tables.ts';
import { aFile, aLine, type Saying, takeFile } from '../support/a-statement.ts';
import { aPayingOffice, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;
  let other: Row<'funds'>;
  /** References, oldest first. */
  const refs: string[] = [];

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    [fund, other] = [await office.fund(), await office.fund()];
    const take = async (of: Row<'funds'>, amountMinor: number, says: Saying, accept = false): Promise<void> => {
      const line = aLine({ amountMinor, bookedOn: says.from ?? '2026-10-05' });
      const { statements } = await office.store.write((tx) =>
        takeFile(tx, accept ? people.esther : people.david, {
          ...aFile(of.id, [line], says),
          acceptFaults: accept,
        }),
      );
      refs.push(statements[0]?.ref ?? '');
    };
    const october = { from: '2026-10-01', to: '2026-10-31', openingMinor: 0, id: '10' };
    await take(fund, 500, { ...october, closingMinor: 501 }, true);
    // These two happen at one instant.
    await take(fund, 600, { from: '2026-09-01', to: '2026-09-30', id: '9' });
    await take(fund, 700, { from: '2026-08-01', to: '2026-08-31', account: null });
    office.pass(1000);
    await take(other, 800, {});
    office.pass(1000);
    await take(fund, 500, { ...october, closingMinor: 500, id: 'whole' });
  });

  const list = (
    filter: ImportedFilter = {},
    page = { limit: 50, after: null as string | null },
    by: Actor = people.helen,
  ) => office.store.read((tx) => listImported(tx, filter, page, by.grants));
  const refsOf = ({ rows }: Awaited<ReturnType<typeof list>>): string[] => rows.map(({ statement }) => statement.ref);

  describe('imported statements', () => {
    test('are listed newest first, page by page, with how many there are', async () => {
      const all = refsOf(await list());
      expect(all).toHaveLength(5);
      expect([all[0], all[1], ...all.slice(2).toSorted()]).toEqual([refs[4], refs[3], ...refs.slice(0, 3).toSorted()]);
      const pages: string[] = [];
      for (let after: string | null = null; ;) {
        const page = await list({}, { limit: 2, after });
        expect(page.count).toBe(5);
        pages.push(...refsOf(page));
        if (page.next === null) break;
        after = page.next;
      }
      expect(pages).toEqual(all);
    });

    test('of one fund are its own', async () => {
      expect(refsOf(await list({ fundId: other.id }))).toEqual([refs[3]]);
    });

    test('that were taken with faults are told until a whole one has come in their place', async () => {
      expect(await list({ unbalanced: true })).toMatchObject({ rows: [], count: 0 });
      const { store } = office;
      const faulty = importedStatementDocument(await findImported(store, people.david, refs[0] ?? ''));
      expect(faulty).toMatchObject({
        ...{ ref: refs[0], fund: fund.code, number: '10', ties: false, accepted_by: 'esther', imported_by: 'esther' },
        ...{ replaced_by: refs[4], opening: '0.00', closing: '5.01', credits: '5.00', debits: '0.00' },
        ...{ lines: 1, new_lines: 1, file_name: 'october.csv', period: { from: '2026-10-01', to: '2026-10-31' } },
        faults: [{ code: 'STATEMENT_CONTRADICTS_ITSELF', position: 1 }],
      });
      const whole = importedStatementDocument(await findImported(store, people.david, refs[4] ?? ''));
      expect(whole).toMatchObject({ faults: [], accepted_by: null, replaced_by: null, new_lines: 0, lines: 1 });
    });

    test('are not there for people of another company, and found by the beginning of their reference', async () => {
      expect(await list({}, { limit: 0, after: null }, people.olga)).toMatchObject({ rows: [], count: 0 });
      await expect(findImported(office.store, people.olga, refs[0] ?? '')).rejects.toMatchObject({
        code: 'STATEMENT_NOT_FOUND',
      });
      const found = await findImported(office.store, people.amina, (refs[0] ?? '').slice(0, 9));
      expect(found.statement.ref).toBe(refs[0]);
    });
  });
});
