import { describe, expect, test } from 'vitest';
import { readBalances } from '../../../src/domain/mpesa/daraja-balances.ts';
import { B2C_RESULTS, b2cResult } from '../../../src/domain/mpesa/daraja-codes.ts';
import { readDarajaAnswer, readDarajaResult } from '../../../src/domain/mpesa/daraja-result.ts';
import { instantIn, minorIn, receiptIn, receiverIn } from '../../../src/domain/mpesa/daraja-values.ts';

const PARAMETERS: readonly object[] = [
  { Key: 'TransactionAmount', Value: 10 },
  { Key: 'TransactionReceipt', Value: 'SG632NMUAB' },
  { Key: 'ReceiverPartyPublicName', Value: '254705912645 - NICHOLAS JOHN SONGOK' },
  { Key: 'TransactionCompletedDateTime', Value: '06.07.2024 22:48:52' },
  { Key: 'B2CUtilityAccountAvailableFunds', Value: 8959269.6 },
];
const result = (change: object = {}, parameters: unknown = PARAMETERS): string =>
  JSON.stringify({
    Result: {
      ResultType: 0,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      OriginatorConversationID: 'KEY-001',
      ConversationID: 'AG_20240706_20106e9209f64bebd05b',
      TransactionID: 'SG632NMUAB',
      ResultParameters: { ResultParameter: parameters },
      ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: 'https://internalsandbox/submit' } },
      ...change,
    },
  });

describe('the result of a B2C payment', () => {
  test('says key, conversation, amount, receiver, receipt and when', () => {
    expect(readDarajaResult(result())).toEqual({
      key: 'KEY-001',
      conversation: 'AG_20240706_20106e9209f64bebd05b',
      code: '0',
      description: 'The service request is processed successfully.',
      outcome: 'paid',
      stops: false,
      reference: 'SG632NMUAB',
      amountMinor: 1_000,
      currency: null,
      receiver: '254705912645',
      feeMinor: null,
      completedAt: new Date('2024-07-06T19:48:52.000Z'),
    });
  });

  test.each([
    ['codes as texts', { ResultCode: '0', ResultType: '0' }],
    ['no reference data', { ReferenceData: undefined }],
    [
      'reference data as a list',
      { ReferenceData: { ReferenceItem: [{ Key: 'Occassion' }, { Key: 'QueueTimeoutURL', Value: 'x' }] } },
    ],
  ])('is read with %s', (_, change) => {
    expect(readDarajaResult(result(change))).toMatchObject({
      outcome: 'paid',
      amountMinor: 1_000,
      reference: 'SG632NMUAB',
    });
  });

  test.each([
    ['TransactionAmount', 9],
    ['TransactionReceipt', 'SG632NMUAC'],
    ['ReceiverPartyPublicName', '254705912646 - SOMEBODY ELSE'],
  ])(
    'that says two things as its %s is contradictory, whichever stands first; the same twice is none',
    (Key, Value) => {
      for (const parameters of [
        [...PARAMETERS, { Key, Value }],
        [{ Key, Value }, ...PARAMETERS],
      ])
        expect(readDarajaResult(result({}, parameters))).toMatchObject({
          ...{ key: 'KEY-001', outcome: 'contradictory', reference: null, amountMinor: null },
          description: `it says ${Key} twice, and differently`,
        });
      expect(readDarajaResult(result({}, [...PARAMETERS, ...PARAMETERS]))?.outcome).toBe('paid');
      const failed = result({ ResultCode: 1 }, [...PARAMETERS, { Key, Value }]);
      expect(readDarajaResult(failed)?.outcome).toBe('failed');
    },
  );

  test('is read in any order, with repeated keys and keys without a value', () => {
    const odd = [
      { Key: 'DebitPartyName', Value: 'A' },
      { Key: 'TransactionAmount' },
      { Key: 'DebitPartyName', Value: 'B' },
      ...PARAMETERS.toReversed(),
    ];
    expect(readDarajaResult(result({}, odd))).toMatchObject({ amountMinor: 1_000, receiver: '254705912645' });
  });

  test('with a single parameter that is no list it has no amount, and nobody invents one', () => {
    const single = { Key: 'TransactionReceipt', Value: 'SG632NMUAB' };
    expect(readDarajaResult(result({}, single))).toMatchObject({
      outcome: 'paid',
      reference: 'SG632NMUAB',
      amountMinor: null,
    });
  });

  test('of a failure has no receipt, whatever stands there', () => {
    for (const TransactionID of ['NLJ0000000', 'SKE0000000', 'SG632NMUAB'])
      expect(readDarajaResult(result({ ResultCode: 1, TransactionID, ResultParameters: undefined }))).toMatchObject({
        ...{ outcome: 'failed', reference: null, amountMinor: null },
      });
  });

  test.each([...B2C_RESULTS])('code %s is known', (code, known) => {
    expect(readDarajaResult(result({ ResultCode: code }))).toMatchObject({ outcome: known.class, stops: known.stops });
    if (/^\d+$/.test(code)) expect(readDarajaResult(result({ ResultCode: Number(code) }))?.outcome).toBe(known.class);
  });

  test.each(['15', '17', '26', '99999', '5', '1032', 'R000002', '-1', '00', '0.0'])(
    'code %s, which no table has, is unknown',
    (code) => {
      expect(readDarajaResult(result({ ResultCode: code }))?.outcome).toBe('unknown');
      expect(b2cResult(code).stops).toBe(false);
    },
  );

  test('without a code nobody knows', () => {
    for (const ResultCode of [undefined, null, {}, [], true, ''])
      expect(readDarajaResult(result({ ResultCode }))).toMatchObject({ code: 'none', outcome: 'unknown' });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'Result'],
    ['a list', '[]'],
    ['a text', '"Result"'],
    ['another object', '{"stkCallback":{}}'],
    ['a result that names no order', result({ OriginatorConversationID: undefined, ConversationID: ' ' })],
    ['very much', result({ ResultDesc: 'x'.repeat(70_000) })],
    ['very deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ])('%s cannot be read, and is no error', (_, raw) => {
    expect(readDarajaResult(raw)).toBeNull();
    expect(readDarajaAnswer(raw)?.outcome ?? null).toBe(
      raw.includes('ResultCode') && raw.length < 60_000 ? 'unknown' : null,
    );
  });

  test('keys that JavaScript gives a meaning are keys like any other', () => {
    const raw =
      '{"Result":{"__proto__":{"ResultCode":0},"ResultCode":1,"OriginatorConversationID":"K","constructor":1}}';
    expect(readDarajaResult(raw)).toMatchObject({ key: 'K', outcome: 'failed' });
    expect(({} as Record<string, unknown>)['ResultCode']).toBeUndefined();
  });
});

