import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { SCHEMAS } from '../../src/documents/schemas/catalog.ts';

/** An object of a document: where it stands, its fields, and whether an object around it says the currency. */
interface Part {
  readonly at: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly currencyAround: boolean;
}

const entries = (value: unknown): [string, unknown][] => Object.entries(Object(value));
const saysCurrency = (fields: object): boolean => Object.keys(fields).some((name) => /(?:^|_)currency$/.test(name));

function partsOf(schema: unknown, at: string, currencyAround = false): Part[] {
  return entries(schema).flatMap(([key, value]) => {
    if (key === 'anyOf' || key === 'oneOf' || key === 'allOf')
      return entries(value).flatMap(([, one]) => partsOf(one, at, currencyAround));
    if (key === 'items') return partsOf(value, `${at}[]`, currencyAround);
    if (key !== 'properties') return [];
    const fields: Record<string, unknown> = Object.fromEntries(entries(value));
    const required = entries(Reflect.get(Object(schema), 'required')).map(([, name]) => String(name));
    const around = currencyAround || saysCurrency(fields);
    return [
      { at, fields, required, currencyAround: around },
      ...entries(fields).flatMap(([name, part]) => partsOf(part, `${at}.${name}`, around)),
    ];
  });
}

describe.each(Object.entries(SCHEMAS))('the document %s', (name, schema) => {
  const parts = partsOf(z.toJSONSchema(schema), name);

  test('has every key always, in snake case', () => {
    for (const { at, fields, required } of parts) {
      expect([at, Object.keys(fields).toSorted()]).toEqual([at, [...required].toSorted()]);
      for (const key of Object.keys(fields)) expect(`${at}.${key}`).toMatch(/\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
    }
  });

  test('has money as a decimal, in minor units, and with its currency', () => {
    for (const { at, fields, currencyAround } of parts) {
      const minor = Object.keys(fields).filter((key) => key.endsWith('_minor'));
      for (const key of minor)
        expect([at, Object.keys(fields)]).toEqual([at, expect.arrayContaining([key.slice(0, -6)])]);
      if (minor.length > 0) expect([at, currencyAround]).toEqual([at, true]);
      for (const [key, field] of Object.entries(fields)) {
        if (isDecimal(field)) expect([at, minor]).toEqual([at, expect.arrayContaining([`${key}_minor`])]);
      }
    }
  });
});

test('the rules above see what they are about', () => {
  const [payment] = partsOf(z.toJSONSchema(SCHEMAS['payment'] ?? z.never()), 'payment');
  expect(Object.entries(payment?.fields ?? {}).flatMap(([key, field]) => (isDecimal(field) ? [key] : []))).toEqual([
    'amount',
    'adjusted_amount',
  ]);
  expect(partsOf(z.toJSONSchema(z.strictObject({ fee_minor: z.int() })), 'x')).toMatchObject([
    { currencyAround: false },
  ]);
});

/** A text that is a decimal, or null. */
function isDecimal(field: unknown): boolean {
  return (
    JSON.stringify(field).includes(JSON.stringify('^-?\\d+(\\.\\d+)?$')) &&
    !JSON.stringify(field).includes('"properties"')
  );
}
