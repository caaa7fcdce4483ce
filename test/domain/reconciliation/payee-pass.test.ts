import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { payeePass } from '../../../src/domain/reconciliation/payee-pass.ts';
import { mentions } from '../../../src/domain/reconciliation/reference-pass.ts';
import { foundIn, openItems } from '../../support/matching-facts.ts';

interface Outcome {
  readonly found: readonly string[];
  readonly tied: readonly string[];
  readonly weak: readonly string[];
}

function payees(lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]): Outcome {
  const open = openItems(lines, entries);
  const { tied, weak } = payeePass(open, mentions(open));
  const told = (edges: typeof tied): string[] => edges.map(({ line, entry }) => `${line} = ${entry}`);
  return { found: foundIn(open), tied: told(tied), weak: told(weak) };
}

const taken = { found: ['0 = 0'], tied: [], weak: [] };
const left = { found: [], tied: [], weak: [] };

const PHONE = { destination: '254712345678' };
const JANE = { payee: 'JANE WANJIRU', ...PHONE };
const BY_PHONE = { counterpartyAccount: '0712345678' };
const BY_NAME = { counterparty: 'JANE WANJIRU' };

describe('the same amount and the same payee, near in time', () => {
  test.each([
    ['the phone', BY_PHONE, PHONE, ['same_phone', 'same_amount', 'same_day']],
    ['the phone in the text', { description: 'to +254 712 345 678' }, PHONE, ['same_phone', 'same_amount', 'same_day']],
    [
      'the phone and the name',
      { ...BY_PHONE, ...BY_NAME },
      JANE,
      ['same_phone', 'same_payee', 'same_amount', 'same_day'],
    ],
    [
      'the phone and a shorter name',
      { ...BY_PHONE, counterparty: 'J WANJIRU' },
      JANE,
      ['same_phone', 'same_amount', 'same_day'],
    ],
    [
      'the account',
      { counterpartyAccount: '1122334455' },
      { destination: 'KCB:1122334455' },
      ['same_account', 'same_amount', 'same_day'],
    ],
    ['the name', BY_NAME, { payee: 'Wanjirũ Jane' }, ['same_payee', 'same_amount', 'same_day']],
    [
      'the name, cut',
      { counterparty: 'ESTHER NYAMBURA KA' },
      { payee: 'ESTHER NYAMBURA KAMAU' },
      ['same_payee', 'same_amount', 'same_day'],
    ],
    [
      'the name, and a mask that hides the phone',
      { ...BY_NAME, counterpartyAccount: '2547****678' },
      JANE,
      ['same_payee', 'same_amount', 'same_day'],
    ],
  ] as const)('%s', (_, line, entry, reasons) => {
    const open = openItems([line], [entry]);
    payeePass(open, []);
    expect(open.found).toEqual([{ lines: [0], entries: [0], pass: 'payee_and_date', score: 800, reasons }]);
  });

  test.each([
    [-1, 790],
    [0, 800],
    [1, 790],
    [5, 750],
  ])('%i days after it scores %i', (days, score) => {
    const open = openItems([{ ...BY_PHONE, day: 100 + days }], [PHONE]);
    payeePass(open, []);
    expect(open.found.map((found) => [found.score, found.reasons.at(-1)])).toEqual([
      [score, days === 0 ? 'same_day' : 'within_days'],
    ]);
  });

  test.each([-2, 6, 25, 26])('%i days after it is not taken', (days) => {
    const { found, tied, weak } = payees([{ ...BY_PHONE, day: 100 + days }], [PHONE]);
    expect([found, tied, weak]).toEqual([[], [], days === 6 || days === 25 ? ['0 = 0'] : []]);
  });

  test('money that came in is taken like money that went out', () => {
    expect(payees([{ ...BY_PHONE, amountMinor: 5000 }], [{ ...PHONE, deltaMinor: 5000, kind: 'return' }])).toEqual(
      taken,
    );
  });
});

