import { getTableColumns } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { rawDigester, type RawColumn, type RawDigest } from '../raw-digest.ts';

/** The digest of a row as the server writes it in ISO style and UTC, all its values in the order of the schema. */
export const postgresDigester = (table: PgTable): RawDigest =>
  rawDigester(
    Object.entries(getTableColumns(table)).map(([key, column]): RawColumn => ({ key, json: jsonOf(column) })),
  );

function jsonOf({ columnType, name }: PgColumn): RawColumn['json'] {
  switch (columnType) {
    case 'PgText':
    case 'PgUUID':
      return textJson;
    case 'PgInteger':
    case 'PgBigInt53':
      return wholeJson;
    case 'PgTimestamp':
      return instantJson;
    default:
      throw new Error(`${name}: nobody has said how a ${columnType} is digested`);
  }
}

const textJson = (value: unknown): string | null => (typeof value === 'string' ? JSON.stringify(value) : null);

/** Only the one way in which both Postgres and JSON write a whole number. */
function wholeJson(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && String(number) === value ? value : null;
}

/** An instant as Postgres writes it in UTC, with up to three digits of a second and no noughts at their end. */
const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?\+00$/;

function instantJson(value: unknown): string | null {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  if (match === null) return null;
  const [, day, time, milliseconds = ''] = match;
  return `"${day}T${time}.${milliseconds.padEnd(3, '0')}Z"`;
}
