import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptHeads } from '../../src/gateways/kept-heads.ts';
import { acceptCopy, type AcceptedCopy } from '../../src/operations/accept-copy.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { explainPayment } from '../../src/operations/explain-payment.ts';
import { lookAtGuards } from '../../src/operations/show-guards.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { verifyAudit } from '../../src/operations/verify-audit.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { copyOfDatabase, eachDatabase } from '../support/databases.ts';
import { aTamperer } from '../support/tampering.ts';

const REASON = { reason: 'the disk is lost; reconciled up to today' };

eachDatabase((open, dialect) => {
  const home = mkdtempSync(join(tmpdir(), 'treasury-copies-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  let machines = 0;
  /** What a machine keeps beside its pepper. */
  const aMachine = () => keptHeads(join(home, `heads${(machines += 1)}`), (why) => expect.unreachable(why));

  let heads: ReturnType<typeof aMachine>;
  let office: PayingOffice;
  let fund: Row<'funds'>;
  const opened: Store[] = [];

  beforeEach(async () => {
    heads = aMachine();
    office = await aPayingOffice(open, { heads });
    fund = await office.fund();
    await office.requisition();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  /** A copy of the office as it is now, opened by a machine that keeps these heads, or none. */
  async function copy(kept: ReturnType<typeof aMachine> | undefined = heads): Promise<Store> {
    const url = await copyOfDatabase(office.url);
    const store = await openStore(url, {
      clock: () => office.clock.now,
      ...(kept === undefined ? {} : { heads: kept }),
    });
    opened.push(store);
    return store;
  }
  const execute = (store: Store, payment: Row<'payments'>) =>
    executePayment(store, office.people.carol, { paymentId: payment.id, gatewayReference: null, dayAt: office.dayAt });
  const requisition = (store: Store) =>
    createRequisition(store, office.people.amina, {
      draft: { payee: 'Jane', amount: '10', purpose: 'Taxi', method: 'cash', destination: 'Jane', category: null },
      place: { branch: 'WESTLANDS' },
      currency: null,
    });
  const acceptedAlone = async (store: Store): Promise<AcceptedCopy> => {
    const answer = await acceptCopy(store, office.people.esther, REASON);
    if (isProposed(answer)) throw new Error('it was only proposed');
    return answer;
  };
  /** Two people accept a copy. */
  const accept = async (store: Store): Promise<void> => {
    const answer = await acceptCopy(store, office.people.esther, REASON);
    if (!isProposed(answer)) throw new Error('nobody was asked');
    for (const approver of [office.people.brian, office.people.grace])
      await confirmChange(store, approver, { change: answer.proposed.change.ref, reason: null });
  };

  describe('an old copy of the database', () => {
    test('pays nothing again: from the fund whose payment it has forgotten, nor from any other', async () => {
      const payment = await office.payment(fund);
      const other = await office.fund();
      const old = await copy();
      await office.pay(payment);
      expect(await problemOf(execute(old, payment))).toMatchObject({
        kind: 'integrity',
        code: 'DATABASE_BEHIND',
        message: expect.stringContaining(`Chain fund:${fund.code} ends at`) as string,
        details: { fix: expect.stringContaining('guard accept copy') as string },
      });
      const again = createPayment(old, office.people.carol, {
        requisitionId: payment.requisitionId,
        fundId: other.id,
        amount: null,
        maxRetries: null,
      });
      expect(await problemOf(again)).toMatchObject({ code: 'DATABASE_BEHIND' });
      const explained = explainPayment(old, office.people.carol, { paymentId: payment.id, dayAt: office.dayAt });
      expect(await problemOf(explained)).toMatchObject({ code: 'DATABASE_BEHIND' });
    });

    test('brings back nobody and nothing of the office: its own chain is kept too', async () => {
      const payment = await office.payment(fund);
      const old = await copy();
      await office.requisition();
      expect(await problemOf(execute(old, payment))).toMatchObject({
        message: expect.stringContaining('Chain office ends at') as string,
      });
      expect(await problemOf(requisition(old))).toMatchObject({ code: 'DATABASE_BEHIND' });
    });

    test('is told by guard show and audit verify', async () => {
      const old = await copy();
      await office.pay(await office.payment(fund));
      const { heads: seen } = await lookAtGuards(old);
      expect(seen.map(({ chain, verdict }) => [chain, verdict])).toEqual([
        [`fund:${fund.code}`, 'missing'],
        ['office', 'missing'],
      ]);
      const verified = verifyAudit(old, office.people.esther, { fund: null, heads: [] });
      expect(await problemOf(verified)).toMatchObject({ kind: 'integrity', code: 'DATABASE_BEHIND' });
      expect((await lookAtGuards(office.store)).heads.map(({ verdict }) => verdict)).toEqual(['present', 'present']);
    });

    test('that has gone on elsewhere has other links', async () => {
      const [payment, another] = [await office.payment(fund), await office.payment(fund)];
      const fork = await copy(aMachine());
      await office.pay(payment);
      await execute(fork, payment);
      const here = await openStore(fork.location.startsWith('sqlite') ? fork.location : await urlOf(fork), {
        clock: () => office.clock.now,
        heads,
      });
      opened.push(here);
      expect(await problemOf(execute(here, another))).toMatchObject({ kind: 'integrity', code: 'DATABASE_DIFFERS' });
    });

    test('is not noticed by a machine that has kept nothing, nor is the newest one refused', async () => {
      const payment = await office.payment(fund);
      const old = await copy(aMachine());
      await office.pay(payment);
      await execute(old, payment);
      await office.pay(await office.payment(fund));
    });
  });

  describe('accepting an old copy', () => {
    test('changes nothing where nothing is missing', async () => {
      expect(await acceptedAlone(office.store)).toEqual({ missing: [] });
    });

    test('is a CFO’s', async () => {
      for (const person of [office.people.root, office.people.david, office.people.carol])
        expect(await problemOf(acceptCopy(office.store, person, REASON))).toMatchObject({ code: 'ROLE_MISSING' });
    });

    test('that lacks only events of the office, before the first payment, takes one person', async () => {
      const old = await copy();
      await office.requisition();
      expect((await acceptedAlone(old)).missing).toMatchObject([{ chain: 'office' }]);
      await requisition(old);
    });

    test('that lacks events of a fund takes two, even if it knows of no payment; then it pays and is kept', async () => {
      const payment = await office.payment(fund);
      const old = await copy();
      await office.pay(payment);
      await accept(old);
      expect((await lookAtGuards(old)).heads).toMatchObject([{ verdict: 'accepted' }, {}]);
      await execute(old, payment);
      await requisition(old);
      expect((await lookAtGuards(old)).heads.map(({ verdict }) => verdict)).toEqual(['present', 'present']);
      expect(await bookFaults(old)).toEqual([]);
      // The database that was lost is the old one now.
      expect(await problemOf(office.requisition())).toMatchObject({ kind: 'integrity' });
    });

    test('accepts that loss only: a second one is another, also when it is shorter', async () => {
      const [first, second] = [await office.payment(fund), await office.payment(fund)];
      const old = await copy();
      await office.pay(first);
      await accept(old);
      await requisition(old);
      const url = await urlOf(old);
      const older = await openStore(await copyOfDatabase(url), { clock: () => office.clock.now, heads });
      opened.push(older);
      await execute(old, second);
      expect(await problemOf(execute(older, second))).toMatchObject({ code: 'DATABASE_BEHIND' });
    });

    test('holds on every machine that misses the very same heads', async () => {
      const payment = await office.payment(fund);
      const old = await copy();
      const url = await urlOf(old);
      await office.pay(payment);
      await accept(old);
      const { heads: seen } = await lookAtGuards(old);
      const elsewhere = aMachine();
      const [id] = [...heads.read().keys()];
      elsewhere.keep(
        id ?? '',
        seen.map(({ chain, seq, hash }) => ({ chain, seq, hash, instead: false })),
      );
      const there = await openStore(url, { clock: () => office.clock.now, heads: elsewhere });
      opened.push(there);
      await requisition(there);
    });
  });

  test('a head whose link was rewritten in the database is noticed, however long the chain has grown', async () => {
    await office.requisition();
    const [row] = [...heads.read().values()];
    const kept = row?.get('office');
    const tamperer = await aTamperer(office.url, dialect);
    const forged = `update audit_events set hash = '${'f'.repeat(64)}' where chain = 'office' and seq = ${kept?.seq}`;
    const longer = 'update office set head_seq = head_seq + 7';
    await tamperer.during(['audit_events', 'office'], forged, [], async () => {
      await tamperer.run(longer);
      expect(await problemOf(office.requisition())).toMatchObject({
        kind: 'integrity',
        code: expect.stringMatching(/^DATABASE_/) as string,
      });
    });
    await tamperer.close();
  });

  /** What opens a store's database again; a location has no password in it. */
  async function urlOf(store: Store): Promise<string> {
    if (store.dialect === 'sqlite') return store.location;
    const url = new URL(office.url);
    url.pathname = new URL(store.location).pathname;
    return url.href;
  }
});
