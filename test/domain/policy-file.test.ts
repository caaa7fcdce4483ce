import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_POLICY_BYTES, readPolicy } from '../../src/domain/policy-file.ts';
import { policyLines, policyShown } from '../../src/domain/policy-lines.ts';
import { policyToml } from '../../src/domain/policy-toml.ts';
import { amountAt } from '../../src/domain/policy-spot.ts';
import { APPROVING_ROLES, WEEKDAYS } from '../../src/domain/policy.ts';
import { parseDocument } from '../../src/gateways/written-document.ts';
import { kes } from '../support/a-payment.ts';
import { FULL_POLICY, terms } from '../support/a-policy.ts';

const faults = (document: unknown) =>
  readPolicy(document, 'KES').faults.map(
    ({ path, message }) => `${path}${message.startsWith(':') ? '' : ' '}${message}`,
  );

describe('a policy file', () => {
  test('in JSON gives no key twice, of which only the last would hold; the same key of other tables is another', async () => {
    const twice = [
      '{"approval":[{"approvers":2}],"approval":[{"approvers":1}]}',
      '{"limits":{"cash":{"per_day":"1","per_payment":"1","per_\\u0064ay":"9"}}}',
    ];
    for (const [at, key] of ['approval', 'per_day'].entries())
      expect(await parseDocument(twice[at] ?? '', MOST_POLICY_BYTES)).toEqual({
        fault: `it gives "${key}" twice in one place`,
      });
    const once = '{"limits":{"cash":{"per_day":"1"},"bank":{"per_day":"{\\"per_day\\":[1"}},"otp":{"cash":"per_day"}}';
    expect(await parseDocument(once, MOST_POLICY_BYTES)).toMatchObject({ document: JSON.parse(once) });
    const items = '{"approval":[{"approvers":1},{"approvers":2}]}';
    expect(await parseDocument(items, MOST_POLICY_BYTES)).toMatchObject({ document: JSON.parse(items) });
  });

  test('says what users asked for', () => {
    const { money, hours, varianceBasisPoints, stale, currency } = terms(FULL_POLICY);
    expect(currency).toBe('KES');
    expect(money['KES']).toEqual({
      approval: [
        { upToMinor: kes('500000'), approvers: 1, roles: [] },
        { upToMinor: kes('1000000'), approvers: 1, roles: ['cfo'] },
        { upToMinor: null, approvers: 2, roles: ['cfo'] },
      ],
      cfoAboveMinor: kes('500000'),
      limits: {
        mpesa: { perPaymentMinor: kes('250000'), perDayMinor: kes('500000') },
        bank: { perPaymentMinor: kes('2000000'), perDayMinor: null },
        cash: { perPaymentMinor: kes('50000'), perDayMinor: kes('100000') },
      },
      otpAboveMinor: kes('10000'),
      otpAboveByMethodMinor: { mpesa: kes('5000'), bank: null, cash: null },
      varianceMinor: kes('1000'),
    });
    expect(hours[0]).toEqual({ methods: [], days: WEEKDAYS.slice(0, 5), fromMinute: 480, toMinute: 1020 });
    expect(hours[2]).toEqual({ methods: ['bank'], days: ['sun'], fromMinute: 600, toMinute: 1440 });
    expect([varianceBasisPoints, stale]).toEqual([500, { statementDays: 3, requisitionDays: 2, changeDays: 1 }]);
  });

  test('that says nothing is one approver for everything', () => {
    expect(terms({})).toEqual(terms({ approval: [{ approvers: 1 }] }));
    expect(terms({ approval: [{}] })).toEqual(terms({}));
  });

  test('has figures of each currency in its own minor units', () => {
    const { money } = terms({ currency: { UGX: { cfo: { above: 1000 }, variance: { amount: '5' } } } });
    expect(money['UGX']).toMatchObject({ cfoAboveMinor: 1000, varianceMinor: 5 });
    expect(terms({ cfo: { above: 1000 } }).money['KES']?.cfoAboveMinor).toBe(100_000);
  });
});

