import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { replenishmentCheckDocument } from '../../src/documents/replenishment-check.ts';
import { replenishmentDocument } from '../../src/documents/replenishment.ts';
import { replenishmentCheckSchema, replenishmentSchema } from '../../src/documents/schemas/replenishment.ts';
import { approveReplenishment } from '../../src/operations/approve-replenishment.ts';
import { checkReplenishment } from '../../src/operations/check-replenishment.ts';
import { fundReplenishment, type FundingRequest } from '../../src/operations/fund-replenishment.ts';
import { findReplenishment } from '../../src/operations/look-up.ts';
import { rejectReplenishment } from '../../src/operations/reject-replenishment.ts';
import { requestReplenishment } from '../../src/operations/request-replenishment.ts';
import { freezeFund } from '../../src/operations/freeze-fund.ts';
import { rowDigest } from '../../src/store/audit-chain.ts';
import { getFund } from '../../src/store/funds.ts';
import { newIdentity } from '../../src/store/references.ts';
import { insertReplenishment, listReplenishments } from '../../src/store/replenishments.ts';
import type { Store } from '../../src/store/store.ts';
import { aFund, post, problemOf, rootOf } from '../support/a-fund.ts';
import { bookFaults } from '../support/an-office.ts';
import { asOwner, eachDatabase } from '../support/databases.ts';
import { anOffice, aPerson, type Office } from '../support/office.ts';
import { aTamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let store: Store;
  let url: string;
  let people: Office['people'];
  let frank: Actor;
  let flora: Actor;
  let mary: Actor;
  let oscar: Actor;
  const now = new Date('2026-10-18T06:00:00.000Z');

  beforeAll(async () => {
    ({ store, url } = await open({ clock: () => now, connections: 4 }));
    const office = await anOffice(store);
    people = office.people;
    // A second CFO, a second treasurer, a treasurer of Mombasa only, and a CFO of the other company.
    await store.write(async (tx) => {
      frank = await aPerson(tx, 'frank', ['cfo'], office.places.ACME);
      flora = await aPerson(tx, 'flora', ['treasurer'], office.places.ACME);
      mary = await aPerson(tx, 'mary', ['treasurer', 'cfo'], office.places.MOMBASA);
      oscar = await aPerson(tx, 'oscar', ['cfo'], office.places.OTHER);
    });
  });

  let references = 0;
  const newReference = () => `FT-${(references += 1)}`;
  const request = (actor: Actor, fund: string, amount: string | null = null) =>
    requestReplenishment(store, actor, { fund, amount, reason: 'cash is needed' });
  const approve = (actor: Actor, ref: string) =>
    approveReplenishment(store, actor, { replenishment: ref, reason: null });
  const reject = (actor: Actor, ref: string) => rejectReplenishment(store, actor, { replenishment: ref, reason: 'no' });
  const fund = (actor: Actor, ref: string, change: Partial<FundingRequest> = {}) =>
    fundReplenishment(store, actor, { replenishment: ref, reference: newReference(), amount: null, ...change });
  const fundNow = (id: string) => store.read((tx) => getFund(tx, id));
  const requestsOf = (fundId: string) =>
    store.read((tx) =>
      tx.db
        .select()
        .from(tx.t.replenishmentRequests)
        .where(sql`${tx.t.replenishmentRequests.fundId} = ${fundId}`),
    );
  const events = (subject: string) =>
    store
      .read((tx) =>
        tx.db
          .select()
          .from(tx.t.auditEvents)
          .where(sql`${tx.t.auditEvents.subject} = ${subject}`)
          .orderBy(tx.t.auditEvents.seq),
      )
      .then((rows) =>
        rows.map((row) => ({
          action: row.action,
          actor: row.actor,
          ...(JSON.parse(row.body) as { payload: Record<string, unknown> }),
        })),
      );

  /** An approved request of david's, approved by esther, for a fund that holds 4,000 of 10,000. */
  async function approved() {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const { request: row } = await request(people.david, view.fund.code);
    await approve(people.esther, row.ref);
    return { fundId: view.fund.id, code: view.fund.code, ref: row.ref };
  }

  test('the whole reorder level is not low; one cent less raises one request, in the same transaction', async () => {
    const { view } = await aFund(store, people.david);
    const atLevel = await post(store, people.carol, view.fund.id, { amountMinor: 800_000 });
    expect([atLevel.fund.balanceMinor, atLevel.replenishment]).toEqual([200_000, null]);
    const below = await post(store, people.carol, view.fund.id, { amountMinor: 1 });
    expect(below.replenishment).toMatchObject({
      status: 'pending',
      autoTriggered: true,
      requestedBy: null,
      balanceMinor: 199_999,
      requestedMinor: 800_001,
      amountFixed: false,
    });
    expect((await fundNow(view.fund.id)).openReplenishment).toBe(below.replenishment?.ref);
    expect(await events(below.replenishment?.ref ?? '')).toMatchObject([
      {
        action: 'replenishment.requested',
        actor: 'system',
        payload: { requested_minor: 800_001, auto_triggered: true },
      },
    ]);
    expect((await post(store, people.carol, view.fund.id, { amountMinor: 1 })).replenishment).toBeNull();
    expect(await requestsOf(view.fund.id)).toHaveLength(1);
  });

  test('while a request is approved no other is raised; after it was rejected the next entry raises one', async () => {
    const { view, replenishment } = await aFund(store, people.david, { opening: '1,000' });
    await approve(people.esther, replenishment?.ref ?? '');
    expect((await post(store, people.carol, view.fund.id, {})).replenishment).toBeNull();
    await reject(people.esther, replenishment?.ref ?? '');
    expect((await post(store, people.carol, view.fund.id, {})).replenishment).not.toBeNull();
    expect(await requestsOf(view.fund.id)).toHaveLength(2);
  });

  test('a frozen fund, and one that shall not replenish, raise none', async () => {
    const manual = await aFund(store, people.david, { autoReplenish: false });
    expect((await post(store, people.carol, manual.view.fund.id, { amountMinor: 999_999 })).replenishment).toBeNull();
    const frozen = await aFund(store, people.david);
    await freezeFund(store, people.david, { fund: frozen.view.fund.code, reason: null });
    expect((await post(store, people.carol, frozen.view.fund.id, { amountMinor: 999_999 })).replenishment).toBeNull();
  });

  test('request, approve, fund: three people, one credit, one event each', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const asked = await request(people.david, view.fund.code);
    expect(replenishmentDocument(asked)).toMatchObject({
      balance: '4000.00',
      requested_amount: '6000.00',
      status: 'pending',
      auto_triggered: false,
      requested_by: 'david',
      approved_by: null,
    });
    const { before, after } = await approve(people.esther, asked.request.ref);
    expect([before.request.status, after.request.status, after.approvedBy]).toEqual(['pending', 'approved', 'esther']);
    const funded = await fund(flora, asked.request.ref, { reference: 'ft 26 a' });
    const document = replenishmentDocument(funded.after);
    expect(replenishmentSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({
      status: 'funded',
      funded_amount: '6000.00',
      funded_by: 'flora',
      reference: 'FT 26 A',
    });
    expect(funded.posted.entry).toMatchObject({
      type: 'credit',
      kind: 'replenishment',
      amountMinor: 600_000,
      balanceAfterMinor: 1_000_000,
      replenishmentId: asked.request.id,
    });
    expect((await fundNow(view.fund.id)).fund).toMatchObject({ balanceMinor: 1_000_000, lastReplenishedAt: now });
    const story = await events(asked.request.ref);
    expect(story.map(({ action, actor }) => [action, actor])).toEqual([
      ['replenishment.requested', 'david'],
      ['replenishment.approved', 'esther'],
      ['replenishment.funded', 'flora'],
    ]);
    expect(story.at(-1)?.payload['ledger_entry']).toEqual({
      ref: funded.posted.entry.ref,
      digest: rowDigest(funded.posted.entry),
    });
  });

  test('the amount is computed again at approval, unless it was fixed', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const asked = await request(people.david, view.fund.code);
    await post(store, people.carol, view.fund.id, { amountMinor: 100_000 });
    expect((await approve(people.esther, asked.request.ref)).after.request).toMatchObject({
      requestedMinor: 700_000,
      approvedMinor: 700_000,
      balanceMinor: 400_000,
    });

    const other = await aFund(store, people.david, { opening: '4,000' });
    const fixed = await request(people.david, other.view.fund.code, '500');
    await post(store, people.carol, other.view.fund.id, { amountMinor: 100_000 });
    expect((await approve(people.esther, fixed.request.ref)).after.request).toMatchObject({
      requestedMinor: 50_000,
      approvedMinor: 50_000,
    });
  });

  test('what is at its imprest level by then is not approved; one cent below it is', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const asked = await request(people.david, view.fund.code);
    await post(store, people.carol, view.fund.id, { type: 'credit', kind: 'return', amountMinor: 600_000 });
    expect(await problemOf(approve(people.esther, asked.request.ref))).toMatchObject({
      kind: 'refused',
      code: 'NOTHING_NEEDED',
    });
    await post(store, people.carol, view.fund.id, { amountMinor: 1 });
    expect((await approve(people.esther, asked.request.ref)).after.request.approvedMinor).toBe(1);
  });

  test('nothing is requested for a full fund without an amount', async () => {
    const { view } = await aFund(store, people.david);
    expect(await problemOf(request(people.david, view.fund.code))).toMatchObject({
      kind: 'refused',
      code: 'NOTHING_NEEDED',
    });
    expect((await request(people.david, view.fund.code, '1')).request.requestedMinor).toBe(100);
  });

  test('one request is open per fund, and the next is told which', async () => {
    const { view, replenishment } = await aFund(store, people.david, { opening: '5' });
    const problem = await problemOf(request(people.esther, view.fund.code));
    expect(problem).toMatchObject({ kind: 'conflict', code: 'REPLENISHMENT_OPEN' });
    expect(problem.message).toContain(replenishment?.ref ?? 'none');
  });

  test('of two who request at once one succeeds', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const both = await Promise.allSettled([
      request(people.david, view.fund.code),
      request(people.esther, view.fund.code),
    ]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'REPLENISHMENT_OPEN' });
    expect(await requestsOf(view.fund.id)).toHaveLength(1);
  });

  test('two entries at once raise one request', async () => {
    const { view } = await aFund(store, people.david, { opening: '2,000' });
    await Promise.all([1, 2, 3, 4].map(() => post(store, people.carol, view.fund.id, { amountMinor: 1 })));
    expect(await requestsOf(view.fund.id)).toHaveLength(1);
    expect((await fundNow(view.fund.id)).fund).toMatchObject({ balanceMinor: 199_996, entrySeq: 5 });
  });

  test('the approver is not the requester', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const asked = await request(people.esther, view.fund.code);
    const problem = await problemOf(approve(people.esther, asked.request.ref));
    expect(problem).toMatchObject({ kind: 'forbidden', code: 'APPROVER_IS_REQUESTER' });
    expect(problem.details.checks?.find((check) => check.id === 'segregation')?.fix?.who).toEqual(['frank']);
    expect((await approve(frank, asked.request.ref)).after.approvedBy).toBe('frank');
  });

  test('the funder is neither the requester nor the approver', async () => {
    const { ref } = await approved();
    expect(await problemOf(fund(people.david, ref))).toMatchObject({ kind: 'forbidden', code: 'FUNDER_IS_REQUESTER' });
    expect(await problemOf(fund(people.esther, ref))).toMatchObject({ kind: 'forbidden', code: 'FUNDER_IS_APPROVER' });
    expect((await fund(frank, ref)).after.fundedBy).toBe('frank');
  });

  test('a request that nobody made is approved by any CFO and funded by another', async () => {
    const { replenishment } = await aFund(store, people.david, { opening: '5' });
    const ref = replenishment?.ref ?? '';
    await approve(people.esther, ref);
    expect(await problemOf(fund(people.esther, ref))).toMatchObject({ code: 'FUNDER_IS_APPROVER' });
    expect((await fund(people.david, ref)).after.request.status).toBe('funded');
  });

  test('the database itself keeps the three people apart', async () => {
    const { fundId } = await approved();
    const [row] = await requestsOf(fundId);
    if (row === undefined) throw new Error('no request');
    const t = await store.read(async (tx) => tx.t);
    const set = (change: Partial<typeof row>) =>
      rootOf(
        asOwner(url, (owner) =>
          owner.write((tx) =>
            tx.db
              .update(t.replenishmentRequests)
              .set(change)
              .where(sql`${t.replenishmentRequests.id} = ${row.id}`),
          ),
        ),
      );
    const funded = { status: 'funded', fundedMinor: 1, reference: newReference() };
    expect(await set({ approvedBy: row.requestedBy })).toMatch(/people_differ/);
    expect(await set({ ...funded, fundedBy: row.requestedBy })).toMatch(/people_differ/);
    expect(await set({ ...funded, fundedBy: row.approvedBy })).toMatch(/people_differ/);
    expect(await set({ ...funded, fundedBy: flora.userId, fundedMinor: (row.approvedMinor ?? 0) + 1 })).toMatch(
      /replenishment_requests_funded/,
    );
    expect(await set({ requestedBy: flora.userId })).toMatch(/never changes/);
    expect(await set({ status: 'pending' })).toMatch(/legal step/);
    const second = await store.read(async (tx) => ({ ...row, ...(await newIdentity(tx, 'replenishmentRequests')) }));
    expect(await rootOf(store.write((tx) => insertReplenishment(tx, second)))).toMatch(
      /one_open|UNIQUE|never replaced/,
    );
    expect(await requestsOf(fundId)).toEqual([row]);
  });

  test('past the database, who approved and funded, when, up to what and under which reference is found by the events', async () => {
    const { ref } = await approved();
    await fund(flora, ref);
    const tamperer = await aTamperer(url, dialect);
    const earlier = dialect === 'sqlite' ? '- 5001' : "- interval '5001 ms'";
    for (const [rule, change] of [
      ['replenishment_decisions_told', `approved_by = '${frank.userId}'`],
      ['replenishment_decisions_told', `decided_at = decided_at ${earlier}`],
      ['replenishment_decisions_told', 'approved_minor = approved_minor + 1'],
      ['replenishment_fundings_told', `funded_by = '${frank.userId}'`],
      ['replenishment_fundings_told', `funded_at = funded_at ${earlier}`],
      ['replenishment_fundings_told', "reference = 'FT-FORGED'"],
    ] as const) {
      const forged = `update replenishment_requests set ${change} where ref = '${ref}'`;
      const faults = await tamperer.during(['replenishment_requests'], forged, [], () => bookFaults(store));
      expect(
        faults.map((fault) => fault.split(' ').slice(0, 2)),
        change,
      ).toContainEqual([rule, `${ref}:`]);
    }
    await tamperer.close();
  });

  test('all that was approved can be funded, not one cent more, and less can', async () => {
    const one = await approved();
    const problem = await problemOf(fund(flora, one.ref, { amount: '6,000.01' }));
    expect(problem).toMatchObject({ kind: 'refused', code: 'AMOUNT_EXCEEDED' });
    expect((await fund(flora, one.ref, { amount: '6,000.00' })).after.request.fundedMinor).toBe(600_000);
    const two = await approved();
    expect((await fund(flora, two.ref, { amount: '0.01' })).posted.entry.balanceAfterMinor).toBe(400_001);
    const three = await approved();
    expect(await problemOf(fund(flora, three.ref, { amount: '0' }))).toMatchObject({
      kind: 'usage',
      code: 'AMOUNT_INVALID',
    });
  });

  test('money that leaves the fund low raises the next request', async () => {
    const { view, replenishment } = await aFund(store, people.david, { opening: '5' });
    await approve(people.esther, replenishment?.ref ?? '');
    const { posted } = await fund(flora, replenishment?.ref ?? '', { amount: '1' });
    expect(posted.replenishment).toMatchObject({ status: 'pending', requestedMinor: 999_400 });
    expect(await requestsOf(view.fund.id)).toHaveLength(2);
  });

  test('a reference is used once, however it is written, and what funded before is named', async () => {
    const [one, two] = [await approved(), await approved()];
    await fund(flora, one.ref, { reference: 'KCB-77' });
    const problem = await problemOf(fund(flora, two.ref, { reference: ' kcb-77 ' }));
    expect(problem).toMatchObject({ kind: 'refused', code: 'REFERENCE_USED' });
    expect(problem.details.checks?.at(-1)?.message).toContain(one.ref);
    expect(await problemOf(fund(flora, two.ref, { reference: 'a\nb' }))).toMatchObject({
      kind: 'usage',
      code: 'REFERENCE_INVALID',
    });
  });

  test('of two funds that use one reference at once one is credited', async () => {
    const [one, two] = [await approved(), await approved()];
    const both = await Promise.allSettled([
      fund(flora, one.ref, { reference: 'RACE-1' }),
      fund(frank, two.ref, { reference: 'RACE-1' }),
    ]);
    expect(both.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ code: 'REFERENCE_USED' });
  });

  test('a request is funded once, also by two at once', async () => {
    const { ref, fundId } = await approved();
    const both = await Promise.allSettled([fund(flora, ref), fund(frank, ref)]);
    expect(both.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
      kind: 'refused',
      code: 'REPLENISHMENT_NOT_APPROVED',
    });
    expect((await fundNow(fundId)).fund.balanceMinor).toBe(1_000_000);
  });

  test('every failing check is listed, and people decide the kind', async () => {
    const { ref } = await approved();
    await fund(flora, ref, { reference: 'DONE-1' });
    const problem = await problemOf(fund(people.david, ref, { reference: 'DONE-1', amount: '9,000' }));
    expect(problem).toMatchObject({ kind: 'forbidden', code: 'REPLENISHMENT_NOT_FUNDABLE' });
    expect(problem.details.checks?.filter((check) => check.ok === false).map((check) => check.code)).toEqual([
      'REPLENISHMENT_NOT_APPROVED',
      'FUNDER_IS_REQUESTER',
      'AMOUNT_EXCEEDED',
      'REFERENCE_USED',
    ]);
  });

  test('what is pending or approved can be rejected; what is funded cannot', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000' });
    const asked = await request(people.david, view.fund.code);
    expect((await reject(people.esther, asked.request.ref)).after).toMatchObject({
      rejectedBy: 'esther',
      request: { status: 'rejected', decidedReason: 'no' },
    });
    const { ref } = await approved();
    expect((await reject(frank, ref)).after.request.status).toBe('rejected');
    const done = await approved();
    await fund(flora, done.ref);
    expect(await problemOf(reject(frank, done.ref))).toMatchObject({ kind: 'refused', code: 'REPLENISHMENT_CLOSED' });
  });

  test('roles and places are kept: request and fund by treasurer or CFO, approve by CFO, each of the place', async () => {
    const { ref, code } = await approved();
    for (const person of [people.amina, people.brian, people.carol, people.helen, people.root]) {
      expect(await problemOf(request(person, code))).toMatchObject({
        kind: expect.stringMatching(/forbidden|not_found/),
      });
      expect(await problemOf(fund(person, ref))).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
    }
    expect(await problemOf(approve(people.david, ref))).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
    expect(await problemOf(request(mary, code))).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
    expect(await problemOf(fund(mary, ref))).toMatchObject({ kind: 'forbidden', code: 'OUT_OF_SCOPE' });
    expect(await problemOf(findReplenishment(store, mary, ref))).toMatchObject({
      kind: 'forbidden',
      code: 'OUT_OF_SCOPE',
    });
    for (const work of [
      () => approve(oscar, ref),
      () => fund(oscar, ref),
      () => findReplenishment(store, oscar, ref),
    ]) {
      expect(await problemOf(work())).toMatchObject({ kind: 'not_found', code: 'REPLENISHMENT_NOT_FOUND' });
    }
  });

  test('the check names what is low, whoever has requested it already', async () => {
    const low = await aFund(store, people.david, { opening: '1,999.99' });
    const full = await aFund(store, people.david, { opening: '2,000' });
    const found = await checkReplenishment(store, people.helen, { fund: low.view.fund.code, create: false });
    const documents = found.map(replenishmentCheckDocument);
    expect(documents).toMatchObject([
      {
        fund: low.view.fund.code,
        balance: '1999.99',
        reorder_level: '2000.00',
        short_by: '0.01',
        open_replenishment: low.replenishment?.ref,
        created: null,
      },
    ]);
    expect(replenishmentCheckSchema.parse(documents[0])).toEqual(documents[0]);
    expect(await checkReplenishment(store, people.helen, { fund: full.view.fund.code, create: false })).toEqual([]);
    const all = await checkReplenishment(store, people.carol, { fund: null, create: false });
    expect(all.map(({ view }) => view.fund.code)).toContain(low.view.fund.code);
    expect(all.map(({ view }) => view.fund.code)).not.toContain(full.view.fund.code);
  });

  test('the check makes what is missing, once, and only for those who may request', async () => {
    const { view } = await aFund(store, people.david, { opening: '5', autoReplenish: false });
    const check = (actor: Actor) => checkReplenishment(store, actor, { fund: view.fund.code, create: true });
    expect(await problemOf(check(people.carol))).toMatchObject({ kind: 'forbidden', code: 'ROLE_MISSING' });
    const [first] = await check(people.david);
    expect(first?.created).toBe(first?.view.openReplenishment);
    const [made] = await requestsOf(view.fund.id);
    expect(made).toMatchObject({
      ref: first?.created,
      autoTriggered: true,
      requestedBy: null,
      requestedMinor: 999_500,
    });
    expect(await events(made?.ref ?? '')).toMatchObject([{ action: 'replenishment.requested', actor: 'david' }]);
    const [again] = await check(people.david);
    expect([again?.created, again?.view.openReplenishment]).toEqual([null, made?.ref]);
    expect(await requestsOf(view.fund.id)).toHaveLength(1);
    const ofRequests = async () => (await bookFaults(store)).filter((fault) => fault.includes(made?.ref ?? ''));
    expect(await ofRequests()).toEqual([]);
    // What the fund lacks is worked out anew when it is approved.
    await post(store, people.carol, view.fund.id, { amountMinor: 100 });
    await approve(people.esther, made?.ref ?? '');
    expect((await requestsOf(view.fund.id))[0]?.requestedMinor).not.toBe(999_500);
    expect(await ofRequests()).toEqual([]);
  });

  test('the check of a fund elsewhere is refused, of another company not found', async () => {
    const { view } = await aFund(store, people.david, { opening: '5' });
    expect(await problemOf(checkReplenishment(store, mary, { fund: view.fund.code, create: false }))).toMatchObject({
      kind: 'forbidden',
      code: 'OUT_OF_SCOPE',
    });
    expect(await problemOf(checkReplenishment(store, oscar, { fund: view.fund.code, create: false }))).toMatchObject({
      kind: 'not_found',
    });
    expect(await checkReplenishment(store, mary, { fund: null, create: false })).toEqual([]);
  });

  test('more than a balance can be is refused by a rule, the books being well, and nothing is posted', async () => {
    const { view } = await aFund(store, people.david, { opening: '4,000.01' });
    const { request: row } = await request(flora, view.fund.code, '90,071,992,543,409.91');
    await approve(people.esther, row.ref);
    expect(await problemOf(fund(people.david, row.ref))).toMatchObject({ kind: 'refused', code: 'BALANCE_OVERFLOW' });
    expect((await fundNow(view.fund.id)).fund.balanceMinor).toBe(400_001);
    await fund(people.david, row.ref, { amount: '90,071,992,543,409.90' });
    expect((await fundNow(view.fund.id)).fund.balanceMinor).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('a list is by status and fund, in scope, with sums over all pages', async () => {
    const { code, fundId, ref } = await approved();
    const list = (filter: { status?: string; fundId?: string }, actor: Actor, limit = 0) =>
      store.read((tx) => listReplenishments(tx, filter, { limit, after: null }, actor.grants));
    const ours = await list({ fundId }, people.helen);
    expect(ours).toMatchObject({
      count: 1,
      next: null,
      totals: [{ currency: 'KES', sum: 600_000n }],
      rows: [{ fundCode: code, requestedBy: 'david', request: { ref } }],
    });
    const all = await list({ status: 'approved' }, people.helen);
    const first = await list({ status: 'approved' }, people.helen, 1);
    expect([first.rows.length, first.count, first.next === null]).toEqual([1, all.count, all.count === 1]);
    expect((await list({}, oscar)).count).toBe(0);
    expect((await list({}, mary)).count).toBe(0);
  });
});
