/** What happens to an order: how its call is answered, whether it is paid, and what is reported when. */
export interface Scenario {
  readonly about: string;
  /** How the call itself ends; `reset` takes nothing, `lost` takes it and breaks off before the answer. */
  readonly call?: 'duplicate' | 'busy' | 'token' | 'reset' | 'lost' | 'html';
  /** Of how many calls in a row that is true; all without. */
  readonly calls?: number;
  /** Whether money leaves. */
  readonly pays: boolean;
  /** Result codes that are reported, each so many milliseconds after the call. */
  readonly reports: readonly Reported[];
  /** Shillings in the utility account for all orders to this number; what goes beyond fails with code 1. */
  readonly float?: number;
  /** Whether a question is answered with what became of it. */
  readonly answers?: boolean;
}

/** One report about an order. */
export interface Reported {
  readonly afterMs: number;
  readonly code: number | string;
  /** Another amount than was ordered, or an order that nobody made. */
  readonly lie?: 'amount' | 'key';
  /** To the address for time-outs instead. */
  readonly late?: true;
  /** Parameters as one object instead of a list, or codes as texts. */
  readonly form?: 'single' | 'texts';
}

const SOON = 500;
const DAY_MS = 86_400_000;

const fails = (code: number | string, about: string): Scenario => ({
  about,
  pays: false,
  reports: [{ afterMs: SOON, code }],
});

const PAID: Reported = { afterMs: SOON, code: 0 };

/** What happens to every number that does not stand in the table. */
export const USUAL: Scenario = { about: 'paid, and reported once', pays: true, reports: [PAID] };

/** Magic numbers, by their last three digits of 254700000xxx: each plays what happens with real ones (RAILS 1.7). */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['254700000001', fails(1, 'the balance is insufficient')],
  ['254700000002', fails(2, 'below the smallest amount')],
  ['254700000003', fails(3, 'above the largest amount')],
  ['254700000004', fails(4, 'beyond the daily limit of the receiver')],
  ['254700000008', fails(8, 'beyond the balance that the receiver may have')],
  ['254700000011', fails(11, 'the paying party is in an invalid state: stops a batch')],
  ['254700000021', fails(21, 'the initiator may not do this: stops a batch')],
  ['254700000022', fails(2006, 'declined by a rule of the account: stops a batch')],
  ['254700000028', fails(2028, 'not permitted by what the organisation has: stops a batch')],
  ['254700000040', fails(2040, 'the receiver is not registered')],
  ['254700000041', fails(2001, 'the initiator information is invalid: stops a batch')],
  ['254700000042', fails(8006, 'the security credential is locked: stops a batch')],
  ['254700000043', fails('SFC_IC0003', 'the operator does not exist')],
  [
    '254700000050',
    {
      about: 'an unknown code, 17, though it was paid',
      pays: true,
      reports: [{ afterMs: SOON, code: 17 }],
      answers: true,
    },
  ],
  [
    '254700000051',
    {
      about: 'an unknown code, 99999, and it was not paid',
      pays: false,
      reports: [{ afterMs: SOON, code: 99_999 }],
      answers: true,
    },
  ],
  [
    '254700000052',
    {
      about: 'an unknown code, 5, and it was not paid',
      pays: false,
      reports: [{ afterMs: SOON, code: 5 }],
      answers: true,
    },
  ],
  [
    '254700000060',
    {
      about: 'a duplicate error, though it was taken; reported after 2 minutes',
      call: 'duplicate',
      pays: true,
      reports: [{ afterMs: 120_000, code: 0 }],
    },
  ],
  [
    '254700000061',
    { about: 'taken, and the connection lost before the answer; reported', call: 'lost', pays: true, reports: [PAID] },
  ],
  [
    '254700000062',
    { about: 'taken and paid, and never reported; questions are answered', pays: true, reports: [], answers: true },
  ],
  [
    '254700000063',
    {
      about: 'taken and paid, never reported, and questions are not answered',
      pays: true,
      reports: [],
      answers: false,
    },
  ],
  [
    '254700000064',
    { about: 'reported three times', pays: true, reports: [PAID, PAID, { ...PAID, afterMs: 2 * SOON }] },
  ],
  [
    '254700000065',
    {
      about: 'a failure, then a success',
      pays: true,
      reports: [
        { afterMs: SOON, code: 1 },
        { afterMs: 2 * SOON, code: 0 },
      ],
    },
  ],
  ['254700000066', { about: 'a success, then a failure', pays: true, reports: [PAID, { afterMs: 2 * SOON, code: 1 }] }],
  [
    '254700000067',
    {
      about: "a time-out in the gateway's queue, then a success",
      pays: true,
      reports: [
        { afterMs: SOON, code: 1, late: true },
        { afterMs: 3 * SOON, code: 0 },
      ],
    },
  ],
  [
    '254700000068',
    { about: 'reported after 25 hours', pays: true, reports: [{ afterMs: 25 * 3_600_000, code: 0 }], answers: true },
  ],
  [
    '254700000069',
    { about: 'spike arrest for two calls, then paid', call: 'busy', calls: 2, pays: true, reports: [PAID] },
  ],
  [
    '254700000070',
    { about: 'the access token is refused once, then paid', call: 'token', calls: 1, pays: true, reports: [PAID] },
  ],
  [
    '254700000071',
    { about: 'the connection is reset, and nothing was taken', call: 'reset', pays: false, reports: [], answers: true },
  ],
  [
    '254700000072',
    { about: 'an HTML page instead of an answer, though it was taken', call: 'html', pays: true, reports: [PAID] },
  ],
  [
    '254700000073',
    { about: 'parameters as a single object', pays: true, reports: [{ ...PAID, form: 'single' }], answers: true },
  ],
  ['254700000074', { about: 'codes as texts', pays: true, reports: [{ ...PAID, form: 'texts' }] }],
  [
    '254700000075',
    { about: 'a success with another amount', pays: true, reports: [{ ...PAID, lie: 'amount' }], answers: true },
  ],
  [
    '254700000076',
    {
      about: 'a success for an order that nobody made',
      pays: true,
      reports: [
        { ...PAID, lie: 'key' },
        { ...PAID, afterMs: DAY_MS },
      ],
    },
  ],
  [
    '254700000077',
    {
      about: 'paid until KES 2,500 are spent on it; then the balance is insufficient',
      float: 2500,
      pays: true,
      reports: [PAID],
    },
  ],
]);
