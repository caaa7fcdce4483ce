import { describe, expect, test } from 'vitest';
import {
  closingChecks,
  readFundDraft,
  readFundEdit,
  requireFundStep,
  type FundDraft,
  type FundEdit,
} from '../../src/domain/fund.ts';

const draft = (change: Partial<FundDraft> = {}): FundDraft => ({
  code: 'PETTY',
  name: 'Petty cash',
  currency: 'KES',
  opening: '50,000',
  reorderLevel: '5,000',
  autoReplenish: true,
  ...change,
});

describe('a new fund', () => {
  test('needs a code for every payment and is filled to twice its reorder level, unless said', () => {
    expect(readFundDraft(draft({ name: ' Petty cash ' })).terms).toEqual({
      name: 'Petty cash',
      openingMinor: 5_000_000,
      reorderLevelMinor: 500_000,
      imprestLevelMinor: 1_000_000,
      otpThresholdMinor: 0,
      paymentLimitMinor: null,
      dailyLimitMinor: null,
      autoReplenish: true,
    });
  });

  test('takes what is said', () => {
    const said = draft({
      imprestLevel: '5,000.01',
      otpThreshold: '0',
      paymentLimit: '0.01',
      dailyLimit: '100',
      autoReplenish: false,
    });
    expect(readFundDraft(said).terms).toMatchObject({
      imprestLevelMinor: 500_001,
      otpThresholdMinor: 0,
      paymentLimitMinor: 1,
      dailyLimitMinor: 10_000,
      autoReplenish: false,
    });
  });

  test('is read in its own currency', () => {
    expect(readFundDraft(draft({ currency: 'UGX' })).terms?.openingMinor).toBe(50_000);
    expect(readFundDraft(draft({ currency: 'UGX', opening: '1.50' })).faults).toEqual([
      expect.stringMatching(/^--opening: .*UGX has no decimals/),
    ]);
  });

  test('must be filled above its reorder level: one cent more does, the level itself does not', () => {
    expect(readFundDraft(draft({ imprestLevel: '5,000.01' })).faults).toEqual([]);
    expect(readFundDraft(draft({ imprestLevel: '5,000.00' })).faults).toEqual([
      'the imprest level KES 5,000.00 must be more than the reorder level KES 5,000.00',
    ]);
    expect(readFundDraft(draft({ imprestLevel: '4,999.99' })).terms).toBeNull();
  });

  test('with a reorder level of 0 may have an imprest level of 0: it is never low', () => {
    expect(readFundDraft(draft({ reorderLevel: '0' })).terms).toMatchObject({
      reorderLevelMinor: 0,
      imprestLevelMinor: 0,
    });
    expect(readFundDraft(draft({ reorderLevel: '0', imprestLevel: '0' })).faults).toEqual([]);
    expect(readFundDraft(draft({ reorderLevel: '0', imprestLevel: '10' })).terms?.imprestLevelMinor).toBe(1_000);
  });

  test('whose doubled reorder level cannot be kept must be told its imprest level', () => {
    const half = '45,035,996,273,704.95';
    expect(readFundDraft(draft({ reorderLevel: half })).terms?.imprestLevelMinor).toBe(Number.MAX_SAFE_INTEGER - 1);
    expect(readFundDraft(draft({ reorderLevel: '45,035,996,273,704.96' })).faults).toEqual([
      'twice the reorder level is more than can be kept: give --imprest-level',
    ]);
    expect(
      readFundDraft(draft({ reorderLevel: '45,035,996,273,704.96', imprestLevel: '90,071,992,547,409.91' })).faults,
    ).toEqual([]);
  });

  test('that is wrong in every way is told every way at once', () => {
    const { terms, faults } = readFundDraft({
      code: 'petty',
      name: ' ',
      currency: 'KES',
      opening: '-1',
      reorderLevel: '1.234,50',
      imprestLevel: '1e3',
      otpThreshold: 'x',
      paymentLimit: '0',
      dailyLimit: '0.00',
      autoReplenish: true,
    });
    expect(terms).toBeNull();
    expect(faults).toEqual([
      expect.stringContaining('"petty" is not a code'),
      'the name is empty',
      expect.stringMatching(/^--opening: "-1"/),
      expect.stringMatching(/^--reorder-level: "1\.234,50"/),
      expect.stringMatching(/^--imprest-level: "1e3"/),
      expect.stringMatching(/^--otp-threshold: "x"/),
      expect.stringMatching(/^--payment-limit: "0".*more than 0/),
      expect.stringMatching(/^--daily-limit: "0\.00".*more than 0/),
    ]);
  });

  test('in no currency is told so, with what else is wrong', () => {
    expect(readFundDraft(draft({ currency: 'kes', code: 'A' })).faults).toEqual([
      expect.stringContaining('"A" is not a code'),
      '"kes" is not a currency; write three capitals, such as KES',
    ]);
  });
});

