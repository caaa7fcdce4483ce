import { beforeAll, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { amendRequisition } from '../../src/operations/amend-requisition.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { cancelRequisition } from '../../src/operations/cancel-requisition.ts';
import { createRequisition, type RequisitionRequest } from '../../src/operations/create-requisition.ts';
import { importRequisitions } from '../../src/operations/import-requisitions.ts';
import { rejectRequisition } from '../../src/operations/reject-requisition.ts';
import { requisitionDocument } from '../../src/documents/requisition.ts';
import { requisitionSchema } from '../../src/documents/schemas/requisition.ts';
import { getRequisition, listRequisitions, resolveRequisition } from '../../src/store/requisitions.ts';
import type { Actor } from '../../src/domain/access.ts';
import type { Store } from '../../src/store/store.ts';
import { eachDatabase } from '../support/databases.ts';
import { anOffice, aPerson, type Office } from '../support/office.ts';

type Wish = Partial<RequisitionRequest['draft']> & { currency?: string | null } & RequisitionRequest['place'];

const wish = ({ currency = null, company, region, branch = 'WESTLANDS', ...draft }: Wish = {}): RequisitionRequest => ({
  draft: {
    payee: 'Jane Wanjiru',
    amount: '2,500.00',
    purpose: 'Taxi',
    method: 'mpesa',
    destination: '0712 345 678',
    category: null,
    ...draft,
  },
  place: { company, region, branch: (region ?? company) ? undefined : branch },
  currency,
});

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw new Error(`no Problem, but ${String(error)}`, { cause: error });
};

const HEADER = 'payee,amount,purpose,method,destination,company,region,branch,category';

