import { describe, expect, test } from 'vitest';
import { reportedResults } from '../../../src/domain/bank-file/reported-results.ts';
import { FIGURES, on, ofTransfers, ORDERS, outcomes, part, report, resultsOf, status, transfer } from './a-report.ts';

describe('each level', () => {
  test('a group that is rejected without transfers rejects every order of its file', () => {
    expect(outcomes(report({ group: status('RJCT', 'AM04 no money') }))).toEqual([
      ['A', 'failed', 'RJCT'],
      ['B', 'failed', 'RJCT'],
    ]);
  });

  test('an instruction that is rejected without transfers rejects every order, named like the file or not named', () => {
    for (const id of ['M1', null])
      expect(outcomes(report({ group: status('PART'), parts: [part({ id, status: status('RJCT') })] }))).toEqual([
        ['A', 'failed', 'RJCT'],
        ['B', 'failed', 'RJCT'],
      ]);
  });

  test('an instruction of another name says nothing of ours', () => {
    expect(outcomes(report({ parts: [part({ id: 'M2', status: status('RJCT') })] }))).toEqual([]);
  });

  test('a group that could only be read is never paid', () => {
    expect(outcomes(report({ group: status('ACTC') })).map(([, outcome]) => outcome)).toEqual([
      'in_progress',
      'in_progress',
    ]);
  });

  test('a transfer’s own status counts before those above it', () => {
    const transfers = [transfer({ status: status('RJCT', 'AC03 account unknown') })];
    expect(outcomes(report({ group: status('ACCP'), parts: [part({ status: status('ACSP'), transfers })] }))).toEqual([
      ['A', 'failed', 'RJCT'],
      ['B', 'in_progress', 'ACSP'],
    ]);
  });

  test('a transfer without a status has the one above it', () => {
    const transfers = [transfer(), transfer({ key: 'B' })];
    expect(outcomes(report({ group: status('RJCT'), parts: [part({ transfers })] }))).toEqual([
      ['A', 'failed', 'RJCT'],
      ['B', 'failed', 'RJCT'],
    ]);
    expect(outcomes(ofTransfers(...transfers))).toEqual([]);
  });

  test('who is not listed in a file that is partly accepted is unknown', () => {
    const transfers = [transfer({ status: status('RJCT') })];
    expect(outcomes(report({ group: status('PART'), parts: [part({ transfers })] }))).toEqual([
      ['A', 'failed', 'RJCT'],
      ['B', 'unknown', 'PART'],
    ]);
  });

  test('paid within rejected, or rejected within paid, is contradictory', () => {
    const paid = [transfer({ status: status('ACSC') })];
    const said = report({ group: status('RJCT', 'whole file'), parts: [part({ transfers: paid })] });
    expect(outcomes(said)[0]).toEqual(['A', 'contradictory', 'ACSC within RJCT']);
    const rejected = [transfer({ status: status('RJCT') })];
    expect(outcomes(report({ parts: [part({ status: status('ACCC'), transfers: rejected })] }))[0]).toEqual([
      'A',
      'contradictory',
      'RJCT within ACCC',
    ]);
  });
});

describe('a result', () => {
  test('names the order’s key as the receipt when it was paid, and nothing else', () => {
    const results = resultsOf(
      ofTransfers(
        transfer({ status: status('ACSC'), bankReference: 'BULK1' }),
        transfer({ key: 'B', status: status('ACSP'), bankReference: 'BULK1' }),
      ),
    );
    expect(results.map(({ reference, conversation }) => [reference, conversation])).toEqual([
      ['A', 'M1'],
      [null, 'M1'],
    ]);
  });

  test('says amount and currency as far as the bank repeats them', () => {
    const amount = { minor: 5, currency: 'KES' };
    const results = resultsOf(ofTransfers(transfer({ status: status('ACSC'), amount })));
    expect(results[0]).toMatchObject({ amountMinor: 5, currency: 'KES', receiver: null });
  });

  test('says our receiver for our account, however it is spaced, and another’s as it stands', () => {
    const receiver = (account: string) =>
      resultsOf(ofTransfers(transfer({ status: status('ACSC'), account })))[0]?.receiver;
    expect(receiver('1101234567')).toBe('KCB:1101-234-567');
    expect(receiver('1101-234 567')).toBe('KCB:1101-234-567');
    expect(receiver('1101234568')).toBe('1101234568');
  });

  test('says all reasons, or that there is none', () => {
    const said = (...reasons: string[]) =>
      resultsOf(ofTransfers(transfer({ status: status('RJCT', ...reasons) })))[0]?.description;
    expect(said('AC03 unknown', 'closed')).toBe('AC03 unknown; closed');
    expect(said()).toBe('no reason given');
  });

  test('comes once for each order, in the order of the file, and says how it ended', () => {
    const said = ofTransfers(
      transfer({ key: 'B', status: status('ACSP') }),
      transfer({ status: status('ACSP') }),
      transfer({ status: status('ACSC') }),
    );
    expect(outcomes(said)).toEqual([
      ['A', 'paid', 'ACSC'],
      ['B', 'in_progress', 'ACSP'],
    ]);
  });
});

describe('which order is meant', () => {
  test('an order is known by its UETR where its key is left out, whatever its letters', () => {
    expect(outcomes(ofTransfers(transfer({ key: null, uetr: 'UETR-B', status: status('ACSC') })))).toEqual([
      ['B', 'paid', 'ACSC'],
    ]);
  });

  test('what the file does not know is a stray and changes nothing', () => {
    const strays = [
      transfer({ key: 'C', status: status('ACSC') }),
      transfer({ key: null, uetr: null, status: status('RJCT') }),
      transfer({ key: 'C', uetr: 'uetr-a', status: status('RJCT') }),
    ];
    expect(reportedResults([{ report: ofTransfers(...strays), orders: ORDERS, file: FIGURES }])).toEqual([
      { results: [], strays },
    ]);
  });

  test('a key with the UETR of another order is contradictory for both; with a UETR that nobody knows it is the key’s', () => {
    const said = transfer({ position: 12, key: 'A', uetr: 'uetr-b', status: on(14, 'ACSC') });
    expect(resultsOf(ofTransfers(said)).map(({ key, outcome, description }) => [key, outcome, description])).toEqual([
      ['A', 'contradictory', 'line 12 names A with the UETR uetr-b of another payment'],
      ['B', 'contradictory', 'line 12 names A with the UETR uetr-b of another payment'],
    ]);
    expect(outcomes(ofTransfers({ ...said, uetr: 'uetr-of-the-bank' }))).toEqual([['A', 'paid', 'ACSC']]);
    expect(outcomes(ofTransfers({ ...said, uetr: 'uetr-a' }))).toEqual([['A', 'paid', 'ACSC']]);
  });
});
