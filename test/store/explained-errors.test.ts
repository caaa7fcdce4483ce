import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { explainPostgresError } from '../../src/store/postgres/errors.ts';
import { explainSqliteError } from '../../src/store/sqlite/writing.ts';

const withCode = (code: string, message = 'said so'): Error => Object.assign(new Error(message), { code });
const told = (explained: unknown) =>
  explained instanceof Problem
    ? { code: explained.code, kind: explained.kind, fix: explained.details.fix, message: explained.message }
    : explained;

describe('what SQLite says', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'treasury-explained-'));
  const file = path.join(directory, 'treasury.db');

  test.skipIf(process.platform !== 'linux')('of a disk that failed is that it is full, where it is', () => {
    // A file system without a byte of room.
    const full = '/proc/treasury.db';
    expect(told(explainSqliteError(withCode('SQLITE_IOERR_SHMSIZE'), full))).toMatchObject({
      ...{ code: 'DISK_FULL', kind: 'external', fix: 'make room: df /proc' },
    });
    expect(told(explainSqliteError(withCode('SQLITE_IOERR_SHMSIZE'), file))).toMatchObject({ code: 'STORAGE_FAILED' });
  });

  test('of a file that cannot be written comes with where to look', () => {
    for (const code of ['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_READONLY_DIRECTORY'])
      expect(told(explainSqliteError(withCode(code), file))).toMatchObject({
        ...{ code: 'DATABASE_NOT_WRITABLE', fix: expect.stringContaining(`ls -la ${directory}`) as string },
      });
  });

  test('of damage sends to a backup, and not round in a circle', () => {
    const { fix } = told(explainSqliteError(withCode('SQLITE_CORRUPT'), file)) as { fix: string };
    expect(fix).toContain('backup');
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('what Postgres, its driver and Node say of TLS', () => {
  test.each([
    ['a port where something else answers', new Error('There was an error establishing an SSL connection')],
    ['a server without TLS', new Error('The server does not support SSL connections')],
    ['a certificate of nobody known', withCode('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')],
    ['one that ended', withCode('CERT_HAS_EXPIRED', 'certificate has expired')],
    ['one of another name', withCode('ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match')],
    ['one without its issuer', withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate')],
  ])('is a refusal, and no bug: %s', (_, error) => {
    expect(told(explainPostgresError(error, 'postgres://db.acme.example/t'))).toMatchObject({
      ...{ code: 'DATABASE_TLS_FAILED', kind: 'external', fix: expect.stringContaining('sslrootcert') as string },
      message: expect.stringContaining('db.acme.example') as string,
    });
  });
});
