import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { examineGateways } from '../../src/operations/examine-gateways.ts';
import { importCallbacks } from '../../src/operations/import-callbacks.ts';
import { readMessage } from '../../src/operations/read-message.ts';
import { retryPayment } from '../../src/operations/retry-payment.ts';
import { findMessage, settleMessages } from '../../src/operations/settle-messages.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { sendAttempt } from '../../src/operations/send-attempt.ts';
import { listMessages, type MessageView } from '../../src/store/odd-messages.ts';
import type { Row } from '../../src/store/tables.ts';
import { aRail, payByDaraja, resultOf, say } from '../support/a-rail.ts';
import { aPayingOffice, bookFaults, problemOf, type PayingOffice } from '../support/an-office.ts';
import { listAuditEvents } from '../support/audit.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection } from '../support/raw.ts';
import { aTamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;
  let strangers = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    await payByDaraja(office);
    fund = await office.fund({ opening: '1,000,000.00' });
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  /** A result of an order that is nobody's, as somebody brings it in a file. */
  const stray = async (code: number): Promise<Row<'gatewayMessages'>> => {
    const raw = `{"Result":{"ResultType":0,"ResultCode":${code},"ResultDesc":"said","OriginatorConversationID":"STRANGER-${(strangers += 1)}","ConversationID":"AG_X","TransactionID":"SKX${strangers}"}}`;
    const origin = people.carol.origin;
    const reader = { read: readMessage, dayAt: office.dayAt, origin };
    const [one] = await importCallbacks(office.store, people.carol, { texts: [raw], dryRun: false }, reader);
    if (one === undefined) throw new Error('nothing was imported');
    expect(one.outcome).toBe('unmatched');
    return one.message;
  };
  /** A message about an order of ours that says something else than the books. */
  const contradiction = async (): Promise<Row<'gatewayMessages'>> => {
    const payment = await office.payment(fund, { method: 'mpesa' });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    await sendAttempt(office.store, executed.attempt.id, aRail().sending);
    const { message, outcome } = await say(office, resultOf(executed.attempt, payment, { amountMinor: 99_900 }));
    expect(outcome).toBe('contradicts');
    return message;
  };
  const settle = (refs: readonly string[], by: Actor = people.david, reason = 'asked Safaricom') =>
    settleMessages(office.store, by, { refs, reason });
  const proposed = async (refs: readonly string[], by?: Actor): Promise<string> => {
    const answer = await settle(refs, by);
    if (!isProposed(answer)) throw new Error('one person settled it');
    return answer.proposed.change.ref;
  };
  const confirm = (change: string, by: Actor = people.esther) =>
    confirmChange(office.store, by, { change, reason: null });
  const listed = async (by: Actor = people.david) =>
    (await office.store.read((tx) => listMessages(tx, { all: false }, { limit: 0, after: null }, by.grants))).rows.map(
      ({ message }) => message.ref,
    );
  const now = (ref: string): Promise<MessageView> => findMessage(office.store, people.david, ref);
  const told = async () =>
    (await examineGateways(office.store, office.clock.now)).find(({ id }) => id === 'contradictions')?.message ?? '';

  test('a message that says two amounts settles nothing, whichever stands first, and waits for somebody to look', async () => {
    const payment = await office.payment(fund, { method: 'mpesa', amount: '1,000.00' });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    const { attempt } = executed;
    await sendAttempt(office.store, attempt.id, aRail().sending);
    const textOf = (...amounts: readonly number[]) =>
      JSON.stringify({
        Result: {
          ...{ ResultCode: 0, ResultDesc: 'said', OriginatorConversationID: attempt.idempotencyKey },
          TransactionID: 'SKTWICE001',
          ResultParameters: { ResultParameter: amounts.map((Value) => ({ Key: 'TransactionAmount', Value })) },
        },
      });
    const reader = { read: readMessage, dayAt: office.dayAt, origin: people.carol.origin };
    const taken = async (...texts: readonly string[]) =>
      (await importCallbacks(office.store, people.carol, { texts, dryRun: false }, reader)).map(
        ({ outcome, message }) => [outcome, message.detail],
      );
    const contradicts = ['contradicts', '0: it says TransactionAmount twice, and differently'];
    expect(await taken(textOf(1000, 9), textOf(9, 1000))).toEqual([contradicts, contradicts]);
    expect((await office.state(payment)).payment.status).toBe('executing');
    expect((await taken(textOf(1000, 1000)))[0]?.[0]).toBe('applied');
    expect((await office.state(payment)).payment.status).toBe('success');
  });

  describe('a message that is about no order of ours', () => {
    test('and says that nothing was paid, one person settles: with a reason, told no more, and in the audit trail', async () => {
      const message = await stray(1);
      expect(await told()).toContain(message.ref);
      expect(await listed()).toContain(message.ref);
      const settled = await settle([message.ref]);
      expect(isProposed(settled)).toBe(false);
      expect(await told()).not.toContain(message.ref);
      expect(await listed()).not.toContain(message.ref);
      expect(await now(message.ref)).toMatchObject({
        settledBy: 'david',
        confirmedBy: null,
        message: { settledReason: 'asked Safaricom', outcome: 'unmatched', settledChangeId: null },
      });
      const events = await office.store.read((tx) => listAuditEvents(tx, 'gateway_message.settled'));
      const [event] = events.filter(({ subject }) => subject === message.ref);
      expect(event).toMatchObject({ actor: 'david', payload: { reason: 'asked Safaricom', payment: null } });
    });

    test('and says that something was paid, takes two, before the office has ever paid, too', async () => {
      const message = await stray(0);
      const change = await proposed([message.ref]);
      expect(await told()).toContain(message.ref);
      expect((await now(message.ref)).settledBy).toBeNull();
      expect(await problemOf(confirm(change, people.david))).toMatchObject({ kind: 'forbidden' });
      await confirm(change);
      expect(await now(message.ref)).toMatchObject({ settledBy: 'david', confirmedBy: 'esther' });
      expect(await told()).not.toContain(message.ref);
    });

    test('and that nobody can read, takes two', async () => {
      const reader = { read: readMessage, dayAt: office.dayAt, origin: people.carol.origin };
      const texts = ['no JSON'];
      const [one] = await importCallbacks(office.store, people.carol, { texts, dryRun: false }, reader);
      await confirm(await proposed([one?.message.ref ?? '']));
      expect(await listed()).not.toContain(one?.message.ref);
    });
  });

  describe('a message that contradicts an order of ours', () => {
    test('takes two, is in the chain of its fund, and changes nothing of the payment', async () => {
      const message = await contradiction();
      const before = await office.fundNow(fund);
      await confirm(await proposed([message.ref]));
      const after = await office.fundNow(fund);
      expect(after).toMatchObject({ balanceMinor: before.balanceMinor, reservedMinor: before.reservedMinor });
      const chained = await office.store.read((tx) =>
        tx.db.select().from(tx.t.auditEvents).where(eq(tx.t.auditEvents.action, 'gateway_message.settled')),
      );
      expect(chained.find(({ subject }) => subject === message.ref)?.chain).toBe(`fund:${fund.code}`);
    });

    test('is not settled by who executed or requested it, and not confirmed by them', async () => {
      const payment = await office.payment(fund, { method: 'mpesa' });
      const executed = await office.execute(payment, people.david);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      await sendAttempt(office.store, executed.attempt.id, aRail().sending);
      const { message } = await say(office, resultOf(executed.attempt, payment, { amountMinor: 99_900 }));
      expect(await problemOf(settle([message.ref], people.david))).toMatchObject({ code: 'RESOLVER_IS_INVOLVED' });
      const ruth = await office.person('ruth', ['treasurer']);
      const change = await proposed([message.ref], ruth);
      expect(await problemOf(confirm(change, people.david))).toMatchObject({ kind: 'forbidden' });
      await confirm(change);
    });

    test('nor by who executed it when the payment was tried again since, and has no executor by now', async () => {
      const ivan = await office.person('ivan', ['cfo']);
      const payment = await office.payment(fund, { method: 'mpesa' });
      const executed = await office.execute(payment, ivan);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      const { attempt } = executed;
      await sendAttempt(office.store, attempt.id, aRail().sending);
      await say(office, resultOf(attempt, payment, { outcome: 'failed', code: '1', reference: null }));
      await retryPayment(office.store, people.carol, { paymentId: payment.id, reason: null });
      const { message } = await say(office, resultOf(attempt, payment, { amountMinor: 99_900 }));
      expect(await problemOf(settle([message.ref], ivan))).toMatchObject({ code: 'RESOLVER_IS_INVOLVED' });
      const change = await proposed([message.ref]);
      expect(await problemOf(confirm(change, ivan))).toMatchObject({ kind: 'forbidden' });
      await confirm(change);
    });

    test('of another company does not exist', async () => {
      const message = await contradiction();
      expect(await listed(people.olga)).not.toContain(message.ref);
      expect(await problemOf(findMessage(office.store, people.olga, message.ref))).toMatchObject({
        code: 'GATEWAY_MESSAGE_NOT_FOUND',
      });
      expect(await problemOf(settle([message.ref], people.olga))).toMatchObject({ kind: expect.any(String) });
      await confirm(await proposed([message.ref]));
    });
  });

  describe('settling', () => {
    test('several is all or none, and takes two when one of them does', async () => {
      const [harmless, paid] = [await stray(1), await stray(0)];
      const change = await proposed([harmless.ref, paid.ref, harmless.ref]);
      expect((await now(harmless.ref)).settledBy).toBeNull();
      await confirm(change);
      for (const { ref } of [harmless, paid]) expect((await now(ref)).confirmedBy).toBe('esther');
      const fresh = await stray(1);
      expect(await problemOf(settle([fresh.ref, paid.ref]))).toMatchObject({ code: 'MESSAGE_NOT_OPEN' });
      expect((await now(fresh.ref)).settledBy).toBeNull();
    });

    test('is for treasurers and CFOs, with a reason that can be kept', async () => {
      const { ref } = await stray(1);
      expect(await problemOf(settle([ref], people.carol))).toMatchObject({ code: 'ROLE_MISSING' });
      expect(await problemOf(settle([ref], people.david, ''))).toMatchObject({ code: 'REASON_INVALID' });
      expect(await problemOf(settle(['msg_zzzzzz']))).toMatchObject({ code: 'GATEWAY_MESSAGE_NOT_FOUND' });
      expect((await now(ref)).settledBy).toBeNull();
    });

    test('happens once: what was settled by one meanwhile is not settled by two', async () => {
      const [harmless, paid] = [await stray(1), await stray(0)];
      const change = await proposed([harmless.ref, paid.ref]);
      await settle([harmless.ref]);
      expect(await problemOf(confirm(change))).toMatchObject({ code: 'CHANGE_OUTDATED' });
      expect((await now(paid.ref)).settledBy).toBeNull();
    });

    test('leaves what fits alone', async () => {
      const payment = await office.payment(fund, { method: 'mpesa' });
      const executed = await office.execute(payment);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      await sendAttempt(office.store, executed.attempt.id, aRail().sending);
      const { message } = await say(office, resultOf(executed.attempt, payment));
      expect(await problemOf(settle([message.ref]))).toMatchObject({ code: 'MESSAGE_NOT_OPEN' });
    });
  });

  describe('the database', () => {
    const raw = async (statement: string) => {
      const writer = await rawConnection(office.url, dialect);
      try {
        await writer.run(statement);
      } finally {
        await writer.close();
      }
    };
    const at = dialect === 'sqlite' ? '0' : 'now()';
    const settledBy = (who: Actor, more = ''): string =>
      `update gateway_messages set settled_by = '${who.userId}', settled_at = ${at}, settled_reason = 'x'${more}`;

    test('lets nobody settle alone what contradicts an order, nor on a change that is not of it', async () => {
      const message = await contradiction();
      const one = await stray(1);
      await expect(raw(`${settledBy(people.david)} where id = '${message.id}'`)).rejects.toThrow(/confirmed/);
      const change = await proposed([message.ref]);
      const named = `, settled_change_id = (select id from changes where ref = '${change}')`;
      await expect(raw(`${settledBy(people.david, named)} where id = '${message.id}'`)).rejects.toThrow(/confirmed/);
      await expect(raw(`${settledBy(people.david, named)} where id = '${one.id}'`)).rejects.toThrow(/confirmed/);
      await confirm(change);
      await expect(raw(`${settledBy(people.carol, named)} where id = '${one.id}'`)).rejects.toThrow(/confirmed/);
      await expect(
        raw(`update gateway_messages set settled_change_id = null where id = '${message.id}'`),
      ).rejects.toThrow(/settled once|confirmed/);
    });

    test('and what was settled past the tool is found', async () => {
      const message = await stray(1);
      const tamperer = await aTamperer(office.url, dialect);
      try {
        const faults = await tamperer.during(
          ['gateway_messages'],
          `${settledBy(people.david)} where id = '${message.id}'`,
          [],
          async () => (await bookFaults(office.store)).join('; '),
        );
        expect(faults).toContain(`message_events ${message.ref}`);
      } finally {
        await tamperer.close();
      }
    });
  });
});
