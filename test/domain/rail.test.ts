import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/domain/duration.ts';
import { readGatewayTerms, type TypedSettings } from '../../src/domain/gateway-settings.ts';
import {
  BANKFILE_LIMITS,
  darajaLimits,
  isRail,
  orderFault,
  termsOf,
  type DarajaSettings,
} from '../../src/domain/rail.ts';

const DARAJA: TypedSettings = {
  baseUrl: 'https://api.safaricom.co.ke',
  shortCode: '600000',
  initiator: 'apiuser',
  resultUrl: 'https://office.example.org/results/',
};

const faultsOf = (method: string, kind: string, typed: TypedSettings): string => {
  const read = readGatewayTerms(method, kind, typed);
  return 'faults' in read ? read.faults.join('; ') : '';
};

describe('how a method is paid', () => {
  test('Daraja keeps to the limits of Safaricom where nothing else is said', () => {
    const read = readGatewayTerms('mpesa', 'daraja', DARAJA);
    expect(read).toEqual({
      terms: {
        method: 'mpesa',
        kind: 'daraja',
        account: '600000',
        highestFeeMinor: 0,
        settings: {
          baseUrl: 'https://api.safaricom.co.ke',
          shortCode: '600000',
          initiator: 'apiuser',
          command: 'BusinessPayment',
          resultUrl: 'https://office.example.org/results',
          smallestMinor: 1_000,
          largestMinor: 25_000_000,
          statusField: 'OriginalConversationID',
          quietMs: 86_400_000,
        },
      },
    });
  });

  test('everything that is missing or wrong is told at once', () => {
    expect(
      faultsOf('mpesa', 'daraja', { baseUrl: 'http://evil.example', command: 'Gift', quiet: 'soon', smallest: '-1' }),
    ).toBe(
      [
        '--base-url is an address such as https://api.safaricom.co.ke (plain http only on this machine)',
        '--short-code is missing',
        '--initiator is missing',
        '--command is one of BusinessPayment, SalaryPayment, PromotionPayment',
        '--result-url is missing',
        '--smallest: "-1" is not an amount in KES: it is negative. Write it like 12,500.00.',
        '--quiet-period is a duration such as 24h or 2d',
      ].join('; '),
    );
  });

  test('plain http is taken on this machine alone, and no address with a user, a query or a fragment', () => {
    for (const baseUrl of ['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:9'])
      expect(faultsOf('mpesa', 'daraja', { ...DARAJA, baseUrl })).toBe('');
    for (const baseUrl of [
      'http://192.168.1.2',
      'https://me@api.example',
      'https://api.example?a=1',
      'https://api.example#x',
      'ftp://api.example',
      'api',
    ])
      expect(faultsOf('mpesa', 'daraja', { ...DARAJA, baseUrl })).toContain('--base-url is an address');
  });

  test.each(['mpesa', 'safaricom', 'exe', 'cmd', 'sql', 'query'])(
    'an address of results with %s in it is refused',
    (word) => {
      expect(faultsOf('mpesa', 'daraja', { ...DARAJA, resultUrl: `https://office.example.org/${word}` })).toContain(
        word,
      );
    },
  );

  test('a rail carries its own method only, and options of another are told', () => {
    expect(faultsOf('bank', 'daraja', DARAJA)).toContain('does not carry bank');
    expect(faultsOf('mpesa', 'bankfile', {})).toContain('does not carry mpesa');
    expect(faultsOf('cash', 'manual', {})).toContain('is no method with a gateway');
    expect(faultsOf('mpesa', 'manual', { shortCode: '1' })).toContain('--short-code means nothing');
    expect(
      faultsOf('bank', 'bankfile', { debtorName: 'Acme', debtorAccount: '12345', debtorBank: '01', shortCode: '1' }),
    ).toBe('--short-code is not one of this gateway');
    expect(faultsOf('bank', 'bankfile', { debtorName: '\u674e', debtorAccount: '12345', debtorBank: '01' })).toBe(
      '--debtor-name has no letter that banks take: a to z, and digits',
    );
  });
});

describe('what a rail takes', () => {
  const limits = darajaLimits({ smallestMinor: 1_000, largestMinor: 25_000_000 } as DarajaSettings);
  const daraja = { kind: 'daraja', account: '600000', highestFeeMinor: 0, limits } as const;
  const TERMS = { amountMinor: 1, currency: 'KES', payee: 'Jane', destination: '254712345678' };
  const fault = (amountMinor: number, currency = 'KES') => orderFault(daraja, { ...TERMS, amountMinor, currency });

  test('the limits include their figures', () => {
    expect([fault(1_000), fault(25_000_000)]).toEqual([null, null]);
    expect(fault(900)).toBe('M-Pesa pays at least KES 10.00; this payment is KES 9.00.');
    expect(fault(25_000_100)).toBe('M-Pesa pays at most KES 250,000.00 at once; this payment is KES 250,001.00.');
  });

  test('cents and other currencies are refused', () => {
    expect(fault(1_050)).toBe('M-Pesa pays whole shillings; this payment is KES 10.50.');
    expect(fault(1_000, 'UGX')).toBe('M-Pesa pays KES; this payment is in UGX.');
  });

  test('a file for the bank takes cents', () => {
    expect(
      orderFault({ ...daraja, kind: 'bankfile', limits: BANKFILE_LIMITS }, { ...TERMS, destination: 'KCB:1101' }),
    ).toBeNull();
  });

  test('a file for the bank names a bank, an account and a payee in letters that banks take', () => {
    const bankfile = { ...daraja, kind: 'bankfile', limits: BANKFILE_LIMITS } as const;
    expect(orderFault(bankfile, { ...TERMS, payee: '\u674e', destination: '1101' })).toBe(
      'The bank cannot be told of 1101: it does not say at which bank the account is (write it like 01094:1234567890 or KCB:1234567890); its payee has no letter that banks take.',
    );
  });
});

describe('what a rail is and says', () => {
  test('there are two of them, called exactly so', () => {
    expect(['daraja', 'bankfile'].every(isRail)).toBe(true);
    expect(['manual', 'Daraja', 'daraja ', '', 'toString'].some(isRail)).toBe(false);
  });

  test('Daraja says what it paid and under which receipt, a bank only which order', () => {
    expect(termsOf('daraja', 60_000)).toEqual({ saysTerms: true, givesReceipts: true, quietMs: 60_000 });
    expect(termsOf('bankfile', 0)).toEqual({ saysTerms: false, givesReceipts: false, quietMs: 0 });
  });
});

test('a length of time is a number with min, h or d', () => {
  expect(['0min', '30min', '24h', '2d'].map(parseDuration)).toEqual([0, 1_800_000, 86_400_000, 172_800_000]);
  for (const text of ['', '5', '5m', '-1h', '1.5h', '5 min', '99999d', 'h']) expect(parseDuration(text)).toBeNull();
});
