import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookFaults } from '../support/an-office.ts';
import {
  bytesOf,
  exported,
  layoutFile,
  payByFile,
  reportFile,
  waitingForFile,
  type ExportedFile,
} from './a-bank-file.ts';
import { figuresSaid, statusReport, transferSaid } from '../support/a-bank.ts';
import { aDemoOffice, type DemoOffice } from './demo-office.ts';

const SAMPLES = process.env['TREASURY_SAMPLES'] ?? '';

describe.each(['sqlite', 'postgres'] as const)('files for the bank on %s', (dialect) => {
  let office: DemoOffice;

  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    await payByFile(office);
  });
  afterAll(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
    await office.close();
  });

  const exportTo = (name: string, ...more: string[]) =>
    office.as('carol', [
      ...['bankfile', 'export', '--fund', 'BANK', '--out', join(office.home, name), ...more, '--json'],
    ]);
  const statusOf = async (ref: string) =>
    (await office.data<{ status: string }>('carol', ['payment', 'show', ref])).status;
  const errorOf = (run: Awaited<ReturnType<typeof exportTo>>) =>
    run.json<{ error: { code: string; exit_code: number } }>().error;

  test('a payment goes from its code to a file, and is paid when the bank says so', async () => {
    const [one, two] = [await waitingForFile(office, '1000'), await waitingForFile(office, '250.50')];
    const file = await exported(office, 'first.xml');
    expect(file).toMatchObject({ count: 2, total: '1250.50', exported_before: false });
    expect(statSync(file.file).mode & 0o777).toBe(0o600);
    expect(createHash('sha256').update(bytesOf(file.file)).digest('hex')).toBe(file.sha256);
    expect([await statusOf(one), await statusOf(two)]).toEqual(['executing', 'executing']);

    const report = reportFile(office, 'report1.xml', file, ['ACSC', 'RJCT']);
    const run = await office.as('david', ['bankfile', 'import', report, '--json']);
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.json<{ data: { summary: object } }>().data.summary).toMatchObject({ paid: 1, failed: 1, open: 0 });
    const [paid, failed] = file.payments.map(({ payment }) => payment);
    expect([await statusOf(paid ?? ''), await statusOf(failed ?? '')]).toEqual(['success', 'failed']);
    const again = await office.as('david', ['bankfile', 'import', report, '--json']);
    expect(again.json<{ data: { imported_before: boolean } }>().data.imported_before).toBe(true);
    expect([await statusOf(paid ?? ''), await statusOf(failed ?? '')]).toEqual(['success', 'failed']);
  });

  test('a file that was lost is written again, byte for byte; nothing else goes out under its id', async () => {
    await waitingForFile(office);
    const first = await exported(office, 'lost.xml', ['--message-id', `LOST-${dialect}`]);
    const before = bytesOf(first.file);
    rmSync(first.file);
    await waitingForFile(office);
    const second = await exported(office, 'lost.xml', ['--message-id', `LOST-${dialect}`]);
    expect([second.exported_before, second.sha256]).toEqual([true, first.sha256]);
    expect(bytesOf(second.file).equals(before)).toBe(true);
    const other = await exportTo('other.xml', '--message-id', `LOST-${dialect}`, '--format', 'csv');
    expect(errorOf(other)).toMatchObject({ code: 'MESSAGE_ID_USED', exit_code: 7 });
    expect(existsSync(join(office.home, 'other.xml'))).toBe(false);
  });

  test('no other file is written over, no place that cannot be written counts as exported, a rehearsal writes nothing', async () => {
    const waiting = await waitingForFile(office);
    writeFileSync(join(office.home, 'there.xml'), 'mine');
    expect(errorOf(await exportTo('there.xml'))).toMatchObject({ code: 'FILE_EXISTS', exit_code: 2 });
    expect(readFileSync(join(office.home, 'there.xml'), 'utf8')).toBe('mine');
    expect(errorOf(await exportTo('nowhere/x.xml'))).toMatchObject({ exit_code: 2 });
    const rehearsed = await exportTo('dry.xml', '--dry-run');
    expect(rehearsed.json<{ data: ExportedFile }>().data.file).toBeNull();
    expect(existsSync(join(office.home, 'dry.xml'))).toBe(false);
    const real = await exported(office, 'real.xml');
    expect(real.payments.map(({ payment }) => payment)).toContain(waiting);
  });

  test.skipIf(SAMPLES === '').each(['03', '09'])('pain001.%s is valid by its own schema', async (version) => {
    await waitingForFile(office);
    const { file } = await exported(office, `valid${version}.xml`, ['--format', `pain001.${version}`]);
    using schema = XmlDocument.fromString(readFileSync(join(SAMPLES, `xsd/pain.001.001.${version}.xsd`), 'utf8'));
    using validator = XsdValidator.fromDoc(schema);
    using document = XmlDocument.fromString(bytesOf(file).toString('utf8'));
    validator.validate(document);
  });

  test('rows of CSV name each payment by its key', async () => {
    await waitingForFile(office, '70');
    const { file, payments } = await exported(office, 'rows.csv', ['--format', 'csv', '--layout', 'generic']);
    const [header, row] = bytesOf(file).toString('utf8').split('\r\n');
    expect(header).toMatch(/^Reference,Beneficiary Name,Bank,/);
    expect(row).toContain(`${payments[0]?.key},`);
    expect(row).toContain(',70.00,KES,');
  });

  test('rows in a layout of the office are its columns, and the same bytes after it was changed', async () => {
    const add = (separator: string) => [
      ...['bankfile', 'layout', 'add', 'kcb-bulk', '--file', layoutFile(office, 'layout.toml', { separator })],
    ];
    const shown = await office.as('david', [...add(';'), '--dry-run']);
    expect(shown.stdout).toMatch(/^ {2}Ref;Type;Name;Account;Amount;Value Date$/m);
    expect(shown.stdout).toMatch(/^ {2}0A1B2C3D4E5F6G7-001;RTGS;Jane Wanjiku;1234567890;12500\.00;30\/11\/2026$/m);
    expect(await office.data('faith', ['bankfile', 'layout', 'list'])).toHaveLength(1);
    expect(await office.data('david', add(';'))).toMatchObject({ name: 'kcb-bulk', version: 1, created_by: 'david' });
    await waitingForFile(office, '80');
    const first = await exported(office, 'kcb.csv', ['--format', 'csv', '--layout', 'kcb-bulk']);
    expect(bytesOf(first.file).toString('latin1')).toMatch(
      /^Ref;Type;Name;Account;Amount;Value Date\r\n[A-Z0-9-]{19};RTGS;[^;]+;\d+;80\.00;\d\d\/\d\d\/\d{4}\r\n$/,
    );
    expect(await office.data('david', add('|'))).toMatchObject({ version: 2, separator: '|' });
    const same = ['--layout', 'kcb-bulk', '--message-id', first.message_id];
    const again = await exported(office, 'kcb-again.csv', same);
    expect(again).toMatchObject({ exported_before: true, layout: 'kcb-bulk', layout_version: 1, sha256: first.sha256 });
    expect(bytesOf(again.file)).toEqual(bytesOf(first.file));
    expect(await office.data('faith', ['bankfile', 'layout', 'show', 'kcb-bulk', '--version', '1'])).toMatchObject({
      ...{ version: 1, separator: ';' },
    });
    const card = (await office.as('faith', ['bankfile', 'show', first.message_id])).stdout;
    expect(card).toMatch(/Format +csv, kcb-bulk, version 1\n/);
    const unknown = await exportTo('none.csv', '--layout', 'none');
    expect(errorOf(unknown)).toMatchObject({ code: 'LAYOUT_NOT_FOUND', exit_code: 3 });
  });

  test('a bank’s own CSV settles what its words say, and contradictions nothing', async () => {
    const more =
      '[outcomes]\nkey = "Ref"\nstatus = "Status"\namount = "Amount"\npaid = ["Done"]\nrejected = ["Failed"]\n';
    const layout = layoutFile(office, 'outcomes.toml', { more });
    await office.data('david', ['bankfile', 'layout', 'add', 'kcb-outcomes', '--file', layout]);
    const refs = [];
    for (const amount of ['10', '20', '30', '40']) refs.push(await waitingForFile(office, amount));
    const { payments } = await exported(office, 'four.csv', ['--layout', 'kcb-outcomes']);
    const [one, two, three, four] = payments.map(({ key }) => key);
    const csv = join(office.home, 'outcomes.csv');
    const take = (text: string) => {
      writeFileSync(csv, text);
      return office.as('david', ['bankfile', 'import', csv, '--layout', 'kcb-outcomes', '--json']);
    };
    const rows = [`${one};10.00;DONE`, `${two};20.00;failed`, `${three};31.00;Done`, `${four};40.00;Queued`];
    writeFileSync(csv, `Ref;Amount;Status\r\n${rows[0]}\r\n`);
    const olgas = await office.as('olga', ['bankfile', 'import', csv, '--layout', 'kcb-outcomes', '--json']);
    expect(errorOf(olgas)).toMatchObject({ code: 'BANK_FILE_NOT_FOUND', exit_code: 3 });
    expect(olgas.stdout).not.toContain('BANK-');
    const run = await take(`\ufeffRef;Amount;Status\r\n${rows.join('\r\n')}\r\nNOBODYS;1.00;Done\r\n`);
    expect(run.exitCode, run.stderr).toBe(10);
    expect(run.json<{ data: { summary: object } }>().data.summary).toEqual({
      ...{ paid: 1, failed: 1, open: 1, odd: 1, strays: 1, unknown_files: 0 },
    });
    const statuses = ['success', 'failed', 'executing', 'executing'];
    expect(await Promise.all(refs.map(statusOf))).toEqual(statuses);
    const same = await take(`\ufeffRef;Amount;Status\r\n${rows.join('\r\n')}\r\nNOBODYS;1.00;Done\r\n`);
    expect(same.json<{ data: { imported_before: boolean } }>().data.imported_before).toBe(true);
    expect(await Promise.all(refs.map(statusOf))).toEqual(statuses);
    expect(errorOf(await take('Ref;Amount;Status\r\nNOBODYS;1.00;Done\r\n'))).toMatchObject({ exit_code: 3 });
    expect(errorOf(await take('Amount;Status\r\n1.00;Done\r\n'))).toMatchObject({ code: 'NOT_A_STATEMENT' });
  });

  test.each([
    ['ACSC', 'RJCT'],
    ['RJCT', 'ACSC'],
  ])(
    'a payment that is %s and %s in one report is settled by neither (10), and both lines are named',
    async (...codes) => {
      await waitingForFile(office, '11');
      await waitingForFile(office, '12');
      const file = await exported(office, `both-${codes.join('-')}.xml`);
      const [odd, even] = file.payments;
      const report = join(office.home, `both-${codes.join('-')}-report.xml`);
      const lines = [...codes.map((code) => transferSaid(odd?.key ?? '', code)), transferSaid(even?.key ?? '', 'ACSC')];
      writeFileSync(report, statusReport(file.message_id, { transfers: `\n${lines.join('\n')}`, id: codes.join() }));
      const told = `${codes.join(' against ')}: lines 2 and 3 say different things of it`;
      const card = await office.as('david', ['bankfile', 'import', report, '--dry-run', '--wide']);
      expect([card.exitCode, card.stdout]).toEqual([10, expect.stringContaining(told)]);
      const run = await office.as('david', ['bankfile', 'import', report, '--json']);
      expect(run.exitCode, run.stderr).toBe(10);
      const { data } = run.json<{ data: { summary: object; reports: { results: object[] }[] } }>();
      expect(data.summary).toMatchObject({ paid: 1, failed: 0, open: 0, odd: 1 });
      expect(data.reports[0]?.results[0]).toMatchObject({
        ...{
          payment: odd?.payment,
          outcome: 'contradictory',
          applied: 'contradicts',
          detail: told,
          status: 'executing',
        },
      });
      expect([await statusOf(odd?.payment ?? ''), await statusOf(even?.payment ?? '')]).toEqual([
        'executing',
        'success',
      ]);
      const doctor = await office.as('david', ['doctor']);
      expect(doctor.stdout).toContain('gateway message');
      expect((await office.as('david', ['bankfile', 'import', report])).exitCode).toBe(10);
      expect(await statusOf(odd?.payment ?? '')).toBe('executing');
    },
  );

  test('a whole file of other figures is not ours (10): it stays in flight, and both figures are named', async () => {
    const ref = await waitingForFile(office, '14');
    const file = await exported(office, 'whole.xml');
    const report = join(office.home, 'whole-report.xml');
    const figures = figuresSaid(file.count + 1, file.total);
    writeFileSync(report, statusReport(file.message_id, { group: 'RJCT', figures, id: 'W1' }));
    const run = await office.as('david', ['bankfile', 'import', report, '--wide']);
    expect([run.exitCode, run.stdout]).toEqual([
      10,
      expect.stringContaining(
        `RJCT: said of ${file.count + 1} payments and of ${file.total} in all; the file has ${file.count} payment`,
      ),
    ]);
    expect(await statusOf(ref)).toBe('executing');
    // Now that it was contradicted, one person's rejection releases nothing; that it was settled, settles it.
    const right = (group: string) => {
      const own = { group, figures: figuresSaid(file.count, file.total), id: `W${group}` };
      writeFileSync(report, statusReport(file.message_id, own));
      return office.as('david', ['bankfile', 'import', report, '--wide']);
    };
    const rejected = await right('RJCT');
    expect([rejected.exitCode, rejected.stdout]).toEqual([
      10,
      expect.stringContaining('two people say so with payment resolve --not-paid'),
    ]);
    expect(await statusOf(ref)).toBe('executing');
    expect((await right('ACSC')).exitCode).toBe(0);
    expect(await statusOf(ref)).toBe('success');
  });

  test('what waits for a file, or is at the bank, is refused (8) with the command that settles it', async () => {
    const ref = await waitingForFile(office, '13');
    const refusedWith = async (fix: string) => {
      for (const verb of ['execute', 'retry', 'cancel', 'explain']) {
        const run = await office.as('carol', ['payment', verb, ref]);
        expect([run.exitCode, run.stderr + run.stdout], verb).toEqual([8, expect.stringContaining(fix)]);
        expect(run.stderr + run.stdout, verb).not.toContain('--gateway-reference');
      }
      const status = await office.data<{ waiting: { in_flight: { items: { ref: string; command: string }[] } } }>(
        'carol',
        ['status'],
      );
      const item = status.waiting.in_flight.items.find((one) => one.ref === ref);
      expect([item?.command ?? fix]).toEqual([fix]);
    };
    const settledBy = async () =>
      / *Settled by +(.*)/.exec((await office.as('carol', ['payment', 'show', ref])).stdout)?.[1];
    await refusedWith('treasury bankfile export --fund BANK --out FILE');
    expect(await settledBy()).toBe("a bank file, then the bank's report on it");
    await exported(office, 'thirteen.xml');
    await refusedWith('treasury bankfile import REPORT');
    expect(await settledBy()).toBe("the bank's report on its file");
    expect((await office.as('carol', ['payment', 'show', ref])).stdout).not.toContain('Asked about next');
    const asked = await office.as('carol', ['payment', 'resolve', ref]);
    expect([asked.exitCode, asked.stderr]).toEqual([8, expect.stringContaining('treasury bankfile import REPORT')]);
  });

  test('the layout of the README is one', async () => {
    const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    const [, text = ''] = /```toml\n(separator = ";"\n.*?)```/s.exec(readme) ?? [];
    const file = join(office.home, 'readme.toml');
    writeFileSync(file, text);
    expect(await office.data('david', ['bankfile', 'layout', 'add', 'readme', '--file', file])).toMatchObject({
      ...{ version: 1, outcomes: { paid: ['Completed'] } },
    });
  });

  test('a layout with faults is not taken, and each is named with its line', async () => {
    const file = layoutFile(office, 'faulty.toml', { separator: ':', more: '[[columns]]\ntitle = "=cmd"\n' });
    const run = await office.as('david', ['bankfile', 'layout', 'add', 'faulty', '--file', file]);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('3 things are wrong')]);
    expect(run.stderr).toMatch(/line 2: separator must be one of/);
    expect(run.stderr).toMatch(/line 24: columns\[7\] must have a field of the payment/);
    expect(run.stderr).toMatch(/line 25: columns\[7\]\.title "=cmd" would be a formula/);
  });

  test('a report that fits nothing is told (10), one on nobody’s file is not found (3), and what is none is refused (2)', async () => {
    await waitingForFile(office);
    const file = await exported(office, 'odd.xml');
    const stray = reportFile(office, 'stray.xml', { ...file, payments: [{ ...file.payments[0]!, key: 'X' }] }, [
      'ACSC',
    ]);
    expect((await office.as('david', ['bankfile', 'import', stray])).exitCode).toBe(10);
    const foreign = reportFile(office, 'foreign.xml', { ...file, message_id: 'NOBODYS' }, ['RJCT']);
    expect((await office.as('david', ['bankfile', 'import', foreign])).exitCode).toBe(3);
    expect((await office.as('david', ['bankfile', 'import', file.file])).exitCode).toBe(2);
    const rejected = reportFile(office, 'rejected.xml', file, ['RJCT']);
    expect((await office.as('carol', ['bankfile', 'import', rejected])).exitCode).toBe(5);
    expect(await statusOf(file.payments[0]?.payment ?? '')).toBe('executing');
    expect((await office.as('david', ['bankfile', 'import', rejected, '--dry-run'])).exitCode).toBe(0);
    expect(await statusOf(file.payments[0]?.payment ?? '')).toBe('executing');
  });
});