describe('the answer to a question', () => {
  const answer = (status: string | null, change: object = {}): string =>
    JSON.stringify({
      Result: {
        ResultCode: '0',
        ResultDesc: 'processed',
        OriginatorConversationID: 'Q-1',
        ConversationID: 'AG_Q',
        ResultParameters: {
          ResultParameter: [
            { Key: 'DebitPartyName', Value: '600000 - ACME' },
            { Key: 'DebitPartyName', Value: '600000 - ACME' },
            { Key: 'OriginatorConversationID', Value: 'KEY-001' },
            { Key: 'ConversationID', Value: 'AG_1' },
            ...(status === null ? [] : [{ Key: 'TransactionStatus', Value: status }]),
            { Key: 'TransactionReason' },
            { Key: 'DebitPartyCharges', Value: 'Fee For B2C Payment|KES|22.40' },
            { Key: 'Amount', Value: '300' },
            { Key: 'ReceiptNo', Value: 'SG632NMUAB' },
            { Key: 'FinalisedTime', Value: 20_200_120_164_825 },
          ],
        },
        ...change,
      },
    });

  test('is about the order that its parameters name, not about the question', () => {
    expect(readDarajaAnswer(answer('Completed'))).toMatchObject({
      ...{ key: 'KEY-001', conversation: 'AG_1', outcome: 'paid', amountMinor: 30_000, feeMinor: 2_240 },
      ...{ reference: 'SG632NMUAB', completedAt: new Date('2020-01-20T13:48:25.000Z') },
    });
  });

  test.each([
    ['Cancelled', 'failed'],
    ['Declined', 'failed'],
    ['Expired', 'failed'],
    ['Initiated', 'in_progress'],
    ['Authorized', 'in_progress'],
    ['Pending Authorized', 'in_progress'],
    ['Something new', 'unknown'],
  ])('%s means %s, and has no receipt', (status, outcome) => {
    expect(readDarajaAnswer(answer(status))).toMatchObject({ outcome, reference: null });
  });

  test('that tells two states, amounts, receipts or orders is contradictory', () => {
    const twice = (Key: string, Value: string) => {
      const { Result } = JSON.parse(answer('Cancelled')) as {
        Result: { ResultParameters: { ResultParameter: object[] } };
      };
      Result.ResultParameters.ResultParameter.push({ Key, Value });
      return readDarajaAnswer(JSON.stringify({ Result }));
    };
    for (const [key, value] of [
      ['TransactionStatus', 'Completed'],
      ['Amount', '301'],
      ['ReceiptNo', 'SG632NMUAC'],
      ['OriginatorConversationID', 'KEY-002'],
    ] as const)
      expect(twice(key, value), key).toMatchObject({ outcome: 'contradictory', reference: null });
    expect(twice('TransactionStatus', 'Cancelled')?.outcome).toBe('failed');
    expect(twice('DebitPartyName', 'another')?.outcome).toBe('failed');
  });

  test('a question that failed says nothing about the order, unless it says that there is none', () => {
    expect(readDarajaAnswer(answer('Completed', { ResultCode: '17' }))?.outcome).toBe('unknown');
    expect(readDarajaAnswer(answer(null))?.outcome).toBe('unknown');
    for (const ResultDesc of ['The transaction does not exist.', 'No such transaction', 'Transaction not found'])
      expect(readDarajaAnswer(answer(null, { ResultCode: '2032', ResultDesc }))?.outcome).toBe('absent');
    expect(readDarajaAnswer(answer(null, { ResultCode: '0', ResultDesc: 'not found' }))?.outcome).toBe('unknown');
  });

  test.each([
    ['SFC_IC0003', 'The operator does not exist.'],
    ['20', 'The initiator could not be found.'],
    ['21', 'No such initiator'],
    ['2001', 'The initiator information is invalid.'],
    ['404', 'Not found'],
  ])('code %s, %s, speaks of who asked: an order is not absent for it', (ResultCode, ResultDesc) => {
    expect(readDarajaAnswer(answer(null, { ResultCode, ResultDesc }))?.outcome).toBe('unknown');
  });
});

