import { describe, expect, test } from 'vitest';
import { judgeEvidence, nextLook, type AttemptFacts, type Provenance } from '../../src/domain/evidence.ts';
import type { GatewayResult } from '../../src/domain/gateway-result.ts';

const NOW = new Date('2026-10-18T06:00:00.000Z');
const HOUR = 3_600_000;

const attempt = (change: Partial<AttemptFacts> = {}): AttemptFacts => ({
  state: 'accepted',
  conversation: 'AG_1',
  gatewayReference: null,
  sentAt: new Date(NOW.getTime() - HOUR),
  amountMinor: 100_000,
  currency: 'KES',
  receiver: '254712345678',
  ...change,
});

const result = (change: Partial<GatewayResult> = {}): GatewayResult => ({
  key: 'KEY-001',
  conversation: 'AG_1',
  code: '0',
  description: 'processed',
  outcome: 'paid',
  stops: false,
  reference: 'SG632NMUAB',
  amountMinor: 100_000,
  currency: null,
  receiver: '254712345678',
  feeMinor: null,
  completedAt: null,
  ...change,
});

const GATEWAY: Provenance = { source: 'callback', byExecutor: false, disputedBy: null };

const judge = (
  facts: AttemptFacts,
  said: GatewayResult,
  {
    saysTerms = true,
    givesReceipts = true,
    quietMs = 2 * HOUR,
    receipt = 'new' as 'new' | 'taken' | 'held',
    provenance = GATEWAY,
  } = {},
) => judgeEvidence(facts, said, { terms: { saysTerms, givesReceipts, quietMs }, now: NOW, receipt, provenance });

describe('what says that it was paid', () => {
  test.each(['sent', 'accepted', 'unknown'])('posts an attempt that is %s', (state) => {
    expect(judge(attempt({ state }), result())).toEqual({ step: 'post', reference: 'SG632NMUAB' });
  });

  test('before it was sent it contradicts', () => {
    expect(judge(attempt({ state: 'reserved', conversation: null }), result()).step).toBe('contradict');
  });

  test('again, under the same receipt, it is a repetition; under another, money that left twice', () => {
    const paid = attempt({ state: 'paid', gatewayReference: 'SG632NMUAB' });
    expect(judge(paid, result()).step).toBe('repeat');
    expect(judge(paid, result({ reference: 'SG632NMUAC' }))).toMatchObject({ step: 'suspend', amountMinor: 100_000 });
  });

  test('again, of an order whose key is its receipt, it is a repetition whatever it was settled under, if it fits', () => {
    const paid = attempt({ state: 'paid', gatewayReference: 'FT26332A1B2C' });
    const file = { saysTerms: false, givesReceipts: false };
    expect(judge(paid, result({ reference: 'KEY-001' }), file)).toEqual({
      ...{ step: 'repeat', detail: 'paid already, under the reference FT26332A1B2C' },
    });
    expect(judge(paid, result({ reference: 'KEY-001', amountMinor: 99_999 }), file).step).toBe('contradict');
    const failed = attempt({ state: 'failed' });
    expect(judge(failed, result({ reference: 'KEY-001' }), file)).toMatchObject({ step: 'suspend' });
    expect(judge(attempt(), result({ reference: 'KEY-001' }), file)).toMatchObject({ step: 'post' });
  });

  test('after a failure it is money that left without a debit; once it is held, a repetition', () => {
    const failed = attempt({ state: 'failed' });
    expect(judge(failed, result())).toMatchObject({ step: 'suspend', reference: 'SG632NMUAB' });
    expect(judge(failed, result(), { receipt: 'held' }).step).toBe('repeat');
  });

  test.each([
    ['one cent less', { amountMinor: 99_999 }],
    ['one cent more', { amountMinor: 100_001 }],
    ['another receiver', { receiver: '254712345679' }],
    ['another currency', { currency: 'UGX' }],
    ['another conversation', { conversation: 'AG_2' }],
  ])('with %s it contradicts, in every state', (_, said) => {
    for (const state of ['sent', 'accepted', 'unknown', 'failed'])
      expect(judge(attempt({ state }), result(said)).step).toBe('contradict');
  });

  test('without an amount it contradicts where the rail always says it, and posts where it never does', () => {
    const silent = result({ amountMinor: null, receiver: null });
    expect(judge(attempt(), silent).step).toBe('contradict');
    expect(judge(attempt(), silent, { saysTerms: false }).step).toBe('post');
  });

  test('without a receipt nothing is posted', () => {
    expect(judge(attempt(), result({ reference: null })).step).toBe('note');
  });

  test('under a receipt of another payment it contradicts', () => {
    expect(judge(attempt(), result(), { receipt: 'taken' }).step).toBe('contradict');
  });
});

