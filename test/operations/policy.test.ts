import { beforeEach, describe, expect, test } from 'vitest';
import { weekdayOf } from '../../src/domain/policy.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { amendRequisition } from '../../src/operations/amend-requisition.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { explainPolicy } from '../../src/operations/explain-policy.ts';
import { importRequisitions } from '../../src/operations/import-requisitions.ts';
import { rejectRequisition } from '../../src/operations/reject-requisition.ts';
import { replayPolicy } from '../../src/operations/replay-policy.ts';
import { proposeReversal } from '../../src/operations/reverse-payment.ts';
import { setPolicy, type PolicyAnswer } from '../../src/operations/set-policy.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { findPolicyView, getPolicy } from '../../src/store/policies.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Actor } from '../../src/domain/access.ts';
import { terms } from '../support/a-policy.ts';
import {
  aPayingOffice,
  bookFaults,
  DAY,
  failingCodes,
  MINUTE,
  problemOf,
  reasonsOf,
  type PayingOffice,
} from '../support/an-office.ts';
import { listAuditEvents } from '../support/audit.ts';
import { agreed, proposedBy } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection } from '../support/raw.ts';
import { aTamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;

  beforeEach(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    fund = await office.fund({ opening: '9,000,000' });
  });

  const set = (document: object, actor: Actor = people.root): Promise<PolicyAnswer> =>
    setPolicy(office.store, actor, { text: JSON.stringify(document), reason: 'the board' });
  /** Sets it, by as many people as that takes. */
  const put = async (document: object): Promise<void> =>
    agreed(
      office.store,
      people.esther,
      set(document).then(({ answer }) => answer),
    );
  const submitted = async (amount = '1,000', actor: Actor = people.amina) => {
    const draft = {
      payee: 'Jane',
      amount,
      purpose: 'Taxi',
      method: 'cash',
      destination: 'Jane',
      category: null,
    } as const;
    const place = { branch: 'WESTLANDS' };
    return (await createRequisition(office.store, actor, { draft, place, currency: null })).requisition;
  };
  const approve = (requisition: Row<'requisitions'>, actor: Actor) =>
    approveRequisition(office.store, actor, { requisition: requisition.ref, reason: null });
  const order = async (requisition: Row<'requisitions'>, amount: string | null = null) => {
    const request = { requisitionId: requisition.id, fundId: fund.id, amount, maxRetries: null };
    return (await createPayment(office.store, people.carol, request)).payment;
  };
  const inForce = async () => (await office.store.read(getPolicy)).version;

  describe('setting a policy', () => {
    test('before the office has paid an admin does it alone, as version 1, with one event', async () => {
      const { answer, warnings } = await set({ approval: [{ up_to: '500', approvers: 1 }, { approvers: 2 }] });
      expect(answer).toMatchObject({
        changed: true,
        before: { version: 0 },
        view: { createdBy: 'root', change: null },
      });
      expect(warnings).toEqual([]);
      const view = await office.store.read((tx) => findPolicyView(tx, 1));
      expect(view?.policy).toMatchObject({ version: 1, reason: 'the board', limitsDays: false });
      const [event, ...more] = await office.store.read((tx) => listAuditEvents(tx, 'policy.set'));
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        actor: 'root',
        subject: 'policy',
        payload: { version_before: 0, version_after: 1, digest: view?.policy.digest, before: {} },
      });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('afterwards it is proposed, and the proposer cannot confirm', async () => {
      await office.pay(await office.payment(fund));
      const { proposed } = await proposedBy(set({ approval: [{ approvers: 2 }] }).then(({ answer }) => answer));
      expect(proposed.change).toMatchObject({ kind: 'policy.set', subject: 'policy', reason: 'the board' });
      expect(JSON.parse(proposed.change.after)).toEqual({ version: 1, approval_1: 'any amount: 2 approvers' });
      expect(await inForce()).toBe(0);
      const confirm = (actor: Actor) =>
        confirmChange(office.store, actor, { change: proposed.change.ref, reason: null });
      expect((await problemOf(confirm(people.root))).kind).toBe('forbidden');
      expect((await problemOf(set({}))).code).toBe('CHANGE_PENDING');
      await confirm(people.esther);
      const view = await office.store.read((tx) => findPolicyView(tx, null));
      expect(view).toMatchObject({ policy: { version: 1 }, createdBy: 'root', change: { confirmedBy: 'esther' } });
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a proposal that another version has overtaken is outdated', async () => {
      await put({});
      await office.pay(await office.payment(fund));
      const { proposed } = await proposedBy(set({ cfo: { above: '5' } }).then(({ answer }) => answer));
      const tamperer = await aTamperer(office.url, dialect);
      await tamperer.run(
        'insert into policies (version, body, digest, limits_days, reason, created_by, created_at) select 2, body, digest, limits_days, reason, created_by, created_at from policies',
      );
      await tamperer.close();
      const confirming = confirmChange(office.store, people.esther, { change: proposed.change.ref, reason: null });
      expect((await problemOf(confirming)).code).toBe('CHANGE_OUTDATED');
    });

    test('what is in force already is no new version', async () => {
      await set({ cfo: { above: '5' } });
      expect((await set({ cfo: { above: '5.00' }, approval: [{}] })).answer).toMatchObject({ changed: false });
      expect(await inForce()).toBe(1);
    });

    test('everything wrong is said at once, and nothing changes', async () => {
      const text = '[cfo]\nabove = "x"\nbelow = 1\n';
      const problem = await problemOf(setPolicy(office.store, people.root, { text, reason: 'T' }));
      expect(problem).toMatchObject({ kind: 'usage', code: 'POLICY_INVALID' });
      expect(problem.details.faults).toEqual([
        expect.stringMatching(/^line 2: cfo\.above: "x" is not an amount/) as string,
        'line 3: cfo.below is not known; known there are above',
      ]);
      expect((await problemOf(setPolicy(office.store, people.root, { text: '[', reason: 'T' }))).message).toContain(
        'line 1',
      );
      expect(await inForce()).toBe(0);
    });

    test('is for admins, and CFOs of every company', async () => {
      expect((await problemOf(set({}, people.david))).code).toBe('ROLE_MISSING');
      const problem = await problemOf(set({}, people.esther));
      expect([problem.code, problem.message]).toEqual(['OUT_OF_SCOPE', expect.stringContaining('OTHER') as string]);
    });

    test('a file that says nothing is none, and changes nothing; {} ends every rule, and they are named', async () => {
      await set({ approval: [{ approvers: 2 }], cfo: { above: '5' }, limits: { cash: { per_day: '9' } } });
      for (const text of ['', ' \n', '# [cfo]\n# above = "5"\n']) {
        const problem = await problemOf(setPolicy(office.store, people.root, { text, reason: 'T' }));
        expect([problem.kind, problem.code, problem.message]).toEqual([
          ...['usage', 'POLICY_INVALID'],
          'This is no policy: the file says nothing. A file of {} alone ends every rule.',
        ]);
      }
      expect(await inForce()).toBe(1);
      expect((await set({ stale: { change_days: 2 } })).warnings).toEqual([]);
      await set({ approval: [{ approvers: 2 }], cfo: { above: '5' }, limits: { cash: { per_day: '9' } } });
      const { answer, warnings } = await set({});
      expect(answer).toMatchObject({ changed: true });
      expect(warnings).toEqual([
        'It has no rules: all of policy 3 end with it: approval 1 (any amount: 2 approvers), cfo above (KES 5.00), cash per day (KES 9.00).',
      ]);
      expect((await set({ approval: [{ approvers: 1 }] })).warnings).toEqual([]);
    });

    test('a limit of a day below that of a payment is said, for each method and currency; the same is none', async () => {
      const limits = (per_payment: string, per_day: string) => ({ mpesa: { per_payment, per_day }, cash: { per_day } });
      expect((await set({ limits: limits('1,000', '1,000') })).warnings).toEqual([]);
      const document = { limits: limits('1,000.01', '1,000'), currency: { USD: { limits: limits('20', '10') } } };
      expect((await set(document)).warnings).toEqual([
        'By mpesa it allows KES 1,000.01 at once, but only KES 1,000.00 a day: no payment above that can be made.',
        'By mpesa it allows USD 20.00 at once, but only USD 10.00 a day: no payment above that can be made.',
      ]);
    });

    test('what will be hard to live with is said', async () => {
      const { warnings } = await set({ approval: [{ approvers: 9, roles: Array(9).fill('cfo') }] });
      expect(warnings).toEqual([
        'It asks for up to 9 approvers; 3 people can approve.',
        'It asks for up to 9 CFOs among the approvers; there are 1.',
      ]);
      const draft = { code: 'USD-1', name: 'Dollars', opening: '0', reorderLevel: '0', autoReplenish: true };
      await createFund(office.store, people.david, { draft, place: { company: 'ACME' }, currency: 'USD' });
      expect((await set({ currency: { USD: {} } })).warnings).toEqual([
        'It has no rules: all of policy 1 end with it: approval 1 (any amount: 9 approvers, among them 9 cfo).',
      ]);
      expect((await set({})).warnings).toEqual([
        'It says nothing about USD, which funds hold: there its strictest rules count at any amount.',
      ]);
    });
  });

  describe('approving under a policy', () => {
    const TIERS = {
      approval: [
        { up_to: '1,000', approvers: 1 },
        { approvers: 2, roles: ['cfo'] },
      ],
    };

    test('the figure of a tier is in it, and a cent more is in the next', async () => {
      await put(TIERS);
      const exact = await approve(await submitted('1,000.00'), people.brian);
      expect(exact.view.requisition.status).toBe('approved');
      const above = await submitted('1,000.01');
      const first = await approve(above, people.brian);
      expect(first).toMatchObject({
        view: { requisition: { status: 'submitted' } },
        progress: { given: 1, missing: { people: 1, roles: ['cfo'] }, mayApprove: ['esther'] },
      });
      const [last] = first.view.approvals;
      expect(last).toMatchObject({ policyVersion: 1, asApprover: true, asCfo: false });
      const problem = await problemOf(approve(above, people.grace));
      expect(failingCodes(problem)).toEqual(['CFO_REQUIRED']);
      expect(failingCodes(await problemOf(approve(above, people.brian)))).toContain('DECIDED_ALREADY');
      const second = await approve(above, people.esther);
      expect(second).toMatchObject({ before: 'submitted', view: { requisition: { status: 'approved' } } });
      expect(second.progress).toMatchObject({ given: 2, missing: { people: 0 }, mayApprove: [] });
      const events = await office.store.read((tx) => listAuditEvents(tx, 'requisition.approved'));
      expect(events.map(({ payload }) => payload)).toMatchObject([
        { policy: 1, approvals: 1, status_after: 'approved' },
        { policy: 1, approvals: 1, approvals_missing: 1, status_after: 'submitted' },
        { policy: 1, approvals: 2, approvals_missing: 0, status_after: 'approved' },
      ]);
    });

    test('an amendment makes all approvals void', async () => {
      await put({ approval: [{ approvers: 2 }] });
      const requisition = await submitted();
      await approve(requisition, people.brian);
      await amendRequisition(office.store, people.amina, {
        requisition: requisition.ref,
        amendment: { amount: '900' },
      });
      expect((await approve(requisition, people.brian)).progress).toMatchObject({ given: 1, missing: { people: 1 } });
      expect((await approve(requisition, people.grace)).view.requisition.status).toBe('approved');
    });

    test('one rejection ends it, whoever has approved', async () => {
      await put({ approval: [{ approvers: 2 }] });
      const requisition = await submitted();
      await approve(requisition, people.brian);
      const reject = (actor: Actor) =>
        rejectRequisition(office.store, actor, { requisition: requisition.ref, reason: 'no' });
      expect(failingCodes(await problemOf(reject(people.brian)))).toEqual(['DECIDED_ALREADY']);
      expect((await reject(people.esther)).view.requisition.status).toBe('rejected');
    });

    test('a role that ends by itself counts while it is live', async () => {
      await put({ approval: [{ approvers: 1, roles: ['cfo'] }] });
      const requisition = await submitted();
      const endsAt = new Date(office.clock.now.getTime() + MINUTE);
      await agreed(
        office.store,
        people.esther,
        changeRoles(office.store, people.root, {
          ...{ username: 'brian', roles: 'cfo', place: { company: 'ACME' }, endsAt },
        }),
      );
      const brian = { ...people.brian, grants: [{ ...people.brian.grants[0], role: 'cfo' }] } as Actor;
      office.pass(MINUTE);
      // Whoever still believes in the role is not counted: the database knows better.
      expect((await approve(requisition, brian)).progress).toMatchObject({ missing: { people: 1, roles: ['cfo'] } });
    });
  });

  describe('executing under a policy', () => {
    test('every attempt keeps the version it was judged by, and so do its events', async () => {
      await put({});
      const paid = await office.pay(await office.payment(fund));
      await put({ cfo: { above: '1,000,000' } });
      const reserved = await office.payment(fund, { method: 'bank' });
      await office.execute(reserved);
      const states = [await office.state(paid.payment), await office.state(reserved)];
      expect(states.map(({ attempts }) => attempts[0]?.policyVersion)).toEqual([1, 2]);
      for (const [action, version] of [
        ['payment.executed', 1],
        ['payment.reserved', 2],
      ] as const) {
        const [event] = await office.store.read((tx) => listAuditEvents(tx, action));
        expect(event).toMatchObject({ payload: { policy: version } });
      }
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a failed attempt keeps the version too', async () => {
      await put({});
      const payment = await office.payment(fund);
      office.fault.strike = (sql) => {
        if (sql.includes('into "ledger_entries"') || sql.includes('into `ledger_entries`'))
          throw new Error('the disk is gone');
      };
      await expect(office.execute(payment)).rejects.toThrow('the disk is gone');
      office.fault.strike = null;
      expect((await office.state(payment)).attempts).toMatchObject([{ state: 'failed', policyVersion: 1 }]);
    });

    test('what was approved under a looser policy needs further approval before it pays', async () => {
      const payment = await office.payment(fund);
      await put({ approval: [{ approvers: 2 }] });
      const problem = await problemOf(office.execute(payment));
      expect([problem.kind, failingCodes(problem)]).toEqual(['refused', ['APPROVALS_MISSING']]);
      const check = problem.details.checks?.find(({ id }) => id === 'requisition');
      expect(check?.fix?.who).toEqual(['esther', 'grace']);
      const requisition = { ref: payment.requisitionId } as Row<'requisitions'>;
      expect(failingCodes(await problemOf(approve(requisition, people.brian)))).toEqual(['DECIDED_ALREADY']);
      expect((await approve(requisition, people.esther)).before).toBe('approved');
      await office.pay(payment);
      expect(failingCodes(await problemOf(approve(requisition, people.grace)))).toEqual(['REQUISITION_NOT_SUBMITTED']);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('nobody who executed a payment of it approves it further, and no approver executes', async () => {
      await put({});
      const requisition = await submitted('1,000', people.amina);
      await approve(requisition, people.brian);
      const first = await order(requisition, '400');
      const rest = await order(requisition, '600');
      await office.pay(first, people.grace);
      await put({ approval: [{ approvers: 2 }] });
      expect(failingCodes(await problemOf(approve(requisition, people.grace)))).toEqual(['APPROVER_IS_EXECUTOR']);
      await approve(requisition, people.esther);
      expect(failingCodes(await problemOf(office.execute(rest, people.esther)))).toEqual(['EXECUTOR_IS_APPROVER']);
      await office.pay(rest);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('above its figure a CFO executes, or approves what is approved already', async () => {
      await put({ cfo: { above: '1,000' } });
      const [byRole, byApproval] = [
        await office.payment(fund, { amount: '1,000.01' }),
        await office.payment(fund, { amount: '1,000.01' }),
      ];
      await office.pay(await office.payment(fund, { amount: '1,000.00' }));
      const problem = await problemOf(office.execute(byRole));
      expect([problem.kind, failingCodes(problem)]).toEqual(['forbidden', ['CFO_REQUIRED']]);
      await office.pay(byRole, people.esther);
      const requisition = { ref: byApproval.requisitionId } as Row<'requisitions'>;
      expect(failingCodes(await problemOf(approve(requisition, people.grace)))).toEqual(['CFO_REQUIRED']);
      await approve(requisition, people.esther);
      await office.pay(byApproval);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a method is limited at once and in a day of the office, each with its figure', async () => {
      await put({ limits: { cash: { per_payment: '1,000', per_day: '1,500' }, bank: { per_day: '1' } } });
      const pay = async (amount: string, from = fund) => office.execute(await office.payment(from, { amount }));
      expect(reasonsOf(await problemOf(pay('1,000.01')))).toMatch(/at most KES 1,000.00 at once by cash/);
      await pay('1,000.00');
      await pay('500.00');
      expect(reasonsOf(await problemOf(pay('0.01')))).toMatch(/KES 1,500.00 went out of FUND1 so today/);
      await pay('1,000.00', await office.fund());
      // The office's day begins at 21:00 UTC.
      office.clock.now = new Date('2026-10-18T20:59:59.999Z');
      expect(failingCodes(await problemOf(pay('0.01')))).toEqual(['LIMIT_EXCEEDED']);
      office.clock.now = new Date('2026-10-18T21:00:00.000Z');
      await pay('1,000.00');
    });

    test('payments are made within hours: from the first millisecond, to the last', async () => {
      await put({ hours: [{ days: ['mon'], from: '08:00', to: '17:00' }] });
      const tryAt = async (at: string) => {
        office.clock.now = new Date(at);
        return office.execute(await office.payment(fund));
      };
      const outside = async (at: string) =>
        expect(failingCodes(await problemOf(tryAt(at)))).toEqual(['OUTSIDE_PAYMENT_HOURS']);
      await outside('2026-10-19T04:59:59.999Z');
      await tryAt('2026-10-19T05:00:00.000Z');
      await tryAt('2026-10-19T13:59:59.999Z');
      await outside('2026-10-19T14:00:00.000Z');
      await outside('2026-10-20T06:00:00.000Z');
    });

    test('a code is asked for above the lower threshold, sent, and used', async () => {
      await put({ otp: { cash: '1,000' } });
      await office.pay(await office.payment(fund, { amount: '1,000.00', destination: 'Ann' }));
      const payment = await office.payment(fund, { amount: '1,000.01', destination: 'Bob' });
      expect(payment.otpRequired).toBe(true);
      expect(failingCodes(await problemOf(office.execute(payment)))).toEqual(['OTP_REQUIRED']);
      await office.verify(payment, await office.code(payment));
      const { execution } = await office.pay(payment);
      expect(execution.otpVerifiedBy).toBe(people.carol.userId);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('a reversed payment is approved again as the policy of that day asks', async () => {
      const payment = await office.payment(fund);
      await office.pay(payment);
      await put({ approval: [{ approvers: 2 }] });
      const { proposed } = await proposeReversal(office.store, people.david, {
        ...{ paymentId: payment.id, reason: 'wrong', returnedReference: null },
      });
      await confirmChange(office.store, people.esther, { change: proposed.change.ref, reason: null });
      const requisition = { ref: payment.requisitionId } as Row<'requisitions'>;
      expect((await approve(requisition, people.brian)).view.requisition.status).toBe('submitted');
      expect((await approve(requisition, people.grace)).view.requisition.status).toBe('approved');
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });

  test('imported requisitions are submitted, whatever their file says', async () => {
    await put({ approval: [{ approvers: 2 }] });
    const header = 'payee,amount,purpose,method,destination,company,region,branch,category';
    const line = 'Jane,1000,Taxi,cash,Jane,,,WESTLANDS,';
    for (const more of ['status', 'approved_by'])
      expect(
        (await problemOf(importRequisitions(office.store, people.amina, `${header},${more}\n${line},approved\n`))).kind,
      ).toBe('usage');
    const { views } = await importRequisitions(office.store, people.amina, `${header}\n${line}\n`);
    expect(views.map(({ requisition, approvals }) => [requisition.status, approvals])).toEqual([['submitted', []]]);
  });

  describe('explaining', () => {
    const explain = (named: string, actor: Actor = people.helen) =>
      explainPolicy(office.store, actor, { named, dayAt: office.dayAt });
    const said = ({ checks }: { checks: readonly { id: string; ok: boolean | null }[] }) =>
      Object.fromEntries(checks.map(({ id, ok }) => [id, ok]));

    test('a requisition: as it was decided, and as it would be now', async () => {
      const requisition = await submitted();
      expect(await explain(requisition.number)).toMatchObject({
        kind: 'requisition',
        decided: null,
        now: { version: 0 },
      });
      await approve(requisition, people.brian);
      await put({ approval: [{ approvers: 2 }], cfo: { above: '500' } });
      const found = await explain(requisition.id);
      expect([found.decided?.version, said(found.decided ?? { checks: [] })]).toEqual([
        0,
        { approvals: true, cfo: true },
      ]);
      expect([found.now.version, said(found.now)]).toEqual([1, { approvals: false, cfo: false }]);
    });

    test('a payment: with the sums and the clock of when it was executed', async () => {
      const day = {
        limits: { cash: { per_day: '1,500' } },
        hours: [{ days: ['mon-sun'], from: '08:00', to: '17:00' }],
      };
      await put(day);
      await office.pay(await office.payment(fund));
      office.pass(MINUTE);
      const payment = await office.payment(fund, { amount: '500', destination: 'Ann' });
      expect((await explain(payment.ref)).decided).toBe(null);
      await office.pay(payment);
      office.pass(DAY);
      await put({ ...day, limits: { cash: { per_day: '1,499.99' } } });
      const found = await explain(payment.ref);
      expect(found.decided?.version).toBe(1);
      expect(found.decided?.checks.find(({ id }) => id === 'limits')?.facts).toMatchObject({
        paid_today_minor: 100_000,
      });
      expect(said(found.decided ?? { checks: [] })).toEqual({
        approvals: true,
        cfo: true,
        limits: true,
        hours: true,
        otp: true,
      });
      expect(said(found.now)).toMatchObject({ limits: false, hours: true });
    });

    test('another company has nothing to see', async () => {
      const payment = await office.payment(fund);
      for (const named of [payment.ref, payment.id, payment.requisitionId])
        expect((await problemOf(explain(named, people.olga))).kind).toBe('not_found');
    });
  });

  describe('replaying', () => {
    const clock = (at: Date) => {
      const { date, minute } = office.dayAt(at);
      return { date, weekday: weekdayOf(date), minute };
    };
    const replay = (
      document: object,
      { since = new Date(0), until = null as Date | null, actor = people.helen, limit = 0 } = {},
    ) => replayPolicy(office.store, actor, { text: JSON.stringify(document), since, until, clock, limit });

    test('nothing differs under what is in force, and everything that would is told', async () => {
      await put({ limits: { cash: { per_day: '5,000' } } });
      const [first, second] = [
        await office.pay(await office.payment(fund, { amount: '1,000' })),
        await office.pay(await office.payment(fund, { amount: '400', destination: 'Ann' })),
      ];
      await office.execute(await office.payment(fund, { method: 'bank', amount: '300' }));
      const same = await replay({ limits: { cash: { per_day: '5,000' } } });
      expect([same.replayed.count, same.stricter.count, same.looser.count, same.listed]).toEqual([3, 0, 0, []]);
      expect(same.replayed.sums.get('KES')).toBe(170_000);
      const cent = await replay({ limits: { cash: { per_day: '1,399.99' } } });
      expect(cent.listed.map(({ payment, difference }) => [payment.ref, difference.outcome])).toEqual([
        [second.payment.ref, 'stricter'],
      ]);
      expect([cent.stricter.count, cent.stricter.sums.get('KES')]).toEqual([1, 40_000]);
      const two = await replay({ approval: [{ up_to: '999.99', approvers: 1 }, { approvers: 2 }] });
      expect(two.listed.map(({ payment }) => payment.ref)).toEqual([first.payment.ref]);
      expect(await replay({ approval: [{ approvers: 2 }] }, { limit: 1 })).toMatchObject({
        stricter: { count: 3 },
        listed: [{}],
      });
      expect(await inForce()).toBe(1);
    });

    test('sums run over the days before the period, and end where it ends', async () => {
      const start = office.clock.now;
      await office.pay(await office.payment(fund, { amount: '1,000' }));
      office.pass(3 * DAY);
      const since = office.clock.now;
      await office.pay(await office.payment(fund, { amount: '500' }));
      office.pass(4 * DAY);
      // Something happens, so that the clock is believed after eight days.
      await office.requisition();
      office.pass(4 * DAY);
      await office.pay(await office.payment(fund, { amount: '700' }));
      const code = { otp: { above: '1,499.99' } };
      const refs = ({ listed }: Awaited<ReturnType<typeof replay>>) => listed.map(({ payment }) => payment.amountMinor);
      expect(refs(await replay(code, { since }))).toEqual([50_000]);
      expect(refs(await replay({ otp: { above: '1,500' } }, { since }))).toEqual([]);
      expect(await replay(code, { since: start, until: since })).toMatchObject({ replayed: { count: 1 } });
    });

    test('one account is one destination, however it is spelt', async () => {
      await office.pay(await office.payment(fund, { amount: '600', destination: 'Jane Wanjiku' }));
      const { payment } = await office.pay(await office.payment(fund, { amount: '600', destination: 'JANE-wanjiku' }));
      const { listed } = await replay({ otp: { above: '1,000' } });
      expect(listed.map((one) => one.payment.ref)).toEqual([payment.ref]);
    });

    test('what would have been asked for less is told too', async () => {
      await put({ approval: [{ approvers: 2 }], otp: { above: '0' } });
      const requisition = await submitted();
      await approve(requisition, people.brian);
      await approve(requisition, people.esther);
      const payment = await order(requisition);
      await office.verify(payment, await office.code(payment));
      await office.pay(payment);
      const { looser, listed } = await replay({});
      expect([looser.count, listed[0]?.difference.reasons]).toEqual([
        1,
        ['1 approver would have been enough; 2 approvers were asked for.', 'No code would have been asked for.'],
      ]);
    });

    test('only of places within reach, and not of what is no policy', async () => {
      await office.pay(await office.payment(fund));
      expect((await replay({}, { actor: people.olga })).replayed.count).toBe(0);
      expect((await problemOf(replay({ x: 1 }))).code).toBe('POLICY_INVALID');
    });
  });

  describe('the database itself', () => {
    const refuses = async (says: RegExp, statement: string, ...values: (string | number)[]) => {
      const raw = await rawConnection(office.url, dialect);
      try {
        await expect(raw.run(statement, ...values)).rejects.toThrow(says);
      } finally {
        await raw.close();
      }
    };
    const columns = 'version, body, digest, limits_days, reason, created_by, change_id, created_at';

    test('keeps every version as it was set, in order, and by two people once the office has paid', async () => {
      await put({});
      const copy = (version: number, verb = 'insert') =>
        `${verb} into policies (${columns}) select ${version}, body, digest, limits_days, reason, created_by, change_id, created_at from policies where version = 1`;
      await refuses(/immutable/, "update policies set body = '{}'");
      await refuses(/immutable/, 'delete from policies');
      await refuses(/follow each other/, copy(3));
      if (dialect === 'sqlite') await refuses(/immutable|follow each other/, copy(1, 'insert or replace'));
      else await refuses(/immutable/, 'truncate policies cascade');
      await office.pay(await office.payment(fund));
      await refuses(/nobody has confirmed it/, copy(2));
    });

    test('lets no decision be made under another policy than that in force', async () => {
      await put({});
      const paid = await office.pay(await office.payment(fund));
      await put({ cfo: { above: '5' } });
      const now = dialect === 'sqlite' ? '1790000000000' : "'2026-10-20T00:00:00Z'";
      const requisition = await submitted();
      await refuses(
        /not the policy in force/,
        `insert into requisition_approvals (id, requisition_id, revision, approver_id, decision, terms_digest, created_at, policy_version) values ('01900000-0000-7000-8000-000000000001', '${requisition.id}', 1, '${people.brian.userId}', 'approved', 'x', ${now}, 1)`,
      );
      const attempt = (version: number) =>
        `insert into payment_attempts (id, ref, payment_id, number, state, idempotency_key, request_hash, gateway, gateway_account, executor_id, reserved_minor, created_at, policy_version) select '01900000-0000-7000-8000-000000000002', 'att_x', payment_id, 2, 'paid', 'k', request_hash, gateway, gateway_account, executor_id, 0, created_at, ${version} from payment_attempts where payment_id = '${paid.payment.id}'`;
      await refuses(/not the policy in force/, attempt(1));
      await refuses(/never changes/, 'update payment_attempts set policy_version = 2');
    });

    test.each([
      ['its tier', { approval: [{ up_to: '999.99', approvers: 1 }, { approvers: 2 }] }],
      [
        'the last tier of the office, for a currency that is not named',
        { approval: [{ approvers: 1 }], currency: { KES: 2 } },
      ],
    ])('lets nothing be paid with fewer approvals than %s asks for', async (what, document) => {
      const payment = await office.payment(fund);
      // Written past the tool's own reading: as if the office's currency were another one.
      const body = { ...terms({ approval: [{ up_to: '5', approvers: 1 }, { approvers: 2 }] }, 'USD') };
      const raw = await rawConnection(office.url, dialect);
      if (what === 'its tier') await put(document);
      else
        await raw.run(
          `insert into policies (${columns}) values (1, ?, 'x', ${dialect === 'sqlite' ? '0' : 'false'}, null, '${people.root.userId}', null, ${dialect === 'sqlite' ? '1' : "'2026-10-01T00:00:00Z'"})`.replace(
            '?',
            `'${JSON.stringify(body)}'`,
          ),
        );
      const now = dialect === 'sqlite' ? '1790000000000' : "'2026-10-20T00:00:00Z'";
      const attempt = `insert into payment_attempts (id, ref, payment_id, number, state, idempotency_key, request_hash, gateway, gateway_account, executor_id, reserved_minor, created_at, policy_version) values ('01900000-0000-7000-8000-000000000003', 'att_y', '${payment.id}', 1, 'paid', 'k2', 'h', 'cash', 'cash:X', '${people.carol.userId}', 0, ${now}, 1)`;
      await refuses(/not approved as the policy asks/, attempt);
      await raw.close();
    });

    test('what was altered past every guard is found', async () => {
      await put({ approval: [{ approvers: 1 }] });
      await office.pay(await office.payment(fund));
      const tamperer = await aTamperer(office.url, dialect);
      const stricter = JSON.stringify(terms({ approval: [{ approvers: 2 }] })).replaceAll("'", "''");
      await tamperer.during(['policies'], `update policies set body = '${stricter}'`, [], async () => {
        const faults = await bookFaults(office.store);
        expect(faults).toEqual([
          'policy_bodies policy 1: policy 1 is not what was set',
          expect.stringMatching(/^approved_as_asked pay_\w+: REQ-2026-00001 has 1 of 2 approvals/) as string,
        ]);
      });
      await tamperer.during(['policies'], 'delete from policies', [], async () => {
        expect((await bookFaults(office.store)).map((fault) => fault.split(' ')[0])).toEqual([
          'policy_of_decision',
          'policy_of_decision',
        ]);
      });
      await tamperer.close();
      expect(await bookFaults(office.store)).toEqual([]);
    });
  });

  test('the answer of an operation tells a proposal from what was done', async () => {
    const { answer } = await set({});
    expect(isProposed(answer)).toBe(false);
  });
});
