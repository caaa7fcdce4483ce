import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wishedFile } from '../../src/domain/bank-file/bank-file-format.ts';
import { addLayout } from '../../src/operations/add-layout.ts';
import { allLayouts, getLayout } from '../../src/operations/bank-layouts.ts';
import { openStore } from '../../src/store/open.ts';
import type { Row } from '../../src/store/tables.ts';
import { exportFile, payByBankFile } from '../support/a-bank.ts';
import { aLayout, layoutAdded } from '../support/a-layout.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { listAuditEvents } from '../support/audit.ts';
import { asAppRole, eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let names = 0;
  let name: string;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    await payByBankFile(office);
  });
  beforeEach(() => {
    name = `bank-${(names += 1)}`;
  });
  afterAll(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const found = (named: string, version: number | null = null) =>
    office.store.read((tx) => getLayout(tx, named, version));
  const own = async (): Promise<(readonly [string, number])[]> =>
    (await office.store.read(allLayouts)).flatMap(({ layout, version }) =>
      version === null ? [] : [[layout.name, version] as const],
    );

  describe('a layout', () => {
    test('is what was written down, by name and by whom, and shows what a file would look like', async () => {
      const { view, preview, changed } = await layoutAdded(office, name, { title: 'KCB bulk' });
      expect([changed, preview.lines.slice(0, 2)]).toEqual([
        true,
        [
          'Ref;Type;Name;Account;Amount;Value Date',
          '0A1B2C3D4E5F6G7-001;RTGS;Jane Wanjiku;1234567890;12500.00;30/11/2026',
        ],
      ]);
      expect(await found(name)).toEqual(view);
      expect(view).toMatchObject({
        ...{ version: 1, layout: { name, title: 'KCB bulk', separator: ';', decimal: '.' } },
        made: { by: 'david', at: office.clock.now },
      });
      expect((await office.store.read((tx) => listAuditEvents(tx, 'bank_layout.added'))).at(-1)).toMatchObject({
        ...{ actor: 'david', subject: name },
        payload: { version: 1, layout: aLayout({ title: 'KCB bulk' }) },
      });
    });

    test('is written as TOML as well', async () => {
      const text =
        'separator = "\\t"\n[[columns]]\ntitle = "Ref"\nfield = "key"\n' +
        ['payee', 'account', 'amount'].map((field) => `[[columns]]\ntitle = "${field}"\nfield = "${field}"\n`).join('');
      const { preview } = await addLayout(office.store, people.david, { name, text });
      expect(preview.lines[0]).toBe('Ref\tpayee\taccount\tamount');
    });

    test('under a name that is there is its next version, and the earlier one stays', async () => {
      await layoutAdded(office, name);
      const { view } = await layoutAdded(office, name, { separator: ',' }, people.esther);
      expect([view.version, view.made?.by]).toEqual([2, 'esther']);
      expect((await found(name)).layout.separator).toBe(',');
      expect(await found(name, 1)).toMatchObject({ version: 1, layout: { separator: ';' }, made: { by: 'david' } });
      expect((await own()).filter(([named]) => named === name)).toEqual([[name, 2]]);
    });

    test('that is so already changes nothing', async () => {
      await layoutAdded(office, name);
      const before = (await office.store.read((tx) => listAuditEvents(tx, 'bank_layout.added'))).length;
      const { view, changed } = await layoutAdded(office, name, {}, people.esther);
      expect([changed, view.version, view.made?.by]).toEqual([false, 1, 'david']);
      expect(await office.store.read((tx) => listAuditEvents(tx, 'bank_layout.added'))).toHaveLength(before);
    });

    test('is added by who may say that money did not leave, by nobody else and by no token', async () => {
      for (const by of [people.amina, people.brian, people.carol, people.helen, people.root])
        await expect(layoutAdded(office, name, {}, by), by.username).rejects.toMatchObject({ code: 'ROLE_MISSING' });
      const token = { id: 't', ref: 'tok_1', name: 'nightly', scopes: ['reconcile:run'] as const };
      await expect(layoutAdded(office, name, {}, { ...people.esther, token })).rejects.toMatchObject({
        code: 'TOKEN_SCOPE',
      });
      expect((await own()).map(([named]) => named)).not.toContain(name);
    });

    test('has none of the names that come with the tool', async () => {
      await expect(layoutAdded(office, 'generic')).rejects.toMatchObject({ kind: 'conflict', code: 'LAYOUT_EXISTS' });
      expect(await found('generic')).toMatchObject({ version: null, made: null });
    });

    test('of one name gets two versions from two people at once', async () => {
      const other = await openStore(await asAppRole(office.url), { clock: () => office.clock.now });
      try {
        const both = await Promise.all([
          layoutAdded(office, name, { title: 'one' }),
          layoutAdded({ ...office, store: other }, name, { title: 'two' }, people.esther),
        ]);
        expect(both.map(({ view }) => view.version).toSorted()).toEqual([1, 2]);
      } finally {
        await other.close();
      }
    });

    test('that nobody made is not found, and the names that there are are told', async () => {
      await layoutAdded(office, name);
      for (const [named, version] of [
        ['none', null],
        [name, 2],
        ['generic', 1],
      ] as const)
        await expect(found(named, version)).rejects.toMatchObject({
          kind: 'not_found',
          code: 'LAYOUT_NOT_FOUND',
          message: expect.stringContaining(`there are generic, bank-1 (version 1)`) as string,
        });
    });

    test('with faults is not added; every one is told, with its line', async () => {
      const text = 'colour = "red"\nseparator = ":"\n[[columns]]\ntitle = "=1"\nfield = "key"\n';
      const problem = await problemOf(addLayout(office.store, people.david, { name: 'KCB', text }));
      expect([problem.kind, problem.code, problem.details.faults]).toEqual([
        'usage',
        'LAYOUT_INVALID',
        [
          '"KCB" is no name: small letters, digits and hyphens, at most 40, beginning with a letter',
          expect.stringMatching(/^the file: "colour" is unknown; known are /),
          'line 2: separator must be one of ",", ";", "|", "\\t"',
          'line 3: columns: it has no column for the account',
          'line 3: columns: it has no column for the amount',
          'line 3: columns: it has no column for the payee',
          'line 4: columns[1].title "=1" would be a formula in a spreadsheet',
        ],
      ]);
      await expect(addLayout(office.store, people.david, { name, text: 'x = [' })).rejects.toMatchObject({
        code: 'LAYOUT_INVALID',
        message: expect.stringMatching(/line 1, column/) as string,
      });
      await expect(addLayout(office.store, people.david, { name, text: ' '.repeat(65_537) })).rejects.toMatchObject({
        code: 'LAYOUT_INVALID',
      });
    });
  });

  describe('an export in a layout', () => {
    let fund: Row<'funds'>;
    beforeEach(async () => {
      fund = await office.fund({ opening: '1,000,000.00' });
    });

    const reserved = async (destination = 'KCB:1234567890') => {
      const payment = await office.payment(fund, { method: 'bank', amount: '1,000.00', destination });
      const executed = await office.execute(payment);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      return { payment, key: executed.attempt.idempotencyKey };
    };
    const inLayout = (layout: string) => wishedFile(null, layout);

    test('has its columns, and remembers its version', async () => {
      await layoutAdded(office, name);
      const { payment, key } = await reserved();
      const { file } = await exportFile(office, fund, { kind: inLayout(name), payOn: '2026-12-01' });
      expect(file).toMatchObject({ format: 'csv', layout: name, layoutVersion: 1 });
      expect(file.content).toBe(
        `Ref;Type;Name;Account;Amount;Value Date\r\n${key};RTGS;${payment.payee};1234567890;1000.00;01/12/2026\r\n`,
      );
      expect((await office.store.read((tx) => listAuditEvents(tx, 'bankfile.exported'))).at(-1)).toMatchObject({
        payload: { format: 'csv', layout: name, layout_version: 1 },
      });
    });

    test('is the same again, byte for byte, after the layout was changed under its name', async () => {
      await layoutAdded(office, name);
      await reserved();
      const first = await exportFile(office, fund, { kind: inLayout(name), messageId: `M-${name}` });
      await layoutAdded(office, name, { separator: '|', header: false });
      const again = await exportFile(office, fund, { kind: inLayout(name), messageId: `M-${name}` });
      expect([again.again, again.file]).toEqual([true, first.file]);
      await reserved();
      const next = await exportFile(office, fund, { kind: inLayout(name) });
      expect([next.file.layoutVersion, next.file.content.includes('|RTGS|')]).toEqual([2, true]);
      const other = await problemOf(exportFile(office, fund, { kind: inLayout('generic'), messageId: `M-${name}` }));
      expect(other.details.faults).toEqual([`it has the layout ${name}, not generic`]);
    });

    test('that comes with the tool has no version', async () => {
      await reserved();
      const { file } = await exportFile(office, fund, { kind: inLayout('generic') });
      expect(file).toMatchObject({ layout: 'generic', layoutVersion: null });
    });

    test('that nobody made is not found, and nothing is exported', async () => {
      const { payment } = await reserved();
      await expect(exportFile(office, fund, { kind: inLayout('none') })).rejects.toMatchObject({
        ...{ kind: 'not_found', code: 'LAYOUT_NOT_FOUND' },
      });
      expect((await office.state(payment)).attempts.at(-1)?.state).toBe('reserved');
    });

    test('is refused with every cell that the bank would not take; as long as it takes is exported', async () => {
      const columns = [
        { title: 'Ref', field: 'key' },
        { title: 'Name', field: 'payee' },
        { title: 'Code', field: 'bank_code', needed: true },
        { title: 'Account', field: 'account', longest: 10 },
        { title: 'Amount', field: 'amount' },
      ];
      await layoutAdded(office, name, { columns });
      const [fit, long, named] = [
        await reserved('01094:1234567890'),
        await reserved('01094:12345678901'),
        await reserved(),
      ];
      const problem = await problemOf(exportFile(office, fund, { kind: inLayout(name) }));
      expect([problem.kind, problem.code, problem.details.faults]).toEqual([
        'refused',
        'PAYMENTS_NOT_EXPORTABLE',
        [
          `${long.payment.ref}: Account (account) has 11 characters, and the bank takes 10`,
          `${named.payment.ref}: it has nothing for Code (bank_code), which the bank needs`,
        ],
      ]);
      for (const { payment } of [fit, long, named])
        expect((await office.state(payment)).attempts.at(-1)?.state).toBe('reserved');
      const { orders } = await exportFile(office, fund, { kind: inLayout(name), payments: [fit.payment.ref] });
      expect(orders).toHaveLength(1);
    });
  });
});