describe('what says that it failed', () => {
  const failed = result({ outcome: 'failed', code: '1', reference: null, amountMinor: null, receiver: null });

  test.each(['sent', 'accepted', 'unknown'])('releases an attempt that is %s', (state) => {
    expect(judge(attempt({ state }), failed)).toEqual({ step: 'void', reason: '1: processed' });
  });

  test('is a repetition of a failure, and contradicts a payment', () => {
    expect(judge(attempt({ state: 'failed' }), failed).step).toBe('repeat');
    expect(judge(attempt({ state: 'paid' }), failed).step).toBe('contradict');
  });

  test('of another conversation it contradicts', () => {
    expect(judge(attempt(), { ...failed, conversation: 'AG_2' }).step).toBe('contradict');
  });

  test.each([
    [{ amountMinor: 100_001 }, 'said to have failed with KES 1,000.01; ordered were KES 1,000.00'],
    [{ currency: 'UGX' }, 'said to have failed in UGX; ordered was KES'],
    [{ receiver: '254700000000' }, 'said to have failed to 254700000000; ordered was 254712345678'],
  ])('releases nothing where it repeats another order: %j', (change, detail) => {
    expect(judge(attempt(), { ...failed, ...change })).toEqual({ step: 'contradict', detail });
    const same = { amountMinor: 100_000, currency: 'KES', receiver: '254712345678' };
    expect(judge(attempt(), { ...failed, ...same }).step).toBe('void');
  });

  test('releases nothing when one person brings it as a callback, or who executed brings the file', () => {
    const by = (source: Provenance['source'], byExecutor: boolean) =>
      judge(attempt(), failed, { provenance: { source, byExecutor, disputedBy: null } }).step;
    expect([by('import', false), by('import', true), by('file', true)]).toEqual(['note', 'note', 'note']);
    expect([by('file', false), by('callback', false), by('query', false)]).toEqual(['void', 'void', 'void']);
  });

  test('releases nothing when one person brings it while something contradicts; what the gateway itself says does', () => {
    const by = (source: Provenance['source'], said = failed) =>
      judge(attempt(), said, { provenance: { source, byExecutor: false, disputedBy: 'msg_abc234' } });
    expect(by('file')).toEqual({
      step: 'contradict',
      detail:
        'said to have failed (1: processed), which msg_abc234 contradicts: two people say so with payment resolve --not-paid',
    });
    for (const source of ['reply', 'callback', 'query'] as const) expect(by(source).step, source).toBe('void');
    expect(by('import').step).toBe('note');
    expect(by('file', result()).step).toBe('post');
  });
});

describe('"no such order"', () => {
  const absent = result({ outcome: 'absent', reference: null, amountMinor: null, conversation: null });
  const unseen = (milliseconds: number) =>
    attempt({ state: 'unknown', conversation: null, sentAt: new Date(NOW.getTime() - milliseconds) });

  test('proves nothing until the quiet period is over, to the millisecond', () => {
    expect(judge(unseen(2 * HOUR - 1), absent).step).toBe('note');
    expect(judge(unseen(2 * HOUR), absent).step).toBe('void');
  });

  test('contradicts what was accepted or paid, and repeats a failure', () => {
    expect(judge(attempt({ sentAt: new Date(0) }), absent).step).toBe('contradict');
    expect(judge(attempt({ state: 'paid' }), absent).step).toBe('contradict');
    expect(judge(attempt({ state: 'failed' }), absent).step).toBe('repeat');
  });
});

test.each(['in_progress', 'unknown'] as const)('what is %s changes nothing', (outcome) => {
  for (const state of ['sent', 'accepted', 'unknown', 'paid', 'failed'])
    expect(judge(attempt({ state }), result({ outcome })).step).toBe('note');
});

test('an open outcome is looked at after five minutes, an hour, then daily', () => {
  const minutes = (looks: number) => (nextLook(looks, NOW).getTime() - NOW.getTime()) / 60_000;
  expect([0, 1, 2, 3, 50].map(minutes)).toEqual([5, 60, 1440, 1440, 1440]);
});

test('what says two things at once contradicts, whatever the attempt is', () => {
  for (const state of ['sent', 'accepted', 'unknown', 'paid', 'failed'])
    expect(judge(attempt({ state }), result({ outcome: 'contradictory' }))).toEqual({
      step: 'contradict',
      detail: '0: processed',
    });
});
