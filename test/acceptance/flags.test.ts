import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, DIALECTS, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf } from './documents.ts';

interface Flagged {
  readonly ref: string;
  readonly number: string;
  readonly flags: readonly { readonly code: string; readonly references: readonly string[] }[] | null;
}

/** Where a flag must be seen before money leaves; it never refuses anything. */
describe.each(DIALECTS)('flags about a payee, on %s', (dialect) => {
  let office: DemoOffice;
  let known: Flagged;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    known = (await ask('Jumbo Stationers Ltd', '3,000', 'KCB:1101234567')).data;
    await run('brian', ['requisition', 'approve', known.number]);
  });
  afterAll(() => office.close());

  async function run(person: Person, args: readonly string[], exit = 0) {
    const ran = await office.as(person, [...args, '--json']);
    expect(ran.exitCode, ran.stdout).toBe(exit);
    const { data, warnings, error } = await answerOf(ran);
    return { data: data as Flagged, warnings, error };
  }
  const ask = (payee: string, amount: string, to: string) =>
    run('amina', [
      ...['requisition', 'create', '--payee', payee, '--amount', amount, '--purpose', 'Paper'],
      ...['--method', 'bank', '--to', to, '--company', 'ACME'],
    ]);
  const codesOf = ({ data, warnings }: { data: Flagged; warnings: readonly string[] }) => {
    expect(warnings).toHaveLength(data.flags?.length ?? 0);
    return data.flags?.map(({ code }) => code);
  };

  test('a dry run, of which nothing is kept, is told the same', async () => {
    const wish = ['--purpose', 'Paper', '--method', 'bank', '--company', 'ACME', '--dry-run'];
    const create = ['requisition', 'create', '--payee', 'Jumbo Stationers Ltd', '--amount', '4,100', ...wish];
    expect(codesOf(await run('amina', [...create, '--to', 'KCB:7654321']))).toEqual(['NEW_DESTINATION']);
    expect(codesOf(await run('amina', [...create, '--to', 'KCB:1101234567']))).toEqual([]);
    const list = await run('amina', ['requisition', 'list', '--search', 'Jumbo']);
    expect(list.data).toHaveLength(1);
  });

  test('what is known raises none', async () => {
    expect(codesOf(await ask('Jumbo Stationers Ltd.', '2,900', 'KCB 1101 234 567'))).toEqual([]);
  });

  test('a new account is told when it is asked for, approved, ordered, explained and shown', async () => {
    const asked = await ask('JUMBO STATIONERS LTD', '4,000', 'EQTY:9909876543');
    expect(codesOf(asked)).toEqual(['NEW_DESTINATION']);
    expect(asked.warnings[0]).toBe(
      `JUMBO STATIONERS LTD was never paid to EQTY:9909876543, but to KCB:1101234567 (${known.number}).`,
    );
    const { number } = asked.data;
    expect(codesOf(await run('brian', ['requisition', 'approve', number]))).toEqual(['NEW_DESTINATION']);
    const created = await run('carol', ['payment', 'create', '--requisition', number, '--fund', 'BANK']);
    expect(codesOf(created)).toEqual(['NEW_DESTINATION']);
    const { ref } = created.data;
    // A code is missing, and that is all that is wrong.
    const explained = await run('carol', ['payment', 'explain', ref], 4);
    expect(explained.warnings).toEqual(asked.warnings);
    expect(explained.error?.checks.filter((check) => check.ok === false).map((check) => check.id)).toEqual(['otp']);
    for (const args of [
      ['requisition', 'show', number],
      ['payment', 'show', ref],
    ]) {
      expect((await run('faith', args)).data.flags).toEqual(asked.data.flags);
      const card = (await office.as('faith', args)).stdout;
      expect(card).toMatch(/^Look\s+.*never paid to EQTY:9909876543/m);
    }
    const [listed] = (await run('faith', ['payment', 'list', '--limit', '1'])).data as unknown as Flagged[];
    expect(listed?.flags).toBeNull();
  });

  test('a person who pays is told before being asked for a yes', async () => {
    const asked = await ask('Jumbo Stationers Ltd', '5,000', 'DTB:5550001112');
    await run('brian', ['requisition', 'approve', asked.data.number]);
    const order = ['payment', 'create', '--requisition', asked.data.number, '--fund', 'BANK'];
    const { ref } = (await run('carol', order)).data;
    await run('carol', ['payment', 'otp', ref, '--send']);
    const verify = ['payment', 'otp', ref, '--verify', '--code-stdin'];
    expect((await office.as('carol', verify, { input: office.newestCode() })).exitCode).toBe(0);
    const screen = office.terminal('carol', ['payment', 'execute', ref, '--gateway-reference', 'FLAG0001']);
    await screen.waitFor('Look: Jumbo Stationers Ltd was never paid to DTB:5550001112');
    await screen.waitFor('Pay KES 5,000.00');
    screen.press('enter');
    expect((await screen.exit).exitCode).toBe(130);
    await run('carol', ['payment', 'execute', ref, '--gateway-reference', 'FLAG0001', '--yes']);
  });

  test('somebody else’s account, and the same payee and amount, are told line by line when a list is submitted', async () => {
    const file = join(office.home, 'flags.csv');
    const lines = [
      'payee,amount,purpose,method,destination,company,region,branch,category',
      'Peter Otieno,777,Airtime,bank,KCB:1101234567,ACME,,,',
      'Jane Wanjiru,650,Airtime,mpesa,0712345678,ACME,,,',
      'jane  wanjiru,650.00,Airtime again,mpesa,+254712345678,ACME,,,',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const { data, warnings } = await run('amina', ['requisition', 'import', file]);
    const documents = data as unknown as readonly Flagged[];
    expect(documents.map(({ flags }) => flags?.map(({ code }) => code))).toEqual([
      ['DESTINATION_OF_ANOTHER'],
      ['SAME_PAYEE_AND_AMOUNT'],
      ['SAME_PAYEE_AND_AMOUNT'],
    ]);
    expect(documents[1]?.flags?.[0]?.references).toEqual([documents[2]?.number]);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toBe(
      `${documents[0]?.number}: KCB:1101234567 is where Jumbo Stationers Ltd was paid (${known.number}).`,
    );
  });
});
