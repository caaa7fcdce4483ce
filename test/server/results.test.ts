import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { allowance } from '../../src/server/allowance.ts';
import { listenForResults, type Listener, type Report } from '../../src/server/results.ts';

const TOKEN = 'a'.repeat(32);
const STRANGER = 'b'.repeat(32);

describe('listening for results', () => {
  let listener: Listener | undefined;
  const kept: Report[] = [];
  const failures: string[] = [];
  let fail = false;
  let now = 0;

  const listen = async (): Promise<string> => {
    kept.length = 0;
    fail = false;
    now = 0;
    listener = await listenForResults({
      host: '127.0.0.1',
      port: 0,
      known: async (token) => token === TOKEN,
      keep: async (report) => {
        if (fail) throw new Error('disk full');
        kept.push(report);
      },
      now: () => now,
      failed: (error) => void failures.push(error instanceof Error ? error.message : String(error)),
    });
    return `http://127.0.0.1:${listener.port}`;
  };
  const post = (url: string, body: string | Buffer = '{}') => fetch(url, { method: 'POST', body });

  afterEach(async () => {
    await listener?.close();
    listener = undefined;
  });

  test('a report is kept as it came before it is answered, and answered as Safaricom expects', async () => {
    const base = await listen();
    const body = '{"Result": {"ResultCode" :0}}\n';
    const answer = await post(`${base}/results/${TOKEN}`, body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ResultCode: 0, ResultDesc: 'Accepted' });
    expect(kept).toEqual([{ token: TOKEN, about: 'result', body, remote: '127.0.0.1' }]);
  });

  test('behind an address or a time-out address, whatever path a proxy leaves', async () => {
    const base = await listen();
    for (const path of [`/${TOKEN}`, `/a/b/${TOKEN}/asked`, `/results/${TOKEN}/late`]) await post(`${base}${path}`);
    expect(kept.map(({ token }) => token)).toEqual([TOKEN, TOKEN, TOKEN]);
    expect(kept.map(({ about }) => about)).toEqual(['result', 'answer', 'late']);
  });

  test('an address that was given to nobody is kept without a token, so often and then no more', async () => {
    const base = await listen();
    const statuses: number[] = [];
    for (let count = 0; count < 25; count += 1) statuses.push((await post(`${base}/results/${STRANGER}`)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.slice(20)).toEqual([429, 429, 429, 429, 429]);
    expect(kept.every(({ token }) => token === null)).toBe(true);
    now = 1_000;
    expect((await post(`${base}/elsewhere`)).status).toBe(200);
    expect((await post(`${base}/elsewhere`)).status).toBe(429);
    expect((await post(`${base}/results/${TOKEN}`)).status).toBe(200);
  });

  test('what cannot be kept is not answered as taken, and whoever runs it is told why', async () => {
    const base = await listen();
    fail = true;
    const answer = await post(`${base}/results/${TOKEN}`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('disk full');
    expect(failures).toEqual(['disk full']);
  });

  test('a body that is too large is refused, with a length and without one', async () => {
    const base = await listen();
    expect((await post(`${base}/results/${TOKEN}`, Buffer.alloc(64 * 1024, 32))).status).toBe(200);
    expect((await post(`${base}/results/${TOKEN}`, Buffer.alloc(64 * 1024 + 1, 32))).status).toBe(413);
    const chunked = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let count = 0; count < 3; count += 1) controller.enqueue(Buffer.alloc(40 * 1024, 32));
        controller.close();
      },
    });
    const endless = await fetch(`${base}/results/${TOKEN}`, { method: 'POST', body: chunked, duplex: 'half' });
    expect(endless.status).toBe(413);
    expect(kept).toHaveLength(1);
  });

  test('only POST is answered', async () => {
    const base = await listen();
    expect((await fetch(`${base}/results/${TOKEN}`)).status).toBe(404);
    expect((await fetch(`${base}/results/${TOKEN}`, { method: 'PUT', body: '{}' })).status).toBe(404);
    expect(kept).toEqual([]);
  });

  test('who connects and says nothing holds up nobody', async () => {
    const base = await listen();
    const silent = connect(Number(new URL(base).port), '127.0.0.1');
    silent.on('error', () => undefined);
    expect((await post(`${base}/results/${TOKEN}`)).status).toBe(200);
    silent.destroy();
  });

  test('at the end what has come is answered, and who does not finish is cut off', async () => {
    const base = await listen();
    const slow = connect(Number(new URL(base).port), '127.0.0.1');
    const ended = new Promise<void>((resolve) => void slow.once('close', () => resolve()).on('error', () => undefined));
    slow.write(`POST /results/${TOKEN} HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n{`);
    expect((await post(`${base}/results/${TOKEN}`)).status).toBe(200);
    await listener?.close();
    listener = undefined;
    await ended;
    expect(kept).toHaveLength(1);
  }, 10_000);
});

describe('an allowance', () => {
  test('is so much at once, grows again with time, and is each one’s own', () => {
    let now = 0;
    const { take } = allowance({ atOnce: 2, perSecond: 1 }, () => now);
    expect([take('a'), take('a'), take('a'), take('b')]).toEqual([true, true, false, true]);
    now = 999;
    expect(take('a')).toBe(false);
    now = 1_000;
    expect([take('a'), take('a')]).toEqual([true, false]);
    now = 60_000;
    expect([take('a'), take('a'), take('a')]).toEqual([true, true, false]);
  });

  test('a clock that goes back takes nothing away', () => {
    let now = 10_000;
    const { take } = allowance({ atOnce: 1, perSecond: 1 }, () => now);
    expect(take('a')).toBe(true);
    now = 0;
    expect(take('a')).toBe(false);
    now = 1_000;
    expect(take('a')).toBe(true);
  });
});
