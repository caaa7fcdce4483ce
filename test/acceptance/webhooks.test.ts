import { createHmac } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An address that takes what it is told, unless it is told not to. */
async function anAddress() {
  const heard: Heard[] = [];
  const state = { status: 200 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers, body });
      response.writeHead(state.status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { heard, state, url: `http://127.0.0.1:${port}/treasury`, close: () => server.close() };
}

describe.each(DIALECTS)('webhooks on %s', (dialect) => {
  let office: DemoOffice;
  let address: Awaited<ReturnType<typeof anAddress>>;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    address = await anAddress();
  });
  afterAll(async () => {
    address.close();
    await office.close();
  });

  test('an address is added, tried, told of what happens by the worker, and removed', async () => {
    const file = join(office.home, 'hook.secret');
    const add = ['webhook', 'add', address.url, '--events', 'payment.executed', '--secret-out', file];
    const added = await office.as('root-admin', [...add, '--json']);
    const { ref } = (await answerOf(added)).data as { ref: string };
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secret = readFileSync(file, 'utf8').trim();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(added.stdout + added.stderr).not.toContain(secret);
    await office.data('root-admin', ['webhook', 'test', ref]);
    const payment = await office.ready();
    await office.data('carol', ['payment', 'execute', payment, '--yes']);
    address.state.status = 500;
    expect((await office.as('david', ['worker', 'run', '--once'])).exitCode).toBe(12);
    expect(await office.data('root-admin', ['webhook', 'list'])).toMatchObject([
      { ref, waiting: 1, last_error: 'it answered 500' },
    ]);
    expect(await errorOf(await office.as('root-admin', ['webhook', 'test', ref, '--json']))).toMatchObject({
      ...{ code: 'WEBHOOK_NOT_TAKEN', exit_code: 9 },
    });
    const told = address.heard.map(({ body }) => JSON.parse(body) as { type: string; data: { subject: string } });
    expect(told.map(({ type }) => type)).toEqual(['webhook.test', 'payment.executed', 'webhook.test']);
    expect(told[1]?.data.subject).toBe(payment);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    for (const { headers, body } of address.heard) {
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }
    await office.data('root-admin', ['webhook', 'remove', ref]);
    expect((await office.as('david', ['worker', 'run', '--once'])).exitCode).toBe(0);
    expect(address.heard).toHaveLength(3);
  });
});
