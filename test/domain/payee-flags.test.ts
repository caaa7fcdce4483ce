import { describe, expect, test } from 'vitest';
import {
  destinationKey,
  duplicateWindow,
  payeeFlags,
  payeeKey,
  type PayeeFacts,
} from '../../src/domain/payee-flags.ts';
import { hasAccount } from '../../src/domain/payment.ts';

const named = (number: string, change: { payee?: string; destination?: string } = {}) => ({
  number,
  payee: 'Jane Wanjiru',
  destination: '254712345678',
  ...change,
});
const flags = (change: Partial<PayeeFacts>) =>
  payeeFlags({
    ...{ payee: 'Jane Wanjiru', method: 'mpesa', destination: '254722000001' },
    ...{ knownThere: false, elsewhere: [], ofOthers: [], same: [] },
    ...change,
  });
const codes = (change: Partial<PayeeFacts>) => flags(change).map(({ code }) => code);

describe('names and accounts are compared without what people write differently', () => {
  test.each([
    ['Jumbo Stationers Ltd.', 'JUMBO  stationers,ltd'],
    ['Café Müller', 'CAFE MULLER'],
    [' Jane\u00a0Wanjiru ', 'jane wanjiru'],
    ["O'Neil & Sons", 'o neil   sons'],
  ])('%s and %s are one payee', (one, other) => expect(payeeKey(one)).toBe(payeeKey(other)));

  test.each([
    ['Jane Wanjiru', 'Jane Wanjiku'],
    ['Acme 1', 'Acme 2'],
  ])('%s and %s are two', (one, other) => expect(payeeKey(one)).not.toBe(payeeKey(other)));

  test.each([
    ['KCB:1101-234-567', 'kcb 1101234567'],
    ['254712345678', '254712345678'],
  ])('%s and %s are one account', (one, other) => expect(destinationKey(one)).toBe(destinationKey(other)));

  test('KCB:1 and KCB:2 are two', () => expect(destinationKey('KCB:1')).not.toBe(destinationKey('KCB:2')));
});

describe('a new destination', () => {
  test('of a payee who was paid elsewhere is flagged with where, and which requisitions tell', () => {
    expect(flags({ elsewhere: [named('REQ-2026-00002'), named('REQ-2026-00001')] })).toEqual([
      {
        code: 'NEW_DESTINATION',
        message: 'Jane Wanjiru was never paid to 254722000001, but to 254712345678 (REQ-2026-00002, REQ-2026-00001).',
        references: ['REQ-2026-00002', 'REQ-2026-00001'],
      },
    ]);
  });

  test('is none where the payee was paid before, nor the first one of a payee, nor who receives cash', () => {
    expect(codes({ knownThere: true, elsewhere: [named('REQ-2026-00001')] })).toEqual([]);
    expect(codes({})).toEqual([]);
    expect(codes({ method: 'cash', elsewhere: [named('REQ-2026-00001')] })).toEqual([]);
    expect(['mpesa', 'bank', 'cash'].map(hasAccount)).toEqual([true, true, false]);
  });
});

describe('the destination of somebody else', () => {
  test('is flagged, for accounts only, also where this payee was paid before', () => {
    const ofOthers = [named('REQ-2026-00001', { payee: 'Kenya Power' })];
    expect(flags({ ofOthers, knownThere: true })).toMatchObject([
      {
        code: 'DESTINATION_OF_ANOTHER',
        message: '254722000001 is where Kenya Power was paid (REQ-2026-00001).',
      },
    ]);
    expect(codes({ method: 'cash', ofOthers })).toEqual([]);
    expect(codes({ method: 'bank', ofOthers })).toEqual(['DESTINATION_OF_ANOTHER']);
  });
});

describe('the same payee and amount', () => {
  test('is flagged for every method', () => {
    for (const method of ['mpesa', 'bank', 'cash'])
      expect(flags({ method, same: [named('REQ-2026-00001')] })).toEqual([
        {
          code: 'SAME_PAYEE_AND_AMOUNT',
          message: 'Jane Wanjiru has the same amount in REQ-2026-00001, within 30 days.',
          references: ['REQ-2026-00001'],
        },
      ]);
  });

  test('counts thirty days to either side, to the millisecond', () => {
    const at = new Date('2026-10-31T06:00:00.000Z');
    expect(duplicateWindow(at)).toEqual({
      from: new Date('2026-10-01T06:00:00.000Z'),
      to: new Date('2026-11-30T06:00:00.000Z'),
    });
  });

  test('names five, and says when there are more', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => named(`REQ-2026-0000${at}`));
    expect(flags({ same: many(5) })[0]?.message).toMatch(/REQ-2026-00004, within/);
    const [six] = flags({ same: many(6) });
    expect(six?.references).toHaveLength(5);
    expect(six?.message).toMatch(/REQ-2026-00004 and more, within/);
  });
});

test('all that there is to say is said', () => {
  const one = [named('REQ-2026-00001', { payee: 'Kenya Power' })];
  expect(codes({ elsewhere: one, ofOthers: one, same: one })).toEqual([
    'NEW_DESTINATION',
    'DESTINATION_OF_ANOTHER',
    'SAME_PAYEE_AND_AMOUNT',
  ]);
});
