import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { addProfile } from '../../src/operations/add-profile.ts';
import { allProfiles, getProfile } from '../../src/operations/statement-profiles.ts';
import { openStore } from '../../src/store/open.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { asAppRole, eachDatabase } from '../support/databases.ts';
import { listAuditEvents } from '../support/audit.ts';

const FILE = `Booked;Narrative;Amount;Balance
01.10.2026;Rent;-1.500,00;8.500,00
02.10.2026;Sale;200,00;8.700,00
`;
const WRITTEN = {
  date: 'Booked',
  date_formats: ['dd.MM.yyyy'],
  description: ['Narrative'],
  amount: { rule: 'signed', amount: 'Amount' },
  balance: 'Balance',
  decimal: ',',
  delimiter: ';',
};

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let names = 0;
  let name: string;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });
  beforeEach(() => {
    name = `bank-${(names += 1)}`;
  });

  const add = (
    change: Readonly<Record<string, unknown>> = {},
    {
      by = people.david,
      file = FILE,
      store = office.store,
    }: { by?: Actor; file?: string; store?: PayingOffice['store'] } = {},
  ) => addProfile(store, by, { written: { name, ...WRITTEN, ...change }, pieces: () => [Buffer.from(file)] });
  const found = (named: string) => office.store.read((tx) => getProfile(tx, named));
  const own = async (): Promise<string[]> =>
    (await office.store.read(allProfiles)).flatMap(({ profile, made }) => (made === null ? [] : [profile.name]));

  describe('a profile', () => {
    test('is what was written down, by name and by whom, and shows what it reads', async () => {
      const { view, sample } = await add({ title: 'Stanbic' });
      expect(sample.lines).toMatchObject([
        { position: 2, bookedOn: '2026-10-01', amountMinor: -150_000, balanceMinor: 850_000, description: 'Rent' },
        { position: 3, bookedOn: '2026-10-02', amountMinor: 20_000, balanceMinor: 870_000, description: 'Sale' },
      ]);
      expect(sample.statement).toMatchObject({
        ...{ lines: 2, openingMinor: 1_000_000, closingMinor: 870_000, ties: true },
        header: { currency: 'KES' },
      });
      expect(await found(name)).toEqual(view);
      expect(view).toMatchObject({
        profile: { name, title: 'Stanbic', decimal: ',', thousands: '.', delimiter: ';' },
        made: { by: 'david', at: office.clock.now },
      });
      expect((await office.store.read((tx) => listAuditEvents(tx, 'profile.added'))).at(-1)).toMatchObject({
        ...{ actor: 'david', action: 'profile.added', subject: name },
        payload: { profile: { name, title: 'Stanbic', ...WRITTEN } },
      });
    });

    test('shows ten lines of a long sample', async () => {
      const rows = Array.from({ length: 30 }, (_, at) => `01.10.2026;Sale ${at};1,00;${at + 1},00`);
      const { sample } = await add({}, { file: `Booked;Narrative;Amount;Balance\n${rows.join('\n')}` });
      expect([sample.lines.length, sample.statement.lines, sample.lines.at(-1)?.description]).toEqual([
        10,
        30,
        'Sale 9',
      ]);
    });

    test('is added by who may reconcile, by nobody else and by no token', async () => {
      for (const by of [people.amina, people.brian, people.carol, people.helen, people.root])
        await expect(add({}, { by }), by.username).rejects.toMatchObject({ code: 'ROLE_MISSING' });
      const token = { id: 't', ref: 'tok_1', name: 'nightly', scopes: ['reconcile:run'] as const };
      await expect(add({}, { by: { ...people.esther, token } })).rejects.toMatchObject({ code: 'TOKEN_SCOPE' });
      expect(await own()).not.toContain(name);
      await add({}, { by: people.esther });
      expect(await own()).toContain(name);
    });

    test('has a name for ever, and none of those that come with the tool', async () => {
      await add();
      await expect(add({ title: 'another' })).rejects.toMatchObject({ kind: 'conflict', code: 'PROFILE_EXISTS' });
      await expect(add({ name: 'kcb' })).rejects.toMatchObject({ code: 'PROFILE_EXISTS' });
      expect((await found(name)).profile.title).toBe('');
      expect((await found('kcb')).made).toBeNull();
    });

    test('of one name is added once by two people at once', async () => {
      const other = await openStore(await asAppRole(office.url), { clock: () => office.clock.now });
      try {
        const both = await Promise.allSettled([add(), add({}, { by: people.esther, store: other })]);
        expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
        expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'PROFILE_EXISTS' });
      } finally {
        await other.close();
      }
    });

    test('that nobody made is not found, and the names that there are are told', async () => {
      await expect(found('none')).rejects.toMatchObject({
        kind: 'not_found',
        code: 'PROFILE_NOT_FOUND',
        message: expect.stringMatching(/"none"; there are equity, kcb, coop, ncba, bank-1/),
      });
    });
  });

  describe('a profile is not added', () => {
    test('with a fault in it; every one is told', async () => {
      const problem = await problemOf(add({ date: undefined, decimal: '!', date_formats: ['dd/MM'] }));
      expect(problem).toMatchObject({ kind: 'usage', code: 'PROFILE_INVALID' });
      expect(problem.details.faults).toHaveLength(3);
      expect(await own()).not.toContain(name);
    });

    test('where its columns are not in the sample, or its days are written otherwise', async () => {
      await expect(add({ balance: 'Saldo' })).rejects.toMatchObject({
        code: 'NOT_A_STATEMENT',
        message: expect.stringContaining('Saldo'),
      });
      await expect(add({ date_formats: ['yyyy/MM/dd'] })).rejects.toMatchObject({ code: 'STATEMENT_UNREADABLE' });
    });

    test('where the sign is another than it says, as the balances show', async () => {
      const problem = await problemOf(add({ amount: { rule: 'signed', amount: 'Amount', positive: 'out' } }));
      expect([problem.kind, problem.code]).toEqual(['refused', 'PROFILE_DOES_NOT_HOLD']);
      expect(problem.details.faults?.join()).toMatch(/line 3: the balance is KES 8,700.00, but KES 8,300.00 follows/);
      expect(await own()).not.toContain(name);
    });

    test('on a sample without lines, which shows nothing', async () => {
      await expect(add({}, { file: 'Booked;Narrative;Amount;Balance\n' })).rejects.toMatchObject({
        code: 'SAMPLE_EMPTY',
      });
      await expect(add({}, { file: '' })).rejects.toMatchObject({ code: 'NOT_A_STATEMENT' });
    });
  });

  test('the books are as they were', async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });
});
