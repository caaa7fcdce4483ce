import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readDarajaAnswer, readDarajaResult } from '../../../src/domain/mpesa/daraja-result.ts';
import { B2C_RESULTS, CALL_ERRORS } from '../../../src/domain/mpesa/daraja-codes.ts';
import type { DarajaSettings } from '../../../src/domain/rail.ts';
import { openDaraja, type Daraja } from '../../../src/gateways/mpesa/open-daraja.ts';
import { call } from '../../../src/gateways/mpesa/post-json.ts';
import { securityCredential } from '../../../src/gateways/mpesa/security-credential.ts';
import { SCENARIOS } from '../../../src/gateways/mpesa/simulator/scenarios.ts';
import { startSimulator, type Simulator } from '../../../src/gateways/mpesa/simulator/simulator.ts';
import type { Order } from '../../../src/gateways/rail.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'treasury-daraja-'));
let tokenFiles = 0;
const tokenFile = (): string => path.join(directory, `token-${(tokenFiles += 1)}`);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SECRETS = { consumerKey: 'key', consumerSecret: 'top-secret', initiatorPassword: 'hush#1', certificate: '' };
const settings = (baseUrl: string): DarajaSettings => ({
  ...{ baseUrl, shortCode: '600000', initiator: 'treasury', command: 'BusinessPayment' },
  ...{
    resultUrl: 'http://127.0.0.1:9/results',
    smallestMinor: 1000,
    largestMinor: 25_000_000,
    quietMs: 1,
    statusField: 'OriginalConversationID' as const,
  },
});

const serving = async (listener: RequestListener): Promise<{ readonly url: string; readonly server: Server }> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

let orders = 0;
const order = (change: Partial<Order> = {}): Order => ({
  key: `KEY${String((orders += 1)).padStart(12, '0')}-001`,
  amountMinor: 100_000,
  currency: 'KES',
  destination: '254712345678',
  payee: 'Jane',
  remarks: 'pay_7f3k2m',
  resultUrl: 'http://127.0.0.1:9/results/aa',
  ...change,
});