describe('what speaks against it', () => {
  test.each([
    ['one cent less', { ...BY_PHONE, amountMinor: -4999 }, PHONE],
    ['the other sign', { ...BY_PHONE, amountMinor: 5000 }, PHONE],
    ['a charge for a payment', { ...BY_PHONE, isCharge: true }, PHONE],
    ['a payment for a fee', BY_PHONE, { ...PHONE, kind: 'fee' }],
    ['another phone', { ...BY_NAME, counterpartyAccount: '0712345679' }, JANE],
    ['a mask that hides another phone', { ...BY_NAME, counterpartyAccount: '2547****679' }, JANE],
    ['another account', { ...BY_NAME, counterpartyAccount: '1122334456' }, { ...JANE, destination: 'KCB:1122334455' }],
    [
      'a mask that hides the phone, and another name',
      { counterparty: 'PETER KAMAU', counterpartyAccount: '2547****678' },
      JANE,
    ],
    ['another receipt', { ...BY_PHONE, externalId: 'TAB3QWERTY' }, { ...PHONE, externalId: 'SG632NMUAB' }],
    [
      'another receipt that it mentions',
      { ...BY_PHONE, references: ['TAB3QWERTY'] },
      { ...PHONE, externalId: 'SG632NMUAB' },
    ],
    [
      'another receipt in its text',
      { ...BY_PHONE, description: 'MPESA TAB3QWERTY' },
      { ...PHONE, externalId: 'SG632NMUAB' },
    ],
    ['another voucher', { ...BY_PHONE, description: 'PV-MSA-2026-00007' }, PHONE],
    ['another voucher without dashes', { ...BY_PHONE, description: 'pvmsa202600007' }, PHONE],
    ['another voucher with dots', { ...BY_PHONE, references: ['PV. MSA. 2026. 00007'] }, PHONE],
    [
      'another requisition',
      { ...BY_PHONE, description: 'for REQ/2026/00012' },
      { ...PHONE, sharedReferences: ['REQ-2026-00013'] },
    ],
    ['another payment', { ...BY_PHONE, description: 'pay_7f3k2m' }, { ...PHONE, references: ['pay_7f3k2x'] }],
    ['one word of the name', { counterparty: 'WANJIRU' }, JANE],
    ['whole words of the name', { counterparty: 'ESTHER NYAMBURA' }, { payee: 'ESTHER NYAMBURA KAMAU' }],
    ['nothing', {}, {}],
  ] as const)('%s', (_, line, entry) => {
    expect(payees([line], [entry])).toEqual(left);
  });

  test('another name at the phone leaves it to people', () => {
    expect(payees([{ ...BY_PHONE, counterparty: 'PETER KAMAU' }], [JANE])).toEqual({ ...left, weak: ['0 = 0'] });
  });
});

describe('what does not speak against it', () => {
  test.each([
    ['a charge for a fee', { ...BY_PHONE, isCharge: true }, { ...PHONE, kind: 'fee' }],
    [
      'a receipt for a bank’s identifier',
      { ...BY_PHONE, externalId: 'FT26031ABCDE' },
      { ...PHONE, externalId: 'SG632NMUAB' },
    ],
    ['a month that was typed', { ...BY_PHONE, externalId: 'TAB3QWERTY' }, { ...PHONE, externalId: 'JAN2026' }],
    [
      'its own voucher beside another',
      { ...BY_PHONE, description: 'PV-NBI-2026-00412 PV-MSA-2026-00007' },
      { ...PHONE, references: ['PV-NBI-2026-00412'] },
    ],
    [
      'its own requisition',
      { ...BY_PHONE, description: 'REQ-2026-00012' },
      { ...PHONE, sharedReferences: ['REQ-2026-00012'] },
    ],
    ['a voucher that the bank cut', { ...BY_PHONE, description: 'PV-MSA-2026-000' }, PHONE],
    ['words that begin like a voucher', { ...BY_PHONE, description: 'PVC PIPES 2026, REQUEST, PAY_SLIP' }, PHONE],
    ['a bank account beside the phone', { ...BY_NAME, counterpartyAccount: '1122334455' }, JANE],
  ] as const)('%s', (_, line, entry) => {
    expect(payees([line], [entry])).toEqual(taken);
  });

  test('an identifier that was mistyped, which is told', () => {
    const open = openItems([{ ...BY_PHONE, externalId: 'SG632NMUAB' }], [{ ...PHONE, externalId: 'SG632NMUBA' }]);
    payeePass(open, []);
    expect(open.found[0]?.reasons).toEqual(['same_phone', 'same_amount', 'same_day', 'identifier_mistyped']);
  });
});

describe('names that several bear are nobody’s', () => {
  const namesake = { payee: 'JANE WANJIRU', destination: '254733000111', deltaMinor: -1 };

  test('a namesake with another phone leaves the name to people, but not the phone', () => {
    expect(payees([BY_NAME], [JANE, namesake])).toEqual(left);
    expect(payees([{ ...BY_NAME, ...BY_PHONE }], [JANE, namesake])).toEqual(taken);
  });

  test('a namesake on a line, too', () => {
    expect(payees([BY_NAME, { ...BY_NAME, counterpartyAccount: '0733000111' }], [JANE])).toEqual(left);
  });

  test('a masked phone does not help', () => {
    expect(payees([{ ...BY_NAME, counterpartyAccount: '2547****678' }], [JANE, namesake])).toEqual(left);
  });

  test('a cut name that two names begin with is nobody’s', () => {
    const entries = ['ESTHER NYAMBURA KAMAU', 'ESTHER NYAMBURA KARANJA'].map((payee, at) => ({
      payee,
      deltaMinor: -5000 - at,
    }));
    expect(payees([{ counterparty: 'ESTHER NYAMBURA KA' }], entries)).toEqual(left);
    expect(payees([{ counterparty: 'ESTHER NYAMBURA KAM' }], entries)).toEqual(taken);
  });
});

