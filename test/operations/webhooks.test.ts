import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newWebhookSecret, webhookSecretText } from '../../src/gateways/webhook.ts';
import { webhookDocument } from '../../src/documents/webhook.ts';
import { addWebhook } from '../../src/operations/add-webhook.ts';
import { deliverWebhooks } from '../../src/operations/deliver-webhooks.ts';
import { removeWebhook } from '../../src/operations/remove-webhook.ts';
import { spreadEvents } from '../../src/operations/spread-events.ts';
import { webhookViews } from '../../src/store/webhooks.ts';
import type { Actor } from '../../src/domain/access.ts';
import type { Row } from '../../src/store/tables.ts';
import { aPayingOffice, bookFaults, MINUTE, PEPPER, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

interface Heard {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let base: string;
let heard: Heard[];
/** What the address answers; the last answer counts for all that follow. */
let answers: number[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      heard.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString() });
      const status = (answers.length > 1 ? answers.shift() : answers[0]) ?? 200;
      response.writeHead(status, status === 302 ? { location: `${base}/elsewhere` } : {}).end('ignored');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  heard = [];
  answers = [200];
});

eachDatabase((open) => {
  let office: PayingOffice;
  let admin: Actor;
  let fund: Row<'funds'>;
  beforeAll(async () => {
    office = await aPayingOffice(open);
    admin = await office.person('ada', ['admin']);
    fund = await office.fund();
  });
  afterEach(async () => {
    for (const { webhook } of await office.store.read((tx) => webhookViews(tx, { removed: false })))
      await removeWebhook(office.store, admin, webhook.ref);
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const add = async (events: readonly string[], path = '/hook') => {
    const secret = newWebhookSecret();
    const view = await addWebhook(office.store, admin, { url: `${base}${path}`, events, secret, pepper: PEPPER });
    return { secret, view };
  };
  const telling = { pepper: async () => PEPPER, now: () => office.clock.now, chance: () => 0 };
  const tellAll = async () => {
    await spreadEvents(office.store);
    return deliverWebhooks(office.store, telling);
  };
  const typesHeard = () => heard.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  const viewOf = async (id: string) => (await office.store.read((tx) => webhookViews(tx, { removed: true, id })))[0];

  describe('what happens', () => {
    test('is told to who asked for it, signed as Standard Webhooks say, once', async () => {
      const { secret, view } = await add(['payment.executed']);
      const payment = await office.payment(fund);
      await office.pay(payment);
      expect(await tellAll()).toEqual({ told: 1, failures: [] });
      const [one] = heard;
      if (one === undefined) throw new Error('nothing was heard');
      const body = JSON.parse(one.body) as {
        type: string;
        timestamp: string;
        data: { subject: string; payload: object };
      };
      expect(body).toMatchObject({
        type: 'payment.executed',
        data: { subject: payment.ref, payload: { fund: fund.code } },
      });
      expect(body.timestamp).toBe(office.clock.now.toISOString());
      const key = Buffer.from(webhookSecretText(secret).slice('whsec_'.length), 'base64');
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = one.headers;
      expect(at).toBe(String(Math.floor(office.clock.now.getTime() / 1000)));
      expect(signature).toBe(
        `v1,${createHmac('sha256', key)
          .update(`${String(id)}.${String(at)}.${one.body}`)
          .digest('base64')}`,
      );
      expect(await tellAll()).toEqual({ told: 0, failures: [] });
      expect(await viewOf(view.webhook.id)).toMatchObject({
        waiting: 0,
        lastDeliveredAt: office.clock.now,
        lastError: null,
      });
    });

    test('is not told when it was before, nor when nobody asked for it', async () => {
      await office.pay(await office.payment(fund));
      await add(['variance.*']);
      await office.pay(await office.payment(fund));
      await tellAll();
      expect(heard).toEqual([]);
      await add(['*'], '/all');
      office.pass(MINUTE);
      await office.pay(await office.payment(fund));
      await tellAll();
      expect(heard.every(({ url }) => url === '/all')).toBe(true);
      expect(typesHeard()).toContain('payment.executed');
    });

    test('is told in a fund that is opened later, from its first event', async () => {
      await add(['fund.created']);
      await office.fund({ opening: '0' });
      await tellAll();
      expect(typesHeard()).toEqual(['fund.created']);
    });
  });

  describe('an address that does not take it', () => {
    test('is told again later and later, under the same id, until it does', async () => {
      const { view } = await add(['payment.executed']);
      await office.pay(await office.payment(fund));
      answers = [500, 503, 204];
      expect(await tellAll()).toEqual({ told: 0, failures: [`${view.webhook.ref}: it answered 500`] });
      expect(await tellAll()).toEqual({ told: 0, failures: [] });
      office.pass(5_000 - 1);
      expect((await tellAll()).failures).toEqual([]);
      office.pass(1);
      expect((await tellAll()).failures).toEqual([`${view.webhook.ref}: it answered 503`]);
      expect(await viewOf(view.webhook.id)).toMatchObject({ waiting: 1, lastError: 'it answered 503' });
      office.pass(10_000);
      expect(await tellAll()).toEqual({ told: 1, failures: [] });
      expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(heard).toHaveLength(3);
    });

    test('is not followed elsewhere', async () => {
      const { view } = await add(['payment.executed']);
      await office.pay(await office.payment(fund));
      answers = [302];
      expect((await tellAll()).failures).toEqual([
        `${view.webhook.ref}: it answered 302, and redirects are not followed`,
      ]);
      expect(heard.map(({ url }) => url)).toEqual(['/hook']);
    });

    test('keeps nobody else waiting', async () => {
      await add(['payment.executed'], '/slow');
      await add(['payment.executed'], '/fast');
      await office.pay(await office.payment(fund));
      answers = [500, 200];
      expect(await tellAll()).toMatchObject({ told: 1 });
    });

    test('that is removed is told nothing of what waited', async () => {
      const { view } = await add(['payment.executed']);
      await office.pay(await office.payment(fund));
      answers = [500];
      await tellAll();
      expect((await removeWebhook(office.store, admin, view.webhook.ref)).dropped).toBe(1);
      office.pass(60 * MINUTE);
      answers = [200];
      expect(await tellAll()).toEqual({ told: 0, failures: [] });
      expect((await removeWebhook(office.store, admin, view.webhook.ref)).changed).toBe(false);
    });
  });

  test('two workers tell each thing once', async () => {
    await add(['payment.executed']);
    for (let count = 0; count < 5; count += 1) await office.pay(await office.payment(fund));
    await Promise.all([spreadEvents(office.store), spreadEvents(office.store)]);
    await Promise.all([deliverWebhooks(office.store, telling), deliverWebhooks(office.store, telling)]);
    const ids = heard.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });

  test('a secret is kept sealed, and is good under its own pepper only', async () => {
    const { secret, view } = await add(['payment.executed']);
    const [row] = await office.store.read((tx) => tx.db.select().from(tx.t.webhooks));
    expect(JSON.stringify(row)).not.toContain(secret.toString('base64'));
    await office.pay(await office.payment(fund));
    await spreadEvents(office.store);
    const other = { ...telling, pepper: async () => Buffer.alloc(32, 9) };
    expect((await deliverWebhooks(office.store, other)).failures).toEqual([
      `${view.webhook.ref}: its secret was sealed under another pepper: remove it, and add it again`,
    ]);
    expect(heard).toEqual([]);
  });

  test('an address is called as it is, and told to others without the values behind its ?', async () => {
    const { view } = await add(['payment.executed'], '/hook?office=ACME&token=s3cret');
    await office.pay(await office.payment(fund));
    await tellAll();
    expect(heard.map(({ url }) => url)).toEqual(['/hook?office=ACME&token=s3cret']);
    await removeWebhook(office.store, admin, view.webhook.ref);
    expect(webhookDocument(view).url).toBe(`${base}/hook?office=***&token=***`);
    const events = await office.store.read((tx) => tx.db.select().from(tx.t.auditEvents));
    const ofIt = events.filter(({ body }) => body.includes(view.webhook.ref)).map(({ body }) => body);
    expect(ofIt).toHaveLength(2);
    for (const body of ofIt) expect(body).toContain('token=***');
    expect(ofIt.join()).not.toContain('s3cret');
  });

  test('an admin decides who is told', async () => {
    const request = { url: `${base}/x`, events: [], secret: newWebhookSecret(), pepper: PEPPER };
    expect(await problemOf(addWebhook(office.store, office.people.esther, request))).toMatchObject({
      code: 'ROLE_MISSING',
    });
  });
});