describe('against a Daraja of our own', () => {
  let simulator: Simulator;
  let daraja: Daraja;
  let office: { readonly url: string; readonly server: Server };
  const reports: { readonly path: string; readonly body: string }[] = [];
  const waiting: { readonly at: number; readonly work: () => Promise<void> }[] = [];
  let now = 0;

  beforeAll(async () => {
    office = await serving((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        reports.push({ path: request.url ?? '', body });
        response.end('{}');
      });
    });
  });
  afterAll(() => void office.server.close());

  beforeEach(async () => {
    reports.length = 0;
    waiting.length = 0;
    now = Date.parse('2026-10-18T06:00:00.000Z');
    simulator = await startSimulator({
      ...{ host: '127.0.0.1', port: 0, seed: 1, shortCode: '600000', now: () => new Date(now) },
      later: (milliseconds, work) => void waiting.push({ at: now + milliseconds, work }),
    });
    daraja = openDaraja(settings(simulator.url), simulator.credentials, {
      tokenFile: tokenFile(),
      deadlineMs: 5000,
      now: () => now,
    });
  });
  afterEach(() => simulator.close());

  const pass = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    const due = waiting.filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at);
    for (const one of due) {
      waiting.splice(waiting.indexOf(one), 1);
      await one.work();
    }
  };
  const to = (destination: string, change: Partial<Order> = {}) =>
    order({ destination, resultUrl: `${office.url}/results/${'a'.repeat(32)}`, ...change });

  test('an order is taken, paid and reported with its amount, receiver and receipt', async () => {
    const one = to('254712345678');
    expect(await daraja.send(one)).toMatchObject({ kind: 'accepted' });
    await pass(1000);
    const [report] = reports;
    expect(readDarajaResult(report?.body ?? '')).toMatchObject({
      ...{ key: one.key, outcome: 'paid', amountMinor: 100_000, receiver: '254712345678' },
      ...{ reference: simulator.paid[0]?.receipt, completedAt: new Date('2026-10-18T06:00:01.000Z') },
    });
  });

  test('the same key is never paid twice, however often it is sent', async () => {
    const one = to('254712345678');
    await daraja.send(one);
    expect(await daraja.send(one)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('500.002.1001') });
    await pass(1000);
    expect(simulator.paid).toHaveLength(1);
  });

  const CALLS: Readonly<Record<string, string>> = {
    duplicate: 'unknown',
    lost: 'unknown',
    html: 'unknown',
    reset: 'unknown',
    busy: 'busy',
  };

  test.each([...SCENARIOS])('%s plays as it says', async (number, scenario) => {
    const one = to(number);
    const reply = await daraja.send(one);
    expect(reply.kind).toBe(CALLS[scenario.call ?? ''] ?? 'accepted');
    await pass(90_000_000);
    expect(simulator.paid).toHaveLength(scenario.pays && scenario.call !== 'busy' ? 1 : 0);
    if (scenario.call !== 'busy') expect(reports).toHaveLength(scenario.reports.length);
    for (const report of reports.filter(({ path }) => !path.endsWith('/late'))) {
      const result = readDarajaResult(report.body);
      expect(result).not.toBeNull();
      if (result?.outcome === 'paid') expect(scenario.pays).toBe(true);
      if (result?.outcome === 'failed') expect(result.reference).toBeNull();
    }
  });

  test('every failure that the table knows, and three codes that it does not, can be played', () => {
    const played = new Set([...SCENARIOS.values()].flatMap(({ reports: all }) => all.map(({ code }) => String(code))));
    expect([...B2C_RESULTS.keys(), '5', '17', '99999'].filter((code) => !played.has(code))).toEqual([]);
  });

  test('a float that runs out pays to the last shilling, and fails what goes beyond', async () => {
    const many = [100_000, 100_000, 50_100, 50_000, 1000].map((amountMinor) => to('254700000077', { amountMinor }));
    for (const one of many) expect((await daraja.send(one)).kind).toBe('accepted');
    await pass(1000);
    const outcomes = new Map(reports.map(({ body }) => [readDarajaResult(body)?.key, readDarajaResult(body)?.outcome]));
    expect(many.map(({ key }) => outcomes.get(key))).toEqual(['paid', 'paid', 'failed', 'paid', 'failed']);
    expect(simulator.paid.map(({ amount }) => amount)).toEqual([1000, 1000, 500]);
    const [, , beyond] = many;
    await daraja.ask({ key: beyond?.key ?? '', conversation: null, receipt: null, resultUrl: beyond?.resultUrl ?? '' });
    await pass(1000);
    expect(readDarajaAnswer(reports.at(-1)?.body ?? '')?.outcome).toBe('failed');
  });

  test('turned away twice it is taken the third time, with the same key', async () => {
    const one = to('254700000069');
    expect([(await daraja.send(one)).kind, (await daraja.send(one)).kind, (await daraja.send(one)).kind]).toEqual([
      'busy',
      'busy',
      'accepted',
    ]);
  });

  test('an access token that is refused is replaced once, with the same order', async () => {
    const one = to('254712345678');
    await daraja.send(to('254712345678'));
    simulator.expireTokens();
    expect(await daraja.send(one)).toMatchObject({ kind: 'accepted' });
    expect(simulator.tokensGiven).toBe(2);
  });

  test('processes share a token through a file that is nobody else’s', async () => {
    const file = tokenFile();
    const open = () =>
      openDaraja(settings(simulator.url), simulator.credentials, { tokenFile: file, deadlineMs: 5000, now: () => now });
    await open().send(to('254712345678'));
    await open().send(to('254712345678'));
    expect(simulator.tokensGiven).toBe(1);
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    now += 3_600_000;
    await open().send(to('254712345678'));
    expect(simulator.tokensGiven).toBe(2);
  });

  test('orders that are under way at once share one new token, when there is none and when it is refused', async () => {
    const file = tokenFile();
    const send = () =>
      openDaraja(settings(simulator.url), simulator.credentials, {
        ...{ tokenFile: file, deadlineMs: 5000, now: () => now },
      }).send(to('254712345678'));
    const ten = () => Promise.all(Array.from({ length: 10 }, send));
    expect((await ten()).map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'accepted'));
    expect(simulator.tokensGiven).toBe(1);
    simulator.expireTokens();
    expect((await ten()).map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'accepted'));
    expect(simulator.tokensGiven).toBe(2);
  });

  test.each(['null', '[]', '"text"', '{"owner":', ''])(
    'a token file that holds %s is none: it is replaced',
    async (text) => {
      const file = tokenFile();
      writeFileSync(file, text);
      const open = { tokenFile: file, deadlineMs: 5000, now: () => now };
      const one = openDaraja(settings(simulator.url), simulator.credentials, open);
      expect(await one.send(to('254712345678'))).toMatchObject({ kind: 'accepted' });
      expect(await one.send(to('254712345678'))).toMatchObject({ kind: 'accepted' });
      expect(simulator.tokensGiven).toBe(1);
    },
  );

  test.each([
    ['read', () => directory],
    // The name is as long as names may be: a temporary file beside it has none.
    ['written', () => path.join(directory, 't'.repeat(255))],
  ])('a token file that cannot be %s is told, and nothing is sent', async (_, file) => {
    const open = { tokenFile: file(), deadlineMs: 5000, now: () => now };
    const one = openDaraja(settings(simulator.url), simulator.credentials, open);
    const reply = await one.send(to('254712345678'));
    expect(reply).toMatchObject({ kind: 'not_sent', reason: expect.stringContaining('token') });
    expect(JSON.stringify(reply)).not.toContain(simulator.credentials.consumerSecret);
    expect(simulator.paid).toEqual([]);
  });

  test('a second process takes the token that the first one got', async () => {
    const file = tokenFile();
    const script = `
      import { tokenSource } from ${JSON.stringify(new URL('../../../src/gateways/mpesa/access-token.ts', import.meta.url).href)};
      const [baseUrl, tokenFile, now] = process.argv.slice(1);
      const { consumerKey, consumerSecret } = JSON.parse(process.env.SIMULATED);
      const source = tokenSource({ baseUrl, tokenFile, deadlineMs: 5000, now: () => Number(now) }, { consumerKey, consumerSecret });
      process.stdout.write(JSON.stringify(await source.token(false)));
    `;
    const inAProcess = async (): Promise<string> => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--no-warnings', '--input-type=module', '-e', script, simulator.url, file, String(now)],
        { env: { ...process.env, SIMULATED: JSON.stringify(simulator.credentials) } },
      );
      return stdout;
    };
    const first = await inAProcess();
    expect(JSON.parse(first)).toMatchObject({ token: expect.any(String) });
    expect(await inAProcess()).toBe(first);
    expect(simulator.tokensGiven).toBe(1);
  });

  test('a question is answered at an address of its own, and names the order', async () => {
    const one = to('254700000062');
    await daraja.send(one);
    const question = { key: one.key, conversation: null, receipt: null, resultUrl: one.resultUrl };
    expect(await daraja.ask(question)).toMatchObject({ kind: 'accepted' });
    await pass(1000);
    expect(reports.map(({ path }) => path)).toEqual([`/results/${'a'.repeat(32)}/asked`]);
    expect(readDarajaAnswer(reports[0]?.body ?? '')).toMatchObject({
      ...{ key: one.key, outcome: 'paid', amountMinor: 100_000, reference: simulator.paid[0]?.receipt },
    });
  });

  test('asked about an order that never came, it knows of none', async () => {
    await daraja.ask({
      key: 'KEY-NEVER-CAME',
      conversation: null,
      receipt: null,
      resultUrl: `${office.url}/results/${'a'.repeat(32)}`,
    });
    await pass(1000);
    expect(readDarajaAnswer(reports[0]?.body ?? '')).toMatchObject({ key: null, outcome: 'absent' });
  });

  test('a wrong password is told as such, and locks at the third time', async () => {
    const wrong = openDaraja(
      settings(simulator.url),
      { ...simulator.credentials, initiatorPassword: 'wrong' },
      { tokenFile: tokenFile(), deadlineMs: 5000, now: () => now },
    );
    for (let count = 0; count < 3; count += 1) await wrong.send(to('254712345678'));
    await daraja.send(to('254712345678'));
    await pass(1000);
    expect(reports.map(({ body }) => readDarajaResult(body)?.code)).toEqual(['2001', '2001', '8006', '8006']);
    expect(simulator.paid).toEqual([]);
  });

  test('a question tells what really became of an order, and needs the password as an order does', async () => {
    const small = to('254712345678', { amountMinor: 900 });
    await daraja.send(small);
    const open = { tokenFile: tokenFile(), deadlineMs: 5000, now: () => now };
    const wrong = openDaraja(settings(simulator.url), { ...simulator.credentials, initiatorPassword: 'wrong' }, open);
    const question = { key: small.key, conversation: null, receipt: null, resultUrl: small.resultUrl };
    await daraja.ask(question);
    await wrong.ask(question);
    await pass(1000);
    expect(simulator.paid).toEqual([]);
    const answers = reports.filter(({ path }) => path.endsWith('/asked')).map(({ body }) => readDarajaAnswer(body));
    expect(answers.map((answer) => answer?.outcome)).toEqual(['failed', 'unknown']);
  });

  test('credentials can be tried without an order', async () => {
    expect(await daraja.check(`${office.url}/results/balance`)).toMatchObject({ kind: 'accepted' });
    expect(simulator.paid).toEqual([]);
    const wrong = openDaraja(
      settings(simulator.url),
      { ...simulator.credentials, consumerSecret: 'wrong' },
      { tokenFile: tokenFile(), deadlineMs: 5000, now: () => now },
    );
    expect(await wrong.check(`${office.url}/results/balance`)).toMatchObject({ kind: 'not_sent' });
  });

  test('fields that the real one refuses are refused', async () => {
    expect(await daraja.send(to('255712345678'))).toMatchObject({ kind: 'rejected', code: '400.002.02', stops: false });
    expect(await daraja.send(to('254712345678', { resultUrl: `${office.url}/mpesa/results` }))).toMatchObject({
      kind: 'rejected',
    });
    expect(await daraja.send(to('254712345678', { key: 'x'.repeat(20) }))).toMatchObject({ kind: 'rejected' });
  });

  test('a credential has 344 characters, another one each time', () => {
    const { certificate } = simulator.credentials;
    const two = [securityCredential('hush', certificate), securityCredential('hush', certificate)];
    expect(two.map((text) => text.length)).toEqual([344, 344]);
    expect(two[0]).not.toBe(two[1]);
  });
});

