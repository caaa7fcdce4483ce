import { expect, test } from 'vitest';
import { IdArray } from '../../src/store/id-array.ts';
import { newId } from '../../src/store/references.ts';

test('ids stand where they were set, however many, and nowhere else', () => {
  const ids = new IdArray();
  const some = new Map(Array.from({ length: 300 }, (_, at) => [at * 3, newId()]));
  for (const [at, id] of some) ids.set(at, id);
  for (const [at, id] of some) {
    expect(ids.at(at)).toBe(id);
    expect([ids.has(at), ids.has(at + 1)]).toEqual([true, false]);
  }
  expect(ids.known).toBe(300);
});

test('every hexadecimal digit comes back as it was', () => {
  const ids = new IdArray(2);
  for (const [at, id] of ['01234567-89ab-cdef-0123-456789abcdef', 'fedcba98-7654-3210-fedc-ba9876543210'].entries()) {
    ids.set(at, id);
    expect(ids.at(at)).toBe(id);
  }
});

test('a place without an id is said to be so, within its size and beyond', () => {
  const ids = new IdArray(2);
  ids.set(0, newId());
  for (const at of [1, 2, 1000]) {
    expect(ids.has(at)).toBe(false);
    expect(() => ids.at(at)).toThrow(`there is no id ${at}`);
  }
});