describe('what is wrong is named where it stands', () => {
  test.each([
    ['nothing', null, ' is not a table of keys'],
    ['a list', [], ' is not a table of keys'],
    ['a day', new Date(0), ' is not a table of keys'],
    [
      'an unknown key',
      { tiers: [] },
      'tiers is not known; known are approval, cfo, limits, otp, alerts, currency, hours, notify, stale, variance',
    ],
    [
      'a key of a prototype',
      JSON.parse('{"__proto__":{"above":1}}'),
      '__proto__ is not known; known are approval, cfo, limits, otp, alerts, currency, hours, notify, stale, variance',
    ],
    [
      'a key that is no word',
      { 'a b': 1 },
      '"a b" is not known; known are approval, cfo, limits, otp, alerts, currency, hours, notify, stale, variance',
    ],
    ['an unknown key below', { cfo: { over: 1 } }, 'cfo.over is not known; known there are above'],
    ['an unknown method', { limits: { cheque: {} } }, 'limits.cheque is not known; known there are mpesa, bank, cash'],
    ['no list', { approval: {} }, 'approval is not a list'],
    ['no tiers', { approval: [] }, 'approval has no tiers; leave it out for one approver'],
    ['too many tiers', { approval: Array.from({ length: 10 }, () => ({})) }, 'approval has 10 items; 9 are the most'],
    [
      'an end of the last tier',
      { approval: [{ up_to: 5 }] },
      'approval[1] is the last tier and has no up_to, so that every amount has a tier',
    ],
    ['a gap', { approval: [{}, {}] }, 'approval[1] needs up_to; only the last tier has no end'],
    [
      'a figure that falls',
      { approval: [{ up_to: 6 }, { up_to: 6 }, {}] },
      'approval[2] has an up_to that is not above that of the tier before',
    ],
    [
      'fewer approvers',
      { approval: [{ up_to: 6, approvers: 2 }, {}] },
      'approval[2] asks for less than the tier before: fewer approvers, or not its roles',
    ],
    [
      'a role less',
      { approval: [{ up_to: 6, roles: ['cfo'] }, {}] },
      'approval[2] asks for less than the tier before: fewer approvers, or not its roles',
    ],
    ['no approvers', { approval: [{ approvers: 0 }] }, 'approval[1].approvers is not a whole number from 1 to 9'],
    ['half an approver', { approval: [{ approvers: 1.5 }] }, 'approval[1].approvers is not a whole number from 1 to 9'],
    [
      'too many approvers',
      { approval: [{ approvers: 10 }] },
      'approval[1].approvers is not a whole number from 1 to 9',
    ],
    [
      'approvers in words',
      { approval: [{ approvers: '2' }] },
      'approval[1].approvers is not a whole number from 1 to 9',
    ],
    ['another role', { approval: [{ roles: ['admin'] }] }, 'approval[1].roles[1] is not one of approver, cfo'],
    [
      'more roles than people',
      { approval: [{ roles: ['cfo', 'cfo'] }] },
      'approval[1] asks for more roles than approvers; each role is another person',
    ],
    [
      'an amount of the wrong kind',
      { cfo: { above: true } },
      'cfo.above is not an amount: write it in quotes, such as "12,500.00"',
    ],
    ['a fraction', { cfo: { above: 0.5 } }, 'cfo.above is not an amount: write it in quotes, such as "12,500.00"'],
    [
      'an amount in another style',
      { cfo: { above: '1.234,50' } },
      'cfo.above: "1.234,50" is not an amount in KES: commas separate groups of three digits, and one point the decimals. Write it like 12,500.00.',
    ],
    [
      'a limit of nothing',
      { limits: { cash: { per_day: 0 } } },
      'limits.cash.per_day: "0" is not an amount in KES: it must be more than 0. Write it like 12,500.00.',
    ],
    ['hours without days', { hours: [{ from: '08:00', to: '09:00' }] }, 'hours[1] needs days'],
    ['hours on no day', { hours: [{ days: [], from: '08:00', to: '09:00' }] }, 'hours[1] has no days on which to pay'],
    [
      'hours that never begin',
      { hours: [{ days: ['mon'], from: '08:00', to: '08:00' }] },
      'hours[1] must begin before it ends, on the same day; write a night as two',
    ],
    [
      'a time that is none',
      { hours: [{ days: ['mon'], from: '8:00', to: '09:00' }] },
      'hours[1].from is not a time of day in quotes, from "00:00" to "24:00"',
    ],
    [
      'a time in minutes',
      { hours: [{ days: ['mon'], from: 480, to: '09:00' }] },
      'hours[1].from is not a time of day in quotes, from "00:00" to "24:00"',
    ],
    [
      'a minute too late',
      { hours: [{ days: ['mon'], from: '23:00', to: '24:01' }] },
      'hours[1].to is not a time of day in quotes, from "00:00" to "24:00"',
    ],
    [
      'a day that is none',
      { hours: [{ days: ['monday'], from: '08:00', to: '09:00' }] },
      'hours[1].days[1] is not a day such as "mon" or a range such as "mon-fri"',
    ],
    [
      'a range backwards',
      { hours: [{ days: ['fri-mon'], from: '08:00', to: '09:00' }] },
      'hours[1].days[1] is not a day such as "mon" or a range such as "mon-fri"',
    ],
    [
      'a range of three',
      { hours: [{ days: ['mon-tue-wed'], from: '08:00', to: '09:00' }] },
      'hours[1].days[1] is not a day such as "mon" or a range such as "mon-fri"',
    ],
    [
      'a day in figures',
      { hours: [{ days: [1], from: '08:00', to: '09:00' }] },
      'hours[1].days[1] is not a day such as "mon" or a range such as "mon-fri"',
    ],
    [
      'another method',
      { hours: [{ days: ['mon'], from: '08:00', to: '09:00', methods: ['post'] }] },
      'hours[1].methods[1] is not one of mpesa, bank, cash',
    ],
    [
      'more than everything',
      { variance: { percent: '100.01' } },
      'variance.percent is not a percentage from 0 to 100 with at most two decimals',
    ],
    [
      'a percentage too fine',
      { variance: { percent: '2.125' } },
      'variance.percent is not a percentage from 0 to 100 with at most two decimals',
    ],
    [
      'a percentage of another kind',
      { variance: { percent: [] } },
      'variance.percent is not a percentage from 0 to 100 with at most two decimals',
    ],
    ['no days', { stale: { change_days: 0 } }, 'stale.change_days is not a whole number from 1 to 3650'],
    [
      'an alert at once',
      { alerts: { payment_stuck_minutes: 0 } },
      'alerts.payment_stuck_minutes is not a whole number from 1 to 44640',
    ],
    [
      'an alert after more than a month',
      { alerts: { variance_waiting_hours: 745 } },
      'alerts.variance_waiting_hours is not a whole number from 1 to 744',
    ],
    ['no currency', { currency: { ABC: {} } }, 'currency.ABC is not a currency of ISO 4217, such as USD'],
    [
      'its own currency twice',
      { currency: { KES: {} } },
      "currency.KES is the office's currency, whose rules stand at the top",
    ],
    [
      'a currency let off',
      { approval: [{}], currency: { USD: {} } },
      "currency.USD needs approval tiers of its own, as the office's currency has some",
    ],
    [
      'hours of a currency',
      { currency: { USD: { hours: [] } } },
      'currency.USD.hours is not known; known there are approval, cfo, limits, otp, variance',
    ],
  ])('%s', (_, document, fault) => {
    expect(faults(document)).toEqual([fault]);
    expect(readPolicy(document, 'KES').terms).toBe(null);
  });

  test('all of it at once', () => {
    expect(faults({ approval: [{ up_to: 'x' }, { approvers: 0 }], otp: { above: '-1' }, hours: [{}] })).toHaveLength(6);
  });

  test('what is thrown for another reason is a bug, not a fault', () => {
    const options = {
      get zero(): boolean {
        throw new TypeError('a bug');
      },
    };
    expect(() => amountAt({ path: 'cfo.above', value: '0', faults: [] }, 'KES', options)).toThrow(TypeError);
  });
});