eachDatabase((open) => {
  let store: Store;
  let office: Office;
  let people: Office['people'];
  let now = new Date('2026-10-18T06:00:00.000Z');

  beforeAll(async () => {
    ({ store } = await open({ clock: () => now }));
    office = await anOffice(store);
    people = office.people;
  });

  const create = (change: Wish = {}, actor: Actor = people.amina) => createRequisition(store, actor, wish(change));
  const listed = () => store.read((tx) => listRequisitions(tx, {}, { limit: 1, after: null }, people.helen.grants));
  const events = (subject: string) =>
    store
      .read((tx) => tx.db.select().from(tx.t.auditEvents))
      .then((rows) => rows.filter((row) => row.subject === subject));

  test('a requisition is created submitted, normalised, with a number and one event', async () => {
    const view = await create({ payee: '  Jane Wanjiru ' });
    const document = requisitionDocument(view, null);
    expect(document).toMatchObject({
      number: 'REQ-2026-00001',
      requester: 'amina',
      payee: 'Jane Wanjiru',
      amount: '2500.00',
      amount_minor: 250_000,
      currency: 'KES',
      destination: '254712345678',
      company: 'ACME',
      region: 'NBI-R',
      branch: 'WESTLANDS',
      status: 'submitted',
      approvals: [],
    });
    expect(requisitionSchema.parse(document)).toEqual(document);
    expect((await events(view.requisition.ref)).map((event) => event.action)).toEqual(['requisition.created']);
  });

  test('numbers have no gaps, even when a wish was refused between', async () => {
    const first = await create();
    await problemOf(create({ amount: '0' }));
    const second = await create();
    const seq = (number: string) => Number(number.slice(-5));
    expect(seq(second.requisition.number)).toBe(seq(first.requisition.number) + 1);
  });

  test("numbers start anew with the year in the office's zone", async () => {
    // An office is never silent for long.
    for (const day of [
      '2026-10-25',
      '2026-11-01',
      '2026-11-08',
      '2026-11-15',
      '2026-11-22',
      '2026-11-29',
      '2026-12-06',
      '2026-12-13',
      '2026-12-20',
      '2026-12-27',
    ]) {
      now = new Date(`${day}T06:00:00.000Z`);
      await create();
    }
    now = new Date('2026-12-31T20:59:59.999Z');
    expect((await create()).requisition.number).toMatch(/^REQ-2026-/);
    now = new Date('2026-12-31T21:00:00.000Z');
    expect((await create()).requisition.number).toBe('REQ-2027-00001');
    expect((await create()).requisition.number).toBe('REQ-2027-00002');
  });

  test('everything that is wrong is said at once', async () => {
    const problem = await problemOf(
      create({
        payee: ' ',
        amount: '1.234,50',
        purpose: 'a\u001bb',
        method: 'cheque',
        currency: 'KSH',
        branch: 'NOWHERE',
      }),
    );
    expect(problem).toMatchObject({ kind: 'usage', code: 'REQUISITION_INVALID' });
    expect(problem.details.faults).toHaveLength(6);
  });

  test("an unknown place alone is not found, and another company's place is unknown", async () => {
    expect(await problemOf(create({ branch: 'NOWHERE' }))).toMatchObject({
      kind: 'not_found',
      code: 'BRANCH_NOT_FOUND',
    });
    expect(await problemOf(create({ company: 'OTHER' }))).toMatchObject({
      kind: 'not_found',
      code: 'COMPANY_NOT_FOUND',
    });
  });

  test('a branch outside the region that was named is refused', async () => {
    const request = { ...wish(), place: { region: 'COAST', branch: 'WESTLANDS' } };
    expect(await problemOf(createRequisition(store, people.amina, request))).toMatchObject({ kind: 'usage' });
  });

  test('without a place it is the only one of the requester', async () => {
    const branchOnly = await store.write((tx) => aPerson(tx, 'wanja', ['requester'], office.places.WESTLANDS));
    const view = await createRequisition(store, branchOnly, { ...wish(), place: {} });
    expect(view).toMatchObject({ company: 'ACME', region: 'NBI-R', branch: 'WESTLANDS' });
    const elsewhere = await problemOf(createRequisition(store, branchOnly, wish({ branch: 'MOMBASA' })));
    expect(elsewhere).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
  });

  test('only requesters request', async () => {
    for (const person of ['brian', 'carol', 'david', 'esther', 'helen', 'root'] as const) {
      expect(await problemOf(create({}, people[person])), person).toMatchObject({
        kind: 'forbidden',
        code: 'ROLE_MISSING',
      });
    }
  });

  test('an approval keeps who, when, the revision and the digest of the terms', async () => {
    const view = await create();
    const { before, view: approved } = await approveRequisition(store, people.brian, {
      requisition: view.requisition.number,
      reason: 'fine',
    });
    expect(before).toBe('submitted');
    expect(requisitionDocument(approved, null)).toMatchObject({
      status: 'approved',
      approvals: [{ approver: 'brian', decision: 'approved', reason: 'fine', revision: 1, at: now.toISOString() }],
    });
    const [row] = await store.read((tx) => tx.db.select().from(tx.t.requisitionApprovals));
    expect(row?.termsDigest).toMatch(/^[0-9a-f]{64}$/);
    expect((await events(view.requisition.ref)).map((event) => event.action)).toEqual([
      'requisition.created',
      'requisition.approved',
    ]);
  });

  test('the requester never decides on their own, whatever else they are', async () => {
    const view = await create({}, people.grace);
    for (const work of [
      () => approveRequisition(store, people.grace, { requisition: view.requisition.ref, reason: null }),
      () => rejectRequisition(store, people.grace, { requisition: view.requisition.ref, reason: 'no' }),
    ]) {
      const problem = await problemOf(work());
      expect(problem).toMatchObject({ kind: 'forbidden', code: 'APPROVER_IS_REQUESTER' });
      expect(problem.details.checks?.find((check) => check.id === 'segregation')?.fix?.who).toEqual([
        'brian',
        'esther',
      ]);
    }
    expect(await events(view.requisition.ref)).toHaveLength(1);
  });

  test('the database itself refuses an approval by the requester', async () => {
    const view = await create({}, people.grace);
    const cheat = store.write((tx) =>
      tx.db.insert(tx.t.requisitionApprovals).values({
        id: '019a0000-0000-7000-8000-000000000000',
        requisitionId: view.requisition.id,
        revision: 1,
        approverId: people.grace.userId,
        decision: 'approved',
        reason: null,
        termsDigest: 'x',
        createdAt: now,
      }),
    );
    await expect(cheat).rejects.toThrow();
  });

  test('what was decided is not decided again', async () => {
    const view = await create();
    await approveRequisition(store, people.brian, { requisition: view.requisition.ref, reason: null });
    const again = await problemOf(
      approveRequisition(store, people.esther, { requisition: view.requisition.ref, reason: null }),
    );
    expect(again).toMatchObject({ kind: 'refused', code: 'REQUISITION_NOT_SUBMITTED' });
  });

  test('two approvers at once: one approves, the other is told', async () => {
    const view = await create();
    const answers = await Promise.allSettled([
      approveRequisition(store, people.brian, { requisition: view.requisition.ref, reason: null }),
      approveRequisition(store, people.esther, { requisition: view.requisition.ref, reason: null }),
    ]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await events(view.requisition.ref)).toHaveLength(2);
  });

  test("another company's requisition does not exist; one out of reach is forbidden", async () => {
    const theirs = await createRequisition(store, people.olga, { ...wish(), place: {} });
    const problem = await problemOf(
      approveRequisition(store, people.brian, { requisition: theirs.requisition.number, reason: null }),
    );
    expect(problem).toMatchObject({ kind: 'not_found', code: 'REQUISITION_NOT_FOUND' });
    const coastal = await store.write((tx) => aPerson(tx, 'omar', ['approver'], office.places.COAST));
    const here = await create();
    const far = await problemOf(
      approveRequisition(store, coastal, { requisition: here.requisition.ref, reason: null }),
    );
    expect(far).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
  });

  test('an amendment submits again in a new revision and says before and after', async () => {
    const view = await create();
    const requisition = view.requisition.ref;
    await approveRequisition(store, people.brian, { requisition, reason: null });
    const { before, view: after } = await amendRequisition(store, people.amina, {
      requisition,
      amendment: { amount: '3000' },
    });
    expect(before).toMatchObject({ amountMinor: 250_000, revision: 1, status: 'approved' });
    expect(after.requisition).toMatchObject({
      amountMinor: 300_000,
      revision: 2,
      status: 'submitted',
      destination: '254712345678',
    });
    const { view: approved } = await approveRequisition(store, people.brian, { requisition, reason: null });
    expect(approved.approvals.map((approval) => approval.revision)).toEqual([1, 2]);
  });

  test('a rejected requisition is amended, but not by somebody else and not into nonsense', async () => {
    const requisition = (await create()).requisition.ref;
    await rejectRequisition(store, people.esther, { requisition, reason: 'two quotes are needed' });
    const stranger = await problemOf(
      amendRequisition(store, people.grace, { requisition, amendment: { purpose: 'Bus' } }),
    );
    expect(stranger).toMatchObject({ kind: 'forbidden', code: 'NOT_THE_REQUESTER' });
    const forgotten = await problemOf(
      amendRequisition(store, people.amina, { requisition, amendment: { method: 'bank' } }),
    );
    expect(forgotten.details.faults?.join()).toContain('--to');
    expect(await problemOf(amendRequisition(store, people.amina, { requisition, amendment: {} }))).toMatchObject({
      code: 'INPUT_MISSING',
    });
    const { view } = await amendRequisition(store, people.amina, {
      requisition,
      amendment: { method: 'bank', destination: 'KCB:1101' },
    });
    expect(view.requisition).toMatchObject({
      method: 'bank',
      destination: 'KCB:1101',
      status: 'submitted',
      decidedReason: null,
    });
  });

  test('a cancelled requisition is over', async () => {
    const requisition = (await create()).requisition.ref;
    await cancelRequisition(store, people.amina, { requisition, reason: 'not needed' });
    for (const work of [
      () => cancelRequisition(store, people.amina, { requisition, reason: null }),
      () => amendRequisition(store, people.amina, { requisition, amendment: { amount: '5' } }),
      () => approveRequisition(store, people.brian, { requisition, reason: null }),
    ]) {
      expect((await problemOf(work())).kind).toBe('refused');
    }
  });

  test('a person without a say cancels nothing', async () => {
    const requisition = (await create()).requisition.ref;
    expect(await problemOf(cancelRequisition(store, people.carol, { requisition, reason: null }))).toMatchObject({
      kind: 'forbidden',
    });
    await cancelRequisition(store, people.brian, { requisition, reason: null });
  });

  test('a payee list is imported whole, in order, with one event for each line', async () => {
    const text = `\ufeff${HEADER}\r\n"Wanjiru, Jane",1500,Airtime,mpesa,0712345678,,,WESTLANDS,\r\nKenya Power,"48,200.00","Power\nfor two shops",bank,KCB:110123,ACME,,,utilities\r\n`;
    const refused = await problemOf(importRequisitions(store, people.amina, text));
    expect(refused.details.faults).toEqual(['line 3: the purpose has a control character or line break in it']);
    const { views, warnings } = await importRequisitions(store, people.amina, text.replace('Power\nfor', 'Power for'));
    expect(warnings).toEqual([]);
    expect(views.map((view) => view.requisition.payee).toSorted()).toEqual(['Kenya Power', 'Wanjiru, Jane']);
    for (const view of views) expect(await events(view.requisition.ref)).toHaveLength(1);
  });

  test('a line that hides something is named with its line, the character and its place', async () => {
    const lines = [
      'Jane Wan\u200bjiru,1500,Air\u00adtime,cash,Jane\u202e,,,WESTLANDS,',
      'Jane Wanjiru,1500,Airtime,bank,KCB:1101\u316423,,,WESTLANDS,',
    ];
    const problem = await problemOf(importRequisitions(store, people.amina, `${HEADER}\n${lines.join('\n')}\n`));
    const hides = (line: number, what: string, point: string, place: number): string =>
      `line ${line}: ${what} has a character in it that cannot be seen: ${point}, in place ${place}; type it anew without`;
    expect(problem.details.faults).toEqual([
      hides(2, 'the payee', 'U+200B', 9),
      hides(2, 'the purpose', 'U+00AD', 4),
      hides(2, 'the destination (who receives the cash)', 'U+202E', 5),
      hides(3, 'the destination', 'U+3164', 9),
    ]);
  });

  test('one bad line keeps the whole list out, and every fault of every line is named', async () => {
    const count = async () =>
      (await store.read((tx) => listRequisitions(tx, {}, { limit: 1, after: null }, people.amina.grants))).count;
    const before = await count();
    const lines = [
      'Jane,1500,Airtime,mpesa,0712345678,,,WESTLANDS,',
      ',-5,Airtime,mpesa,12,,,NOWHERE,',
      'Jane,1500',
      'Jo,10,Bus,cash,Jo,OTHER,,,',
    ];
    const problem = await problemOf(importRequisitions(store, people.amina, `${HEADER}\n${lines.join('\n')}\n`));
    expect(problem).toMatchObject({ kind: 'usage', code: 'IMPORT_INVALID' });
    expect(problem.details.faults?.map((fault) => fault.slice(0, 7))).toEqual([
      'line 3:',
      'line 3:',
      'line 3:',
      'line 3:',
      'line 4:',
      'line 5:',
    ]);
    expect(await count()).toBe(before);
  });

  test('a list without all columns, with strange ones, or with nothing is refused', async () => {
    const faultsOf = async (text: string) =>
      (await problemOf(importRequisitions(store, people.amina, text))).details.faults ?? [];
    expect((await faultsOf('payee,iban\nJane,1\n')).join()).toContain('missing columns amount');
    expect((await faultsOf('payee,iban\nJane,1\n')).join()).toContain('unknown columns "iban"');
    expect((await faultsOf('')).join()).toContain('empty');
    expect((await faultsOf(`${HEADER}\n`)).join()).toContain('no lines');
    expect((await faultsOf(`${HEADER}\nJane,"15\n`)).join()).toContain('line');
    expect((await faultsOf(`${HEADER}\n${'a,1,b,cash,c,,,WESTLANDS,\n'.repeat(10_001)}`)).join()).toContain(
      '10001 lines',
    );
    expect((await faultsOf('x'.repeat(5 * 1024 * 1024 + 1))).join()).toContain('5 MiB');
  });

  test('lines that say the same are imported with a warning', async () => {
    const line = 'Jo,10,Bus,cash,Jo,,,WESTLANDS,';
    const { views, warnings } = await importRequisitions(store, people.amina, `${HEADER}\n${line}\n${line}\n`);
    expect(views).toHaveLength(2);
    expect(warnings).toEqual(['Line 3 is the same as line 2.']);
  });

  test('lists are newest first, paged without gaps, with counts and sums over all pages', async () => {
    const all = await store.read((tx) => listRequisitions(tx, {}, { limit: 0, after: null }, people.helen.grants));
    expect(all.count).toBe(all.rows.length);
    const sum = all.rows.reduce((total, row) => total + row.requisition.amountMinor, 0);
    expect(all.totals).toMatchObject([{ currency: 'KES', sum: BigInt(sum) }]);
    const paged: string[] = [];
    for (let after: string | null = null; ;) {
      const page = await store.read((tx) => listRequisitions(tx, {}, { limit: 3, after }, people.helen.grants));
      expect(page.count).toBe(all.count);
      paged.push(...page.rows.map((row) => row.requisition.ref));
      if (page.next === null) break;
      after = page.next;
    }
    expect(paged).toEqual(all.rows.map((row) => row.requisition.ref));
  });

  test('filters narrow a list, and search takes signs as they are', async () => {
    const odd = await create({ purpose: '100% off_season' });
    const find = async (search: string) =>
      (
        await store.read((tx) => listRequisitions(tx, { search }, { limit: 0, after: null }, people.helen.grants))
      ).rows.map((row) => row.requisition.ref);
    expect(await find('100% OFF_')).toEqual([odd.requisition.ref]);
    expect(await find('1000% off')).toEqual([]);
    expect(await find("' or 1=1 --")).toEqual([]);
    const cancelled = await store.read((tx) =>
      listRequisitions(tx, { status: 'cancelled' }, { limit: 0, after: null }, people.helen.grants),
    );
    expect(cancelled.rows.every((row) => row.requisition.status === 'cancelled')).toBe(true);
  });

  test('a requisition is named by number, reference, beginning and id', async () => {
    const { requisition } = await create();
    for (const name of [
      requisition.number.toLowerCase(),
      requisition.ref,
      requisition.ref.slice(0, -1),
      requisition.id,
    ]) {
      expect(await store.read((tx) => resolveRequisition(tx, name, people.amina.grants)), name).toBe(requisition.id);
    }
    expect(await store.read((tx) => getRequisition(tx, requisition.id))).toMatchObject({ ref: requisition.ref });
  });

  test('wishes for the highest amount are added exactly, also where they are more than 64 bits hold', async () => {
    const before = await listed();
    const line = 'Jo,90071992547409.91,Bus,cash,Jo,,,WESTLANDS,';
    // 1,024 of them are still below 2^63.
    const lines = Array.from({ length: 1_030 }, () => line);
    await importRequisitions(store, people.amina, [HEADER, ...lines].join('\n'));
    const after = await listed();
    expect(after.count - before.count).toBe(1_030);
    expect((after.totals[0]?.sum ?? 0n) - (before.totals[0]?.sum ?? 0n)).toBe(1_030n * 9_007_199_254_740_991n);
  });
});