test('a bug is never called a fault of the input', () => {
  // What no caller may pass, as the type says.
  const nothing = undefined as unknown as string;
  expect(() => readFundDraft(draft({ opening: nothing }))).toThrow(TypeError);
});

describe('a fund that is edited', () => {
  const present = {
    name: 'Petty cash',
    currency: 'KES',
    reorderLevelMinor: 500_000,
    imprestLevelMinor: 1_000_000,
    otpThresholdMinor: 0,
    paymentLimitMinor: 100_000,
    dailyLimitMinor: null,
    autoReplenish: true,
  };
  const edited = (edit: FundEdit) => readFundEdit(present, edit);

  test('keeps what is not given', () => {
    const { currency: _, ...terms } = present;
    expect(edited({}).terms).toEqual(terms);
  });

  test('gets what is given', () => {
    const edit = {
      name: ' Till ',
      reorderLevel: '0',
      imprestLevel: '1',
      otpThreshold: '5',
      paymentLimit: 'none',
      dailyLimit: '7',
      autoReplenish: 'off',
    };
    expect(edited(edit).terms).toEqual({
      name: 'Till',
      reorderLevelMinor: 0,
      imprestLevelMinor: 100,
      otpThresholdMinor: 500,
      paymentLimitMinor: null,
      dailyLimitMinor: 700,
      autoReplenish: false,
    });
    expect(edited({ autoReplenish: 'on' }).terms?.autoReplenish).toBe(true);
  });

  test('is refused a reorder level at its imprest level, and gets one a cent below', () => {
    expect(edited({ reorderLevel: '10,000' }).faults).toEqual([
      'the imprest level KES 10,000.00 must be more than the reorder level KES 10,000.00',
    ]);
    expect(edited({ reorderLevel: '9,999.99' }).faults).toEqual([]);
  });

  test('is told everything that is wrong; none is for limits only', () => {
    const { faults } = edited({
      name: '',
      reorderLevel: 'none',
      imprestLevel: 'none',
      otpThreshold: 'none',
      paymentLimit: '0',
      dailyLimit: 'no',
      autoReplenish: 'yes',
    });
    expect(faults).toHaveLength(7);
    expect(faults.at(-1)).toBe('--auto-replenish is on or off, not "yes"');
  });
});

describe('steps of a fund', () => {
  test.each([
    ['open', 'freeze', null],
    ['open', 'unfreeze', 'NOT_FROZEN'],
    ['open', 'close', null],
    ['frozen', 'freeze', 'ALREADY_FROZEN'],
    ['frozen', 'unfreeze', null],
    ['frozen', 'close', null],
    ['closed', 'freeze', 'FUND_CLOSED'],
    ['closed', 'unfreeze', 'FUND_CLOSED'],
    ['closed', 'close', 'ALREADY_CLOSED'],
  ] as const)('%s, %s: %s', (state, step, code) => {
    const take = () => requireFundStep({ code: 'PETTY', state }, step);
    if (code === null) expect(take).not.toThrow();
    else expect(take).toThrow(expect.objectContaining({ kind: 'conflict', code }));
  });
});

