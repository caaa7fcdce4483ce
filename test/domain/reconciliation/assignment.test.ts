import { describe, expect, test } from 'vitest';
import { assign, components, type Edge } from '../../../src/domain/reconciliation/assignment.ts';

const edge = (line: number, entry: number, score = 0): Edge => ({ line, entry, score, reasons: [] });
const pairs = (edges: readonly Edge[]): string[] => edges.map(({ line, entry }) => `${line} = ${entry}`);

describe('one to one by score', () => {
  test('a pair that nothing else wants is chosen', () => {
    expect(pairs(assign([edge(0, 0), edge(1, 1)]).chosen)).toEqual(['0 = 0', '1 = 1']);
  });

  test('the better entry of a line is chosen, whichever comes first', () => {
    for (const edges of [
      [edge(0, 0, 1), edge(0, 1, 2)],
      [edge(0, 1, 2), edge(0, 0, 1)],
    ]) {
      expect(assign(edges)).toEqual({ chosen: [edge(0, 1, 2)], tied: [] });
    }
  });

  test('two entries that are equally good are a tie, a better third decides it', () => {
    const tie = [edge(0, 0, 1), edge(0, 1, 1)];
    expect(assign(tie)).toEqual({ chosen: [], tied: tie });
    expect(pairs(assign([...tie, edge(0, 2, 2)]).chosen)).toEqual(['0 = 2']);
    expect(pairs(assign([edge(0, 2, 2), ...tie]).chosen)).toEqual(['0 = 2']);
  });

  test('two lines that are equally good for an entry are a tie', () => {
    expect(pairs(assign([edge(0, 0), edge(1, 0)]).tied)).toEqual(['0 = 0', '1 = 0']);
  });

  test('a line whose best entry has a better line gets no second best', () => {
    const { chosen, tied } = assign([edge(0, 0, 2), edge(1, 0, 1), edge(1, 1, 0)]);
    expect([pairs(chosen), pairs(tied)]).toEqual([['0 = 0'], ['1 = 1']]);
  });

  test('a line whose best entry is tied gets no second best', () => {
    const { chosen, tied } = assign([edge(0, 0, 2), edge(1, 0, 2), edge(1, 1, 1)]);
    expect([pairs(chosen), pairs(tied)]).toEqual([[], ['0 = 0', '1 = 0', '1 = 1']]);
  });

  test('a tie at the line is one though its first entry has no other line', () => {
    const { chosen } = assign([edge(0, 0), edge(0, 1), edge(1, 1)]);
    expect(pairs(chosen)).toEqual([]);
  });

  test('nothing of nothing', () => {
    expect(assign([])).toEqual({ chosen: [], tied: [] });
  });
});

describe('edges that hang together', () => {
  test('are one set, through lines and through entries, in the order of their first edge', () => {
    const sets = components([edge(5, 5), edge(3, 1), edge(1, 1), edge(1, 0), edge(2, 7), edge(3, 1)]);
    expect(sets.map(({ edges, lines, entries }) => [pairs(edges), lines, entries])).toEqual([
      [['5 = 5'], [5], [5]],
      [
        ['3 = 1', '1 = 1', '1 = 0', '3 = 1'],
        [1, 3],
        [0, 1],
      ],
      [['2 = 7'], [2], [7]],
    ]);
  });

  test('a line and an entry of one number are not one thing', () => {
    expect(components([edge(0, 1), edge(1, 0)])).toHaveLength(2);
  });

  test('a long chain is one set', () => {
    const chain = Array.from({ length: 200 }, (_, at) => [edge(at, at), edge(at, at + 1)]).flat();
    expect(components(chain)).toHaveLength(1);
    expect(components(chain.toReversed())[0]?.lines).toHaveLength(200);
    expect(components(chain.filter(({ line }) => line !== 100))).toHaveLength(2);
  });
});
