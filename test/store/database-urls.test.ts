import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { connectionConfig } from '../../src/store/postgres/connection.ts';
import { migrateStore, openStore } from '../../src/store/open.ts';
import { newPostgresDatabase } from '../support/databases.ts';

const KNOWN = 'application_name, host, prepare, sslcert, sslkey, sslmode and sslrootcert';

const refusalOf = (url: string): Problem => {
  try {
    connectionConfig(url);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`${url} was taken`);
};

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'treasury-urls-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('what the URL of a Postgres asks for', () => {
  test.each([
    ['sslmod=require', '"sslmod" is unknown'],
    ['foo=1', '"foo" is unknown'],
    ['ssl=false', '"ssl" is unknown'],
    ['SSLMODE=require', '"SSLMODE" is unknown'],
    ['__proto__=1', '"__proto__" is unknown'],
    ['sslmode=requier', 'sslmode="requier" is not disable, allow,'],
    ['sslmode=', 'sslmode="" is not disable, allow,'],
    ['prepare=no', 'prepare="no" is not true or false'],
    // Where it is not a directory it would be another server, without TLS.
    ['host=db.acme.example', 'host="db.acme.example" is not /DIRECTORY'],
    ['sslmode=disable&sslmode=verify-full', 'sslmode is given 2 times'],
  ])('?%s is refused, with everything that is known', (query, why) => {
    const { code, kind, message, details } = refusalOf(`postgres://carol@db.acme.example/office?${query}`);
    expect([code, kind]).toEqual(['DATABASE_URL_INVALID', 'usage']);
    expect(message).toContain(KNOWN);
    expect(details.faults).toEqual([expect.stringContaining(why)]);
  });

  test('everything that is wrong is said together, and nothing of what may be a password', () => {
    const { message, details } = refusalOf('postgres://db.acme.example/office?pasword=s3cret&sslmode=x&foo');
    expect(details.faults).toHaveLength(3);
    expect(JSON.stringify([message, details])).not.toContain('s3cret');
  });

  test('the driver is told nothing of it that would go before our own TLS', () => {
    writeFileSync(join(directory, 'ca'), 'authority');
    const url = `postgres://db.acme.example/office?sslmode=disable&prepare=false&sslrootcert=${join(directory, 'ca')}`;
    const { config, named } = connectionConfig(url);
    expect(new URL(config.connectionString).search).toBe('');
    expect(config.ssl).toEqual({ rejectUnauthorized: true, ca: 'authority' });
    expect(named).toBe(false);
  });

  test('a file that cannot be read is named', () => {
    const { code, message } = refusalOf(`postgres://db.acme.example/office?sslrootcert=${directory}/none`);
    expect([code, message]).toEqual(['DATABASE_URL_INVALID', expect.stringContaining(`${directory}/none`)]);
  });

  test('what is known and written right is taken', async () => {
    const url = `${await newPostgresDatabase()}?prepare=false&sslmode=verify-full&application_name=till`;
    await migrateStore(url, { now: new Date(), create: true, onlyLook: false });
    const store = await openStore(url, { clock: () => new Date() });
    expect(await store.read((tx) => tx.db.select().from(tx.t.funds))).toEqual([]);
    await store.close();
  });
});

test('no command opens a database whose URL asks for what there is not', async () => {
  const url = `${await newPostgresDatabase()}?sslmod=require`;
  const expected = { code: 'DATABASE_URL_INVALID' };
  await expect(openStore(url, { clock: () => new Date() })).rejects.toMatchObject(expected);
  await expect(migrateStore(url, { now: new Date(), create: true, onlyLook: false })).rejects.toMatchObject(expected);
});