describe('as a text', () => {
  test('a fault has its line', async () => {
    const text =
      '# ours\n[[approval]]\nup_to = "5"\n\n[[approval]]\napprovers = 0\n[otp]\nabove = "x"\n[limits.mpesa]\nper_day="1"\n';
    const parsed = await parseDocument(text, MOST_POLICY_BYTES);
    if ('fault' in parsed) throw new Error(parsed.fault);
    expect(readPolicy(parsed.document, 'KES').faults.map(({ path }) => [path, parsed.lineOf(path)])).toEqual([
      ['approval[2].approvers', 6],
      ['otp.above', 8],
    ]);
    expect(
      ['approval', 'approval[2]', 'approval[2].roles[1]', 'limits.mpesa.per_day', 'limits.mpesa.x', 'stale'].map(
        parsed.lineOf,
      ),
    ).toEqual([2, 5, 5, 10, 9, null]);
  });

  test('what cannot be parsed says where', async () => {
    expect(await parseDocument('[[approval]\n', MOST_POLICY_BYTES)).toEqual({
      fault: expect.stringMatching(/^line 1, column \d+: /) as string,
    });
    expect(await parseDocument('{"approval":', MOST_POLICY_BYTES)).toEqual({
      fault: expect.stringContaining('JSON') as string,
    });
    expect(await parseDocument('a'.repeat(65_537), MOST_POLICY_BYTES)).toEqual({
      fault: 'it has more than 65536 bytes',
    });
  });

  test('JSON is read too, and knows no lines', async () => {
    const parsed = await parseDocument(` ${JSON.stringify(FULL_POLICY)}`, MOST_POLICY_BYTES);
    if ('fault' in parsed) throw new Error(parsed.fault);
    expect(readPolicy(parsed.document, 'KES').terms).toEqual(terms(FULL_POLICY));
    expect(parsed.lineOf('approval')).toBe(null);
  });

  test('is what it was when it was read, and fits 44 columns', async () => {
    const amount = fc.integer({ min: 1, max: 10 ** 9 }).map(String);
    const threshold = fc.integer({ min: 0, max: 10 ** 9 }).map(String);
    const limits = fc.record({ per_payment: amount, per_day: amount }, { requiredKeys: [] });
    const money = {
      cfo: fc.record({ above: threshold }, { requiredKeys: [] }),
      limits: fc.record({ mpesa: limits, bank: limits, cash: limits }, { requiredKeys: [] }),
      otp: fc.record({ above: threshold, mpesa: threshold, cash: threshold }, { requiredKeys: [] }),
    };
    const ladder = fc
      .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 10 ** 9 }), { maxLength: 4 }), fc.integer({ min: 1, max: 5 }))
      .map(([figures, approvers]) => [
        ...figures.toSorted((a, b) => a - b).map((figure) => ({ up_to: String(figure), approvers })),
        { approvers, roles: APPROVING_ROLES.slice(0, approvers) },
      ]);
    const hours = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      from: fc.constantFrom('00:00', '08:30'),
      to: fc.constantFrom('17:05', '24:00'),
      methods: fc.uniqueArray(fc.constantFrom('mpesa', 'bank', 'cash')),
    });
    const file = fc.record(
      {
        ...money,
        approval: ladder,
        hours: fc.array(hours, { maxLength: 3 }),
        variance: fc.record(
          { percent: fc.integer({ min: 0, max: 400 }).map((n) => n / 4), amount: threshold },
          { requiredKeys: [] },
        ),
        stale: fc.record(
          { statement_days: fc.integer({ min: 1, max: 99 }), change_days: fc.integer({ min: 1, max: 99 }) },
          { requiredKeys: [] },
        ),
        alerts: fc.record(
          {
            payment_stuck_minutes: fc.integer({ min: 1, max: 44_640 }),
            variance_waiting_hours: fc.integer({ min: 1, max: 744 }),
            replenishment_waiting_hours: fc.integer({ min: 1, max: 744 }),
          },
          { requiredKeys: [] },
        ),
        currency: fc.record(
          { UGX: fc.record({ ...money, approval: ladder, variance: fc.record({ amount: threshold }) }) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['approval'] },
    );
    await fc.assert(
      fc.asyncProperty(file, async (document) => {
        const text = policyToml(terms(document));
        const parsed = await parseDocument(text, MOST_POLICY_BYTES);
        if ('fault' in parsed) throw new Error(parsed.fault);
        expect(readPolicy(parsed.document, 'KES')).toEqual({ terms: terms(document), faults: [] });
        for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(44);
      }),
    );
  });
});

