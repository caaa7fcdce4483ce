import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { migrateStore, openStore } from '../../src/store/open.ts';
import { getUser } from '../../src/store/people.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { newPostgresDatabase } from '../support/databases.ts';

/** The migrations of the first release. */
const FIRST = ['0001_tables', '0002_guards'];
const USER = '01890000-0000-7000-8000-000000000001';
const GRANT = '01890000-0000-7000-8000-000000000002';
const [COMPANY, FUND, REQUISITION, PAYMENT] = [3, 4, 5, 6].map((at) => `01890000-0000-7000-8000-00000000000${at}`);
const NOW = new Date('2026-11-01T06:00:00.000Z');

const directory = mkdtempSync(path.join(tmpdir(), 'treasury-upgrade-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const released = (dialect: Dialect, name: string): string =>
  readFileSync(path.join(import.meta.dirname, `../../drizzle/${dialect}/${name}.sql`), 'utf8');
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What an office of the first release holds. */
const rows = (at: string, none: string, no: string): string[] => [
  `insert into users (id, ref, username, email, phone, display_name, password_hash, failed_logins, otp_failures, otp_failures_day, created_at)
   values ('${USER}', 'usr_aaaaaa', 'root', 'root@acme.example', null, 'Root', 'none', 0, 0, '', ${at})`,
  `insert into role_grants (id, user_id, role, company_id, region_id, branch_id, granted_by, granted_at, revoked_at)
   values ('${GRANT}', '${USER}', 'admin', ${none}, ${none}, ${none}, 'root', ${at}, ${none})`,
  `insert into companies (id, code, name, created_at) values ('${COMPANY}', 'ACME', 'Acme', ${at})`,
  `insert into funds (id, ref, code, name, company_id, currency, balance_minor, reserved_minor, reorder_level_minor, imprest_level_minor, otp_threshold_minor, auto_replenish, state, entry_seq, voucher_year, voucher_seq, head_seq, head_hash, created_by, created_at)
   values ('${FUND}', 'fnd_aaaaaa', 'NBI', 'Nairobi', '${COMPANY}', 'KES', 0, 0, 0, 0, 0, ${no}, 'open', 0, 2026, 0, 0, '', '${USER}', ${at})`,
  `insert into requisitions (id, ref, number, requested_by, company_id, payee, currency, amount_minor, method, destination, purpose, status, revision, created_at)
   values ('${REQUISITION}', 'req_aaaaaa', 'REQ-2026-00001', '${USER}', '${COMPANY}', 'Jane', 'KES', 500, 'bank', 'kcb: 123-456', 'Rent', 'approved', 1, ${at})`,
  `insert into payments (id, ref, requisition_id, fund_id, currency, amount_minor, method, destination, payee, status, requester_id, created_by, otp_required, retry_count, max_retries, created_at)
   values ('${PAYMENT}', 'pay_aaaaaa', '${REQUISITION}', '${FUND}', 'KES', 500, 'bank', 'kcb: 123-456', 'Jane', 'pending', '${USER}', '${USER}', ${no}, 0, 3, ${at})`,
];

async function anOldOffice(dialect: Dialect): Promise<string> {
  if (dialect === 'sqlite') {
    const file = path.join(directory, 'old.db');
    const database = new Database(file);
    database.pragma('application_id = 1414681433');
    database.exec(
      'create table schema_migrations (name text primary key, hash text not null, applied_at text not null) strict',
    );
    for (const name of FIRST) {
      database.exec(released(dialect, name));
      database
        .prepare('insert into schema_migrations values (?, ?, ?)')
        .run(name, hashOf(released(dialect, name)), 'then');
    }
    for (const row of rows(String(NOW.getTime()), 'null', '0')) database.exec(row);
    database.pragma(`user_version = ${FIRST.length}`);
    database.close();
    return `sqlite:${file}`;
  }
  const url = await newPostgresDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'create table schema_migrations (name text primary key, hash text not null, applied_at timestamptz not null)',
  );
  for (const name of FIRST) {
    await client.query(released(dialect, name));
    await client.query('insert into schema_migrations values ($1, $2, $3)', [
      name,
      hashOf(released(dialect, name)),
      NOW,
    ]);
  }
  for (const row of rows(`'${NOW.toISOString()}'`, 'null', 'false')) await client.query(row);
  await client.end();
  return url;
}

test.each(['sqlite', 'postgres'] as const)(
  'an office of the first release goes on after `migrate`, on %s',
  async (dialect) => {
    const url = await anOldOffice(dialect);
    await expect(openStore(url, { clock: () => NOW })).rejects.toMatchObject({ code: 'SCHEMA_OLDER' });
    const report = await migrateStore(url, { now: NOW, create: false, onlyLook: false });
    expect(report.applied[0]).toBe('0003_changes');
    const store = await openStore(url, { clock: () => NOW });
    try {
      const { grants, pendingChange } = await store.read((tx) => getUser(tx, USER));
      expect(grants).toMatchObject([{ role: 'admin', endsAt: null }]);
      expect(pendingChange).toBe(null);
      const [payment] = await store.read((tx) => tx.db.select().from(tx.t.payments));
      expect(payment).toMatchObject({ id: PAYMENT, destination: 'kcb: 123-456', destinationKey: 'KCB123456' });
    } finally {
      await store.close();
    }
  },
);
