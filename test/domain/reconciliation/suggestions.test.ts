import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts, Reason } from '../../../src/domain/reconciliation/facts.ts';
import { grouped } from '../../../src/domain/reconciliation/open-items.ts';
import { suggestions } from '../../../src/domain/reconciliation/suggestions.ts';
import { openItems } from '../../support/matching-facts.ts';

type Tie = readonly [line: number, entry: number];

function suggested(
  lines: readonly Partial<LineFacts>[],
  entries: readonly Partial<EntryFacts>[],
  ties: readonly Tie[] = [],
): Record<string, number[]> {
  const edges = ties.map(([line, entry]) => ({ line, entry, score: 0, reasons: ['same_payee'] as readonly Reason[] }));
  const found = suggestions(openItems(lines, entries), edges);
  return Object.fromEntries([...found].map(([line, candidates]) => [line, candidates.map(({ entry }) => entry)]));
}

const days = (...all: number[]) => all.map((day) => ({ day }));

describe('amount and date suggest', () => {
  test.each([
    [89, []],
    [90, [0]],
    [100, [0]],
    [105, [0]],
    [106, []],
  ])('an entry of day %i for a line of day 100: %j', (day, entries) => {
    expect(suggested([{}], days(day))).toEqual(entries.length === 0 ? {} : { 0: entries });
  });

  test('the nearest three, of one distance the first of the book', () => {
    expect(suggested([{}], days(95, 103, 99, 101, 100, 97))).toEqual({ 0: [4, 2, 3] });
    expect(suggested([{}], days(102, 98, 98, 102))).toEqual({ 0: [0, 1, 2] });
    expect(suggested([{}], days(100, 100, 100, 100))).toEqual({ 0: [0, 1, 2] });
    expect(suggested([{}], days(93, 92))).toEqual({ 0: [0, 1] });
  });

  test('entries of a common amount are told by their day however many there are', () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ day: (at * 7) % 1000 }));
    const [found] = Object.values(suggested([{ day: 500 }], many));
    expect(found?.map((entry) => many[entry]?.day)).toEqual(
      [500, 499, 501].toSorted((a, b) => placeOf(a) - placeOf(b)),
    );
    function placeOf(day: number): number {
      return day === 500 ? -1 : many.findIndex((one) => one.day === day);
    }
  });

  test('only the same amount, and why', () => {
    expect(suggested([{}], [{ deltaMinor: -4999 }, { deltaMinor: 5000 }])).toEqual({});
    expect(suggestions(openItems([{}], days(100, 99)), []).get(0)).toEqual([
      { entry: 0, reasons: ['same_amount', 'same_day'] },
      { entry: 1, reasons: ['same_amount', 'within_days'] },
    ]);
  });
});

describe('what was tied comes first', () => {
  test('with its reasons, each entry once', () => {
    const found = suggestions(openItems([{}], days(100, 200)), [
      { line: 0, entry: 1, score: 0, reasons: ['same_payee'] },
      { line: 0, entry: 0, score: 0, reasons: ['same_phone'] },
      { line: 0, entry: 1, score: 0, reasons: ['same_reference'] },
    ]);
    expect(found.get(0)).toEqual([
      { entry: 1, reasons: ['same_payee'] },
      { entry: 0, reasons: ['same_phone'] },
    ]);
  });

  test('all of it, though it is more than three', () => {
    const ties = [0, 1, 2, 3, 4].map((entry): Tie => [0, entry]);
    expect(suggested([{}], days(200, 200, 200, 200, 200, 100), ties)).toEqual({ 0: [0, 1, 2, 3, 4] });
    expect(suggested([{}], days(200, 200, 100, 100), ties.slice(0, 2))).toEqual({ 0: [0, 1, 2] });
  });

  test('but not what is explained meanwhile', () => {
    const open = openItems([{}, {}], days(200, 300));
    open.take({ lines: [1], entries: [0], pass: 'group', score: 0, reasons: [] });
    const tie = (line: number, entry: number) => ({ line, entry, score: 0, reasons: [] });
    expect([...suggestions(open, [tie(0, 0), tie(0, 1), tie(1, 1)])]).toEqual([[0, [{ entry: 1, reasons: [] }]]]);
  });
});

describe('what is open', () => {
  test('is what nothing has taken and nothing is held of', () => {
    const open = openItems([{}, {}, {}], [{}, {}, {}]);
    open.take({ lines: [0], entries: [1], pass: 'group', score: 0, reasons: [] });
    const [line, entry] = [open.line(1), open.entry(2)];
    if (line === undefined || entry === undefined) throw new Error('both are open');
    open.hold(line, entry);
    expect([open.lines(), open.entries()].map((all) => all.map(({ index }) => index))).toEqual([[2], [0]]);
    expect([open.line(0), open.line(1), open.entry(1), open.entry(2)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([open.days.ofLine(0), open.days.ofEntry(1)]).toEqual([100, 100]);
    open.take({ lines: [1], entries: [2], pass: 'fee_tolerance', score: 0, reasons: [] });
    expect(open.found).toHaveLength(2);
  });

  test('values are grouped by every key, each once under a key', () => {
    const groups = grouped(['ab', 'bb', 'c'], (text) => [...text]);
    expect([...groups]).toEqual([
      ['a', ['ab']],
      ['b', ['ab', 'bb']],
      ['c', ['c']],
    ]);
  });
});