describe('closing a fund', () => {
  const fund = { code: 'PETTY', currency: 'KES', balanceMinor: 0, reservedMinor: 0 };
  const failing = (facts: Partial<Parameters<typeof closingChecks>[0]>) =>
    closingChecks({ fund, openPayments: [], openReplenishment: null, pendingVariances: [], heldItems: [], ...facts })
      .filter((check) => check.ok === false)
      .map((check) => check.code);

  test('an empty one with nothing under way can be closed', () => {
    expect(failing({})).toEqual([]);
    const checks = closingChecks({
      fund,
      openPayments: [],
      openReplenishment: null,
      pendingVariances: [],
      heldItems: [],
    });
    expect(checks.map((check) => check.id)).toEqual([
      'balance',
      'reserved',
      'payments',
      'replenishments',
      'variances',
      'suspense',
    ]);
  });

  test('one cent, owed or owned, is too much', () => {
    expect(failing({ fund: { ...fund, balanceMinor: 1 } })).toEqual(['BALANCE_LEFT']);
    expect(failing({ fund: { ...fund, balanceMinor: -1 } })).toEqual(['BALANCE_LEFT']);
    expect(failing({ fund: { ...fund, reservedMinor: 1 } })).toEqual(['MONEY_RESERVED']);
  });

  test('all that stands against it is said, with names and what to do', () => {
    const openPayments = Array.from({ length: 6 }, (_, at) => ({ ref: `pay_${at}`, status: 'pending' }));
    const checks = closingChecks({
      fund: { ...fund, balanceMinor: 500 },
      openPayments,
      openReplenishment: { ref: 'rep_1', status: 'approved' },
      pendingVariances: ['var_1', 'var_2'],
      heldItems: ['sus_1'],
    });
    expect(checks.map((check) => check.ok)).toEqual([false, true, false, false, false, false]);
    expect(checks[0]?.message).toBe('Fund PETTY still holds KES 5.00.');
    expect(checks[2]?.message).toBe(
      '6 of its payments are not finished: pay_0 (pending), pay_1 (pending), pay_2 (pending), pay_3 (pending), pay_4 (pending) and 1 more.',
    );
    expect(checks[2]?.fix?.command).toBe('treasury payment cancel pay_0');
    expect(checks[3]?.message).toBe('Replenishment rep_1 is approved.');
    expect(checks[3]?.fix?.command).toBe('treasury replenish reject rep_1');
    expect(checks[4]?.message).toBe('Of its variances var_1, var_2 wait to be decided.');
    expect(checks[4]?.fix?.command).toBe('treasury variance show var_1');
    expect(checks[5]?.message).toBe('Money that left without a debit is held as sus_1.');
  });

  test('one payment is one payment', () => {
    const [, , payments] = closingChecks({
      fund,
      openPayments: [{ ref: 'pay_1', status: 'failed' }],
      openReplenishment: null,
      pendingVariances: [],
      heldItems: [],
    });
    expect(payments?.message).toBe('1 of its payments is not finished: pay_1 (failed).');
  });
});