test('a policy in words', () => {
  const dollars = {
    currency: { USD: { approval: [{ approvers: 2, roles: ['cfo', 'approver'] }], otp: { cash: '0' } } },
  };
  expect(policyLines(terms({ ...FULL_POLICY, ...dollars })).map(({ label, value }) => `${label}: ${value}`)).toEqual([
    'approval 1: up to KES 500,000.00: 1 approver',
    'approval 2: up to KES 1,000,000.00: 1 approver, a cfo',
    'approval 3: above KES 1,000,000.00: 2 approvers, among them 1 cfo',
    'cfo above: KES 500,000.00',
    'mpesa per payment: KES 250,000.00',
    'mpesa per day: KES 500,000.00',
    'bank per payment: KES 2,000,000.00',
    'cash per payment: KES 50,000.00',
    'cash per day: KES 100,000.00',
    'code above: KES 10,000.00',
    'mpesa code above: KES 5,000.00',
    'variance amount: KES 1,000.00',
    'USD approval 1: any amount: 2 approvers, among them 1 approver and 1 cfo',
    'USD cash code above: USD 0.00',
    'hours 1: any method: mon-fri 08:00-17:00',
    'hours 2: bank: mon-sat 09:00-12:00',
    'hours 3: bank: sun 10:00-24:00',
    'variance percent: 5 %',
    'stale statement days: 3',
    'stale requisition days: 2',
    'stale change days: 1',
  ]);
  const alerts = { payment_stuck_minutes: 1, replenishment_waiting_hours: 48 };
  expect(policyLines(terms({ alerts })).map(({ label, value }) => `${label}: ${value}`)).toEqual([
    'approval 1: any amount: 1 approver',
    'alert payment stuck: 1 minute',
    'alert replenishment waiting: 48 hours',
  ]);
  expect(policyShown(terms({}))).toEqual({ approval_1: 'any amount: 1 approver' });
  expect(policyShown(null)).toEqual({});
});
