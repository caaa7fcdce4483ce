import { describe, expect, test } from 'vitest';
import { figuresMisfit, NO_FIGURES } from '../../../src/domain/bank-file/file-figures.ts';
import { FIGURES, on, outcomes, part, report, resultsOf, status, transfer } from './a-report.ts';

const misfit = (count: string | null, sum: string | null = null, file = FIGURES) => figuresMisfit({ count, sum }, file);
const THREE = { count: '3', sum: '1200.00' };
const SAID = 'said of 3 payments and of 1200.00 in all; the file has 2 payments of KES 1,200.00 in all';

describe('figures of a file', () => {
  test('fit when nothing is said, or the same however it is written', () => {
    expect(figuresMisfit(NO_FIGURES, FIGURES)).toBeNull();
    for (const count of ['2', '02', '000000000000002']) expect(misfit(count), count).toBeNull();
    for (const sum of ['1200', '1200.0', '1200.00', '1200.', '001200.00000', '+1200'])
      expect(misfit(null, sum), sum).toBeNull();
    expect(misfit('2', '0.05', { count: 2, sumMinor: 5, currency: 'KES' })).toBeNull();
    expect(misfit('2', '.05', { count: 2, sumMinor: 5, currency: 'KES' })).toBeNull();
    expect(misfit('2', '1500', { count: 2, sumMinor: 1500, currency: 'UGX' })).toBeNull();
  });

  test('one payment or one cent more or less do not fit, and both figures are named', () => {
    expect(misfit('3', '1200.00')).toBe(SAID);
    expect(misfit('1')).toBe('said of 1 payments; the file has 2 payments of KES 1,200.00 in all');
    for (const sum of ['1200.01', '1199.99', '12000', '120000', '0', '-1200.00'])
      expect(misfit('2', sum), sum).toMatch(/; the file has 2 payments of KES 1,200\.00 in all$/);
  });

  test('what cannot be read does not fit, and is told as it stands', () => {
    for (const text of ['1,200.00', '1.200,00', 'KES 1200', '1e3', '.', '+', 'x', '9'.repeat(31)])
      expect(misfit(null, text), text).toContain(`said of "${text}" in all`);
  });
});

describe('what is said of a whole file with other figures', () => {
  test.each(['ACSC', 'ACCP', 'RJCT', 'XYZ'])('by the group (%s) settles and releases nothing', (code) => {
    const said = resultsOf(report({ group: status(code, 'AM04 no money'), figures: THREE }));
    expect(said.map(({ key, outcome, reference }) => [key, outcome, reference])).toEqual([
      ['A', 'contradictory', null],
      ['B', 'contradictory', null],
    ]);
    expect(said[0]).toMatchObject({ code, description: `${SAID}; AM04 no money` });
    expect(outcomes(report({ group: status(code), figures: { count: '2', sum: '1200' } }))[0]?.[1]).not.toBe(
      'contradictory',
    );
  });

  test('by the instruction, whichever of the two levels has the figures', () => {
    for (const id of ['M1', null]) {
      expect(outcomes(report({ parts: [part({ id, status: status('ACSC'), figures: THREE })] }))).toEqual([
        ['A', 'contradictory', 'ACSC'],
        ['B', 'contradictory', 'ACSC'],
      ]);
      expect(outcomes(report({ figures: THREE, parts: [part({ id, status: status('RJCT') })] }))[0]?.[1]).toBe(
        'contradictory',
      );
      expect(outcomes(report({ group: status('RJCT'), parts: [part({ id, figures: THREE })] }))[0]?.[1]).toBe(
        'contradictory',
      );
    }
  });

  test('an instruction of another name has figures of its own', () => {
    expect(outcomes(report({ group: status('RJCT'), parts: [part({ id: 'M2', figures: THREE })] }))).toEqual([
      ['A', 'failed', 'RJCT'],
      ['B', 'failed', 'RJCT'],
    ]);
  });

  test('a transfer that is named speaks for itself; one that only has what stands above it does not', () => {
    const transfers = [transfer({ status: status('RJCT') }), transfer({ key: 'B' })];
    expect(outcomes(report({ group: status('ACCP'), figures: THREE, parts: [part({ transfers })] }))).toEqual([
      ['A', 'failed', 'RJCT'],
      ['B', 'contradictory', 'ACCP'],
    ]);
  });

  test('it contradicts a transfer as it did before', () => {
    const within = report({
      group: on(4, 'RJCT'),
      figures: THREE,
      parts: [part({ transfers: [transfer({ status: on(9, 'ACSC') })] })],
    });
    expect(resultsOf(within)[0]).toMatchObject({
      ...{ outcome: 'contradictory', code: 'ACSC within RJCT' },
      description: `lines 4 and 9 say different things of it; ${SAID}`,
    });
    const whole = part({ status: on(20, 'RJCT'), figures: THREE });
    const apart = report({ parts: [part({ transfers: [transfer({ status: on(7, 'ACSC') })] }), whole] });
    expect(outcomes(apart)[0]).toEqual(['A', 'contradictory', 'ACSC against RJCT']);
  });

  test('beside a report that fits, nothing counts', () => {
    const odd = report({ group: status('RJCT'), figures: THREE });
    for (const both of [
      [odd, report({ group: status('ACSC') })],
      [report({ group: status('RJCT') }), odd],
    ])
      expect(outcomes(...both).map(([, outcome]) => outcome)).toEqual(['contradictory', 'contradictory']);
  });
});
