import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { BATCH_LIFETIME_MS } from '../../src/domain/otp.ts';
import { statusDocument, type WaitingDocument } from '../../src/documents/status.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { showStatus } from '../../src/operations/show-status.ts';
import { batchRows } from '../../src/store/batches.ts';
import type { Row } from '../../src/store/tables.ts';
import { batchesOf, type Batches } from '../support/a-batch.ts';
import { aPayingOffice, MINUTE, type PayingOffice } from '../support/an-office.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { aPerson } from '../support/office.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let batches: Batches;
  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    batches = batchesOf(office);
  });

  type Matter = 'to_approve' | 'to_pay' | 'in_flight' | 'to_retry';

  const look = async (actor: Actor, matter: Matter) => {
    const view = await showStatus(office.store, actor, null);
    return statusDocument({ ...view, username: actor.username, token: null }).waiting[matter];
  };
  const told = async (actor: Actor, matter: Matter): Promise<(readonly [string, number | null, string | null])[]> =>
    (await look(actor, matter)).items.map(({ ref, count, amount }) => [ref, count, amount]);
  const commands = async (actor: Actor, matter: Matter): Promise<string[]> =>
    (await look(actor, matter)).items.map(({ command }: WaitingDocument) => command);
  const rowsOf = (batch: Row<'batches'>) => office.store.read((tx) => batchRows(tx, batch.id));

  test('a batch is one line from approval to its end, with what waits of it and the one command for it', async () => {
    const fund = await office.fund();
    const { batch } = (await batches.create(fund, [{ amount: '100' }, { amount: '250' }, { amount: '50' }])).view;
    expect(await look(people.brian, 'to_approve')).toMatchObject({
      count: 3,
      items: [
        { ref: batch.ref, batch: batch.ref, name: fund.code, who: 'amina', count: 3, amount: '400.00', oldest: null },
      ],
    });
    expect(await commands(people.brian, 'to_approve')).toEqual([`treasury batch approve ${batch.ref}`]);
    expect(await told(people.amina, 'to_approve')).toEqual([]);
    await batches.approve(batch);
    expect(await told(people.brian, 'to_approve')).toEqual([]);
    for (const actor of [people.carol, people.david])
      expect(await look(actor, 'to_pay'), actor.username).toMatchObject({
        count: 3,
        items: [{ ref: batch.ref, count: 3, amount_minor: 40_000 }],
      });
    expect(await told(people.brian, 'to_pay')).toEqual([]);
    await batches.ready(batch);
    await batches.run(batch);
    expect(await told(people.carol, 'to_pay')).toEqual([]);
  });

  test('its next command is the code, then to execute, then to resume for whoever began it, and a code again after a day', async () => {
    const batch = await batches.approved(await office.fund(), [{}, { amount: '200' }]);
    const next = (actor: Actor) => commands(actor, 'to_pay');
    expect(await next(people.carol)).toEqual([`treasury batch otp ${batch.ref}`]);
    const code = await batches.send(batch);
    expect(await next(people.carol)).toEqual([`treasury batch otp ${batch.ref}`]);
    await batches.verify(batch, code);
    expect(await next(people.carol)).toEqual([`treasury batch execute ${batch.ref}`]);
    expect(await next(people.peter)).toEqual([`treasury batch otp ${batch.ref}`]);
    office.pass(5 * MINUTE);
    expect(await next(people.carol)).toEqual([`treasury batch execute ${batch.ref}`]);
    office.pass(1);
    expect(await next(people.carol)).toEqual([`treasury batch otp ${batch.ref}`]);
    await batches.ready(batch);
    await batches.run(batch, { stopped: () => true });
    expect(await told(people.carol, 'to_pay')).toEqual([[batch.ref, 2, '300.00']]);
    expect(await next(people.carol)).toEqual([`treasury batch resume ${batch.ref}`]);
    expect(await next(people.peter)).toEqual([`treasury batch show ${batch.ref}`]);
    office.pass(BATCH_LIFETIME_MS);
    expect(await next(people.carol)).toEqual([`treasury batch resume ${batch.ref}`]);
    office.pass(1);
    for (const actor of [people.carol, people.peter])
      expect(await next(actor), actor.username).toEqual([`treasury batch otp ${batch.ref}`]);
    await batches.ready(batch, people.peter);
    await batches.run(batch, { by: people.peter });
  });

  test('what is in flight or has failed of it is one line too, to be looked at', async () => {
    const batch = await batches.approved(await office.fund(), [{ method: 'mpesa' }, { method: 'mpesa' }, {}]);
    await batches.ready(batch);
    await batches.run(batch);
    for (const actor of [people.carol, people.david])
      expect(await told(actor, 'in_flight'), actor.username).toEqual([[batch.ref, 2, '200.00']]);
    expect(await commands(people.carol, 'in_flight')).toEqual([`treasury batch show ${batch.ref}`]);
    expect(await told(people.peter, 'in_flight')).toEqual([]);
    const outcome = { kind: 'not_paid', reason: 'not in the app' } as const;
    for (const { payment } of (await rowsOf(batch)).slice(0, 2))
      await agreed(
        office.store,
        people.esther,
        resolvePaymentOutcome(office.store, people.david, {
          ...{ paymentId: payment?.id ?? '', outcome, dayAt: office.dayAt },
        }),
      );
    expect(await told(people.carol, 'in_flight')).toEqual([]);
    expect(await told(people.carol, 'to_retry')).toEqual([[batch.ref, 2, '200.00']]);
    expect(await commands(people.carol, 'to_retry')).toEqual([`treasury batch show ${batch.ref}`]);
  });

  test('batches stand among other payments by how long they have waited, and every row is counted', async () => {
    const fund = await office.fund();
    const first = await office.payment(fund);
    office.pass(1000);
    const large = await batches.approved(
      fund,
      Array.from({ length: 40 }, () => ({ amount: '10' })),
    );
    office.pass(1000);
    const second = await office.payment(fund);
    office.pass(1000);
    const small = await batches.approved(fund, [{}]);
    const { count, items } = await look(people.carol, 'to_pay');
    expect(count).toBe(43);
    expect(items.map(({ ref, batch, count: rows }) => [ref, batch, rows])).toEqual([
      [first.ref, null, null],
      [large.ref, large.ref, 40],
      [second.ref, null, null],
    ]);
    expect(small.ref).toBeDefined();
  });

  test('who holds roles at more places than a statement is prepared for sees the same', async () => {
    const { places, store } = office;
    const many = await store.write(async (tx) => {
      const person = await aPerson(tx, 'many', ['requester'], places.ACME);
      const at = [places.WESTLANDS, places.MOMBASA, places['NBI-R'], places.COAST, places.ACME];
      return { ...person, grants: at.map((place) => ({ role: 'cashier' as const, ...place })) };
    });
    const [hers, same] = [await look(many, 'to_pay'), await look(people.peter, 'to_pay')];
    expect(same.count).toBe(43);
    expect(hers.count).toBe(same.count);
    expect(hers.items).toEqual(same.items);
    const elsewhere = { ...many, grants: many.grants.slice(0, 4) };
    expect(await look(elsewhere, 'to_pay')).toMatchObject({ count: 0, items: [] });
  });
});