describe('values', () => {
  test('amounts become minor units without a float on the way', () => {
    expect(['10', '10.0', '8959269.6', '0.29', '1,000.05', '300'].map(minorIn)).toEqual([
      1_000, 1_000, 895_926_960, 29, 100_005, 30_000,
    ]);
    expect(['10.005', '-1', '1e3', '', 'ten', '99999999999999', null].map(minorIn)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(minorIn('10.0000')).toBe(1_000);
  });

  test('a placeholder is no receipt', () => {
    expect(['SG632NMUAB', 'sg632nmuab', 'NLJ0000000', '', 'A B', null].map(receiptIn)).toEqual([
      'SG632NMUAB',
      'SG632NMUAB',
      null,
      null,
      null,
      null,
    ]);
  });

  test('a masked phone is no receiver', () => {
    expect(['254705912645 - A', '254705912645', '2547****645 - A', '0705912645', null].map(receiverIn)).toEqual([
      '254705912645',
      '254705912645',
      null,
      null,
      null,
    ]);
  });

  test('instants are those of Nairobi, and days that do not exist are none', () => {
    expect(instantIn('06.07.2024 22:48:52')?.toISOString()).toBe('2024-07-06T19:48:52.000Z');
    expect(instantIn('20240229000000')?.toISOString()).toBe('2024-02-28T21:00:00.000Z');
    for (const text of [
      '31.06.2024 10:00:00',
      '29.02.2023 10:00:00',
      '06.07.2024 24:00:00',
      '06/07/2024 10:00:00',
      '',
      null,
    ])
      expect(instantIn(text)).toBeNull();
  });

  test('balances are read, negative ones too', () => {
    const said = [
      {
        Key: 'AccountBalance',
        Value:
          'Working Account|KES|700000.00|700000.00|0.00|0.00&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00&broken',
      },
    ];
    expect(readBalances(result({}, said))).toEqual([
      { account: 'Working Account', currency: 'KES', balanceMinor: 70_000_000 },
      { account: 'Charges Paid Account', currency: 'KES', balanceMinor: -154_000 },
    ]);
  });
});