describe('what is said', () => {
  const fund = { code: 'PETTY', currency: 'KES', balanceMinor: 0, reservedMinor: 0 };

  test('of a step that cannot be taken', () => {
    const refused = (state: string, step: 'freeze' | 'unfreeze' | 'close', message: string) =>
      expect(() => requireFundStep({ code: 'PETTY', state }, step)).toThrow(
        expect.objectContaining({
          message,
          details: expect.objectContaining({ unchanged: 'Nothing was changed.', fix: 'treasury fund show PETTY' }),
        }),
      );
    refused('closed', 'freeze', 'Fund PETTY is closed.');
    refused('frozen', 'freeze', 'Fund PETTY is frozen already.');
    refused('open', 'unfreeze', 'Fund PETTY is not frozen.');
  });

  test('of a fund that can be closed', () => {
    const checks = closingChecks({
      fund,
      openPayments: [],
      openReplenishment: null,
      pendingVariances: [],
      heldItems: [],
    });
    expect(checks.map(({ message, code, fix, facts }) => [message, code, fix, facts])).toEqual([
      ['Its balance is 0.', null, null, { balance_minor: 0 }],
      ['Nothing is reserved.', null, null, { reserved_minor: 0 }],
      ['No payment is open.', null, null, { open_payments: 0 }],
      ['No replenishment is open.', null, null, { replenishment: null }],
      ['No variance is pending.', null, null, { pending_variances: 0 }],
      ['No money is held in suspense.', null, null, { held_in_suspense: 0 }],
    ]);
  });

  test('of one that cannot', () => {
    const openPayments = Array.from({ length: 5 }, (_, at) => ({ ref: `pay_${at}`, status: 'failed' }));
    const checks = closingChecks({
      fund: { ...fund, balanceMinor: 1, reservedMinor: 100 },
      openPayments,
      openReplenishment: { ref: 'rep_1', status: 'pending' },
      pendingVariances: ['var_1'],
      heldItems: ['sus_1', 'sus_2'],
    });
    expect(checks.map(({ message, code, fix, facts }) => [message, code, fix?.command, facts])).toEqual([
      ['Fund PETTY still holds KES 0.01.', 'BALANCE_LEFT', null, { balance_minor: 1 }],
      [
        'KES 1.00 are reserved for payments under way.',
        'MONEY_RESERVED',
        'treasury payment list --fund PETTY --status executing',
        { reserved_minor: 100 },
      ],
      [
        '5 of its payments are not finished: pay_0 (failed), pay_1 (failed), pay_2 (failed), pay_3 (failed), pay_4 (failed).',
        'PAYMENTS_OPEN',
        'treasury payment cancel pay_0',
        { open_payments: 5 },
      ],
      [
        'Replenishment rep_1 is pending.',
        'REPLENISHMENT_OPEN',
        'treasury replenish reject rep_1',
        { replenishment: 'rep_1' },
      ],
      [
        'Of its variances var_1 waits to be decided.',
        'VARIANCE_PENDING',
        'treasury variance show var_1',
        { pending_variances: 1 },
      ],
      [
        'Money that left without a debit is held as sus_1, sus_2.',
        'SUSPENSE_OPEN',
        'treasury suspense settle sus_1 --reason REASON',
        { held_in_suspense: 2 },
      ],
    ]);
    expect(checks.every((check) => check.fix?.who.length === 0)).toBe(true);
  });

  test('of an amount that cannot be read, which flag it is', () => {
    const present = {
      name: 'Petty cash',
      currency: 'KES',
      reorderLevelMinor: 5,
      imprestLevelMinor: 10,
      otpThresholdMinor: 0,
      paymentLimitMinor: null,
      dailyLimitMinor: null,
      autoReplenish: true,
    };
    const bad = { reorderLevel: 'x', imprestLevel: 'x', otpThreshold: 'x', paymentLimit: 'x', dailyLimit: 'x' };
    expect(readFundEdit(present, bad).faults.map((fault) => fault.split(':')[0])).toEqual([
      '--reorder-level',
      '--imprest-level',
      '--otp-threshold',
      '--payment-limit',
      '--daily-limit',
    ]);
    expect(readFundEdit(present, { name: '' }).faults).toEqual(['the name is empty']);
    expect(readFundEdit(present, { name: '' }).terms).toBeNull();
    expect(readFundEdit(present, { paymentLimit: '0' }).faults).toHaveLength(1);
    expect(readFundEdit(present, { otpThreshold: '0', reorderLevel: '0' }).faults).toEqual([]);
    expect(
      readFundDraft({ code: 'petty', name: 'x', currency: 'KES', opening: '0', reorderLevel: '0', autoReplenish: true })
        .faults,
    ).toEqual([expect.stringMatching(/^the fund "petty" is not a code/)]);
  });
});