describe('what the network does', () => {
  let gateway: { readonly url: string; readonly server: Server } | undefined;
  afterEach(() => {
    gateway?.server.closeAllConnections();
    gateway?.server.close();
    gateway = undefined;
  });

  /** A gateway that gives tokens, and answers orders as a test says. */
  const answering = async (answer: RequestListener, deadlineMs = 2000): Promise<Daraja> => {
    gateway = await serving((request, response) => {
      if (request.url?.startsWith('/oauth') === true)
        response.end('{"access_token":"access-token-of-ours","expires_in":"3599"}');
      else request.resume().on('end', () => answer(request, response));
    });
    const { startSimulator: start } = await import('../../../src/gateways/mpesa/simulator/simulator.ts');
    const keys = await start({
      host: '127.0.0.1',
      port: 0,
      seed: 1,
      shortCode: '1',
      now: () => new Date(),
      later: () => undefined,
    });
    await keys.close();
    return openDaraja(
      settings(gateway.url),
      { ...SECRETS, certificate: keys.credentials.certificate },
      { tokenFile: tokenFile(), deadlineMs, now: Date.now },
    );
  };
  const status = (code: number, body: string) => answering((_, response) => void response.writeHead(code).end(body));

  test('a connection that nobody takes, and a name that nobody has, are certainly not sent', async () => {
    const daraja = openDaraja(settings('http://127.0.0.1:9'), SECRETS, {
      tokenFile: tokenFile(),
      deadlineMs: 2000,
      now: Date.now,
    });
    expect(await daraja.check('http://127.0.0.1:9/x')).toEqual({
      kind: 'not_sent',
      reason: 'the certificate holds no public key',
    });
    const keyed = await status(200, '{}');
    gateway?.server.closeAllConnections();
    gateway?.server.close();
    expect(await keyed.send(order())).toMatchObject({ kind: 'not_sent', reason: 'no token from M-Pesa: ECONNREFUSED' });
  });

  test('a connection that breaks off after the order was taken is unknown', async () => {
    const daraja = await answering((request) => void request.socket.destroy());
    expect((await daraja.send(order())).kind).toBe('unknown');
  });

  /** Routes are not lost on a loopback: fetch fails as it does when one is. */
  test.each([
    ['connect', 'EHOSTUNREACH', 'not_sent'],
    ['connect', 'ENETUNREACH', 'not_sent'],
    ['getaddrinfo', 'ENOTFOUND', 'not_sent'],
    ['read', 'EHOSTUNREACH', 'lost'],
    ['write', 'ENETUNREACH', 'lost'],
    ['read', 'ECONNRESET', 'lost'],
    ['read', 'ETIMEDOUT', 'lost'],
  ])('%s %s is %s: only what fails while connecting has sent nothing', async (syscall, code, kind) => {
    const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed', { cause })));
    try {
      expect((await call('http://127.0.0.1:9', { method: 'POST', headers: {}, deadlineMs: 1000 })).kind).toBe(kind);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('no answer within the deadline is unknown', async () => {
    const daraja = await answering(() => undefined, 200);
    expect((await daraja.send(order())).kind).toBe('unknown');
  });

  test('a redirect is not followed, and unknown', async () => {
    let followed = 0;
    const daraja = await answering((request, response) => {
      if (request.url === '/elsewhere') followed += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await daraja.send(order())).kind).toBe('unknown');
    expect(followed).toBe(0);
  });

  test.each([
    [200, '{"ResponseCode":"0"}'],
    [200, '{"ResponseCode":"1","ConversationID":"AG_1"}'],
    [200, 'not JSON'],
    [200, ''],
    [503, '<html></html>'],
    [500, '{"errorCode":"999.999","errorMessage":"never seen"}'],
    [200, `{"ConversationID":"AG_1","ResponseCode":"0","padding":"${'x'.repeat(300_000)}"}`],
  ])('HTTP %i with %s is unknown', async (code, body) => {
    const daraja = await status(code, body);
    expect((await daraja.send(order())).kind).toBe('unknown');
  });

  const KINDS: Readonly<Record<string, string>> = {
    token: 'rejected',
    rejected: 'rejected',
    stops: 'rejected',
    busy: 'busy',
    unknown: 'unknown',
  };

  test.each([...CALL_ERRORS])('%s is %s', async (errorCode, what) => {
    const daraja = await status(500, JSON.stringify({ requestId: '1', errorCode, errorMessage: 'said' }));
    const reply = await daraja.send(order());
    expect(reply.kind).toBe(KINDS[what]);
    if (reply.kind === 'rejected') expect(reply.stops).toBe(what !== 'rejected');
  });

  test('429 was turned away unlooked at', async () => {
    expect((await (await status(429, '')).send(order())).kind).toBe('busy');
  });

  test('a reply that speaks of another order says nothing about this one', async () => {
    const body = '{"ConversationID":"AG_1","OriginatorConversationID":"ANOTHER","ResponseCode":"0"}';
    expect((await (await status(200, body)).send(order())).kind).toBe('unknown');
  });

  test('who we are is the same for every order: a credential that is not taken stops what follows', async () => {
    const body = '{"errorCode":"400.002.02","errorMessage":"Bad Request - Invalid SecurityCredential"}';
    expect(await (await status(400, body)).send(order())).toMatchObject({ kind: 'rejected', stops: true });
  });

  test('a gateway that repeats our token and credential repeats them to nobody else', async () => {
    let seen = '';
    const daraja = await answering((request, response) => {
      seen = request.headers.authorization ?? '';
      response
        .writeHead(400)
        .end(JSON.stringify({ errorCode: '400.002.02', errorMessage: `Invalid ${seen} access-token-of-ours` }));
    });
    const reply = await daraja.send(order());
    expect(seen).toContain('access-token-of-ours');
    expect(JSON.stringify(reply)).not.toContain('access-token-of-ours');
    expect(JSON.stringify(reply)).toContain('[secret]');
  });

  test('nothing that is secret stands in any answer', async () => {
    const replies = [
      await (await status(500, '{"errorCode":"400.002.02","errorMessage":"Bad"}')).send(order()),
      await (await status(401, '{"errorCode":"401.002.01"}')).send(order()),
    ];
    for (const secret of [SECRETS.consumerSecret, SECRETS.initiatorPassword])
      expect(JSON.stringify(replies)).not.toContain(secret);
  });
});