test('a name that somebody bears as it stands is not cut from a longer one', () => {
  const entries = [{ payee: 'ESTHER NYAMBURA KAMAU' }, { payee: 'ESTHER NYAMBURA KA', deltaMinor: -1 }];
  expect(payees([{ counterparty: 'ESTHER NYAMBURA KA' }], entries)).toEqual(left);
  expect(payees([{ counterparty: 'ESTHER NYAMBURA KA' }], entries.slice(0, 1))).toEqual(taken);
});

describe('a phone that two people use', () => {
  const peter = { payee: 'PETER OTIENO', ...PHONE };

  test('the name decides', () => {
    const lines = [
      { ...BY_PHONE, counterparty: 'PETER OTIENO' },
      { ...BY_PHONE, ...BY_NAME },
    ];
    expect(payees(lines, [JANE, peter])).toMatchObject({ found: ['0 = 1', '1 = 0'] });
  });

  test('without a name nothing does', () => {
    expect(payees([BY_PHONE], [JANE, { ...peter, day: 200 }])).toEqual({ ...left, weak: ['0 = 0'] });
  });

  test('of two payments one line may be either’s, whoever it names: the phone’s owner is named for both', () => {
    const { found, tied, weak } = payees([{ ...BY_PHONE, ...BY_NAME }], [JANE, peter]);
    expect([found, tied, weak]).toEqual([[], ['0 = 0'], ['0 = 1']]);
  });

  test('a phone of whoever sends the money is no payee’s', () => {
    const lines = Array.from({ length: 4 }, (_, at) => ({ description: 'BY 0712345678', amountMinor: -5000 + at }));
    const others = [1, 2, 3].map((at) => ({ deltaMinor: -5000 + at }));
    expect(payees(lines, [PHONE, ...others]).found).toEqual([]);
    expect(payees(lines.slice(1), [PHONE, ...others]).found).toEqual([]);
    expect(payees(lines.slice(0, 3), [PHONE, ...others]).found).toEqual(['0 = 0']);
  });
});

describe('what a line names it keeps to', () => {
  const named = { references: ['PV-NBI-2026-00412'] };

  test('a line that names another payment is not this one', () => {
    const lines = [{ ...BY_PHONE, description: 'PV-NBI-2026-00412 pay_7f3k2m' }];
    expect(
      payees(lines, [
        { ...named, deltaMinor: -1 },
        { ...PHONE, references: ['pay_7f3k2m'] },
      ]),
    ).toMatchObject({ found: ['0 = 1'] });
    expect(
      payees(lines, [
        { ...named, deltaMinor: -1 },
        { ...PHONE, sharedReferences: ['pay_7f3k2m'] },
      ]),
    ).toEqual(left);
  });

  test('an entry that another line names is not this line’s', () => {
    const lines = [BY_PHONE, { description: 'PV-NBI-2026-00412', amountMinor: -1 }];
    expect(payees(lines, [{ ...PHONE, ...named }])).toEqual(left);
    expect(payees([BY_PHONE], [{ ...PHONE, ...named }])).toEqual(taken);
  });
});

describe('crowds', () => {
  test('of a hundred payments of one payee and amount each day is told, of a hundred and one none', () => {
    const days = (count: number) => Array.from({ length: count }, () => ({ day: 100 }));
    const lines = (count: number) => days(count).map((day) => ({ ...BY_PHONE, ...day }));
    const entries = (count: number) => days(count).map((day) => ({ ...PHONE, ...day }));
    expect(payees(lines(100), entries(100)).found).toHaveLength(100);
    expect(payees(lines(101), entries(101))).toEqual(left);
  });

  test('what is in a crowd is taken by nobody', () => {
    const crowd = Array.from({ length: 101 }, () => ({ ...JANE, payee: null }));
    expect(payees([BY_PHONE, { ...BY_NAME, day: 160 }], [...crowd, { payee: 'JANE WANJIRU', day: 160 }]).found).toEqual(
      ['1 = 101'],
    );
    expect(payees([BY_PHONE, BY_NAME], [...crowd.slice(1), JANE]).found).toEqual([]);
  });
});
