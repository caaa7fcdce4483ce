import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, rowDigest, rowDigester } from '../../src/store/audit-hash.ts';

test('keys are sorted by their UTF-16 units, at every depth, and nothing is white space (RFC 8785, 3.2.3)', () => {
  const example = { '€': 1, '\r': 2, '\ufb33': 3, 1: 4, '😀': 5, '\u0080': 6, ö: 7, within: [{ b: null, a: true }] };
  expect(canonicalJson(example)).toBe(
    '{"\\r":2,"1":4,"within":[{"a":true,"b":null}],"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  );
});

test('instants are ISO 8601 with milliseconds, and what is absent is null', () => {
  expect(canonicalJson({ at: new Date(0), why: undefined })).toBe('{"at":"1970-01-01T00:00:00.000Z","why":null}');
});

test('it says what JSON says, in one order, however an object was made', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const text = canonicalJson(object);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
      expect(canonicalJson(Object.fromEntries(Object.entries(object).toReversed()))).toBe(text);
      expect(rowDigester(Object.keys(object))(object)).toBe(rowDigest(object));
    }),
  );
});
