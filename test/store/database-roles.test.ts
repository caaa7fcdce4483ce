import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import { examineDatabase } from '../../src/store/examine.ts';
import { tableGrants } from '../../src/store/postgres/grants.ts';
import { readReleasedSchema } from '../../src/store/released-schema.ts';
import { asAppRole, asRole, eachDatabase } from '../support/databases.ts';

const GRANTS = tableGrants();

/** Objects of the released schema: `[kind, table, name, definition]`. */
const RELEASED = readReleasedSchema('postgres')
  .toString()
  .split('\n')
  .map((line) => JSON.parse(line) as [kind: string, table: string, name: string, definition: string]);

describe('the list of what may change', () => {
  test('never names a column that a trigger keeps as it was made', () => {
    const fixed = RELEASED.filter(([kind, , , made]) => kind === 'trigger' && made.includes('fixed at creation never'));
    expect(fixed.length).toBeGreaterThan(8);
    const wrong = fixed.flatMap(([, table, , made]) => {
      const columns = (/ UPDATE OF (.*?) ON /.exec(made)?.[1] ?? '').split(', ');
      const changeable = GRANTS.find((grant) => grant.table === table)?.changeable ?? [];
      // What may only be forgotten is fixed in its own way.
      const kept = columns.filter((column) => !made.includes(`new.${column} IS NOT NULL`));
      return kept.filter((column) => changeable.includes(column)).map((column) => `${table}.${column}`);
    });
    expect(wrong).toEqual([]);
  });

  test('says that rows of a table are only ever added where a trigger says so', () => {
    const immutable = RELEASED.filter(([kind, table, name]) => kind === 'trigger' && name === `${table}_no_update`);
    expect(immutable.length).toBeGreaterThan(4);
    for (const [, table] of immutable)
      expect(GRANTS.find((grant) => grant.table === table)?.changeable, table).toEqual([]);
  });

  test('keeps every column from auditors that is named like a secret', () => {
    const open = /^(?:(?:head|previous|request)_hash|hash|(?:idempotency|payee|destination)_key|key)$/;
    const secrets = GRANTS.flatMap(({ table, columns, secret }) =>
      columns
        .filter((column) => /hash|secret|password|payload|recovery|key$/.test(column) && !open.test(column))
        .filter((column) => !secret.includes(column))
        .map((column) => `${table}.${column}`),
    );
    expect(secrets).toEqual([]);
  });
});

eachDatabase((open, dialect) => {
  if (dialect === 'sqlite') {
    test('a file has no roles: who can write it can write all of it', async () => {
      const opened = await open();
      expect(await asRole(opened.url, 'auditor')).toBe(opened.url);
    });
    return;
  }
  let url = '';
  let owner: pg.Client;
  const clients: pg.Client[] = [];
  const connect = async (to: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: to });
    await client.connect();
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    ({ url } = await open());
    owner = await connect(url);
  });
  afterAll(async () => void (await Promise.all(clients.map((client) => client.end()))));

  const refuses = async (client: pg.Client, sql: string): Promise<void> => {
    const refused = await client.query(sql).then(
      () => 'done',
      (error: pg.DatabaseError) => error.code,
    );
    expect(refused, sql).toBe('42501');
  };

  const GENERATED = new Set(
    RELEASED.filter(([kind, , , definition]) => kind === 'column' && / s /.test(definition)).map(
      ([, table, name]) => `${table}.${name}`,
    ),
  );

  /** What neither role may do, whoever owns what. */
  const EVERYWHERE = [
    'set session_replication_role = replica',
    'create table loot (id text)',
    'create temporary table loot (id text)',
    'create schema loot',
    "create function loot() returns int language sql as 'select 1'",
    "create function pg_temp.loot() returns int language sql as 'select 1'",
    'alter table funds disable trigger all',
    'drop trigger ledger_entries_no_update on ledger_entries',
    'create or replace function treasury_refuse() returns trigger language plpgsql as $$ begin return NEW; end $$',
    'create trigger loot before insert on funds for each row execute function treasury_refuse()',
    'create index loot on funds (name)',
    'create rule loot as on update to funds do instead nothing',
    "copy ledger_entries from '/tmp/loot'",
    "copy users to program 'cat > /tmp/loot'",
    'select lo_create(0)',
    "select lo_from_bytea(0, 'loot')",
    "insert into schema_migrations values ('x', 'y', now())",
    'alter table funds owner to current_user',
  ];

  describe('the app role', () => {
    let app: pg.Client;
    beforeAll(async () => void (app = await connect(await asAppRole(url))));

    test.each(GRANTS)('changes of $table what may change and nothing else', async (grant) => {
      const { table, columns, changeable } = grant;
      for (const column of columns) {
        const update = `update ${table} set "${column}" = "${column}" where false`;
        if (changeable.includes(column)) await app.query(update);
        else if (!GENERATED.has(`${table}.${column}`)) await refuses(app, update);
      }
      await app.query(`select * from ${table}`);
      await refuses(app, `delete from ${table}`);
      await refuses(app, `truncate ${table} cascade`);
      const fixed =
        columns.find((column) => !changeable.includes(column) && !GENERATED.has(`${table}.${column}`)) ?? '';
      await refuses(
        app,
        `insert into ${table} ("${fixed}") select "${fixed}" from ${table} where false on conflict on constraint ${keyOf(table)} do update set "${fixed}" = excluded."${fixed}"`,
      );
    });

    test.each(EVERYWHERE)('may not: %s', (sql) => refuses(app, sql));
  });

  const keyOf = (table: string): string =>
    RELEASED.find(
      ([kind, of, , made]) => kind === 'constraint' && of === table && made.startsWith('PRIMARY KEY'),
    )?.[2] ?? '';

  describe('the auditor role', () => {
    let auditor: pg.Client;
    beforeAll(async () => void (auditor = await connect(await asRole(url, 'auditor'))));

    test.each(GRANTS)('sees of $table all but secrets, and changes nothing', async ({ table, columns, secret }) => {
      for (const column of columns) {
        const select = `select "${column}" from ${table}`;
        if (secret.includes(column)) await refuses(auditor, select);
        else await auditor.query(select);
      }
      await expect(auditor.query(`update ${table} set "${columns[0]}" = "${columns[0]}"`)).rejects.toThrow();
      // A setting is no guard: whoever turns it off still may not.
      await auditor.query('set default_transaction_read_only = off');
      await refuses(auditor, `update ${table} set "${columns[0]}" = "${columns[0]}"`);
      await refuses(auditor, `insert into ${table} ("${columns[0]}") values (null)`);
      await refuses(auditor, `delete from ${table}`);
      await refuses(auditor, `truncate ${table}`);
    });

    test.each(EVERYWHERE)('may not: %s', (sql) => refuses(auditor, sql));

    test('starts its transactions read-only', async () => {
      const fresh = await connect(await asRole(url, 'auditor'));
      expect((await fresh.query('show default_transaction_read_only')).rows).toEqual([
        { default_transaction_read_only: 'on' },
      ]);
    });
  });

  describe('the doctor', () => {
    const role = (kind: 'app' | 'auditor') => `${kind}_${new URL(url).pathname.slice(1)}`;
    const bad = async (as: string): Promise<Finding[]> =>
      (await examineDatabase(as)).filter(({ id, status }) => status !== 'ok' && id !== 'durability');

    test('says that a role which owns the tables could take their guards away', async () => {
      expect(await bad(url)).toMatchObject([{ id: 'privileges', message: expect.stringContaining('owns') as string }]);
    });

    test.each(['app', 'auditor'] as const)('finds nothing about the %s role as it was made', async (kind) => {
      expect(await bad(await asRole(url, kind))).toEqual([]);
    });

    test.each([
      [
        'privileges',
        'app',
        'grant update (amount_minor) on ledger_entries to %',
        'UPDATE on amount_minor of ledger_entries',
      ],
      ['privileges', 'app', 'grant delete on funds to %', 'DELETE on funds'],
      ['privileges', 'app', 'grant insert on schema_migrations to %', 'INSERT on schema_migrations'],
      ['privileges', 'app', 'alter role % createrole', 'is CREATEROLE'],
      ['privileges', 'app', 'grant pg_write_all_data to %', 'is a member of pg_write_all_data'],
      ['privileges', 'auditor', 'grant select (password_hash) on users to %', 'SELECT on password_hash of users'],
      ['privileges', 'auditor', 'grant select on sessions to %', 'SELECT on sessions'],
      ['privileges', 'auditor', 'grant update on funds to %', 'UPDATE on funds'],
      ['role_public', 'app', 'grant select on users to public', 'SELECT on users'],
      ['role_public', 'app', 'grant create on schema public to public', 'CREATE on schema public'],
      [
        'role_public',
        'app',
        'grant execute on function treasury_session_of(text) to public',
        'EXECUTE on function treasury_session_of(text)',
      ],
    ] as const)('finds %s of the %s role: %s', async (id, kind, grant, text) => {
      const as = await asRole(url, kind);
      await owner.query(grant.replace('%', role(kind)));
      const found = await bad(as);
      expect(found).toMatchObject([{ id, status: 'advice', message: expect.stringContaining(text) as string }]);
      // What it says to run is what puts it right.
      await owner.query(found[0]?.fix ?? '');
      expect(await bad(as)).toEqual([]);
    });

    test('finds the same of a role that is not in use', async () => {
      await owner.query(`grant truncate on audit_events to ${role('app')}`);
      const found = await bad(await asRole(url, 'auditor'));
      expect(found).toMatchObject([
        { id: `role_${role('app')}`, message: expect.stringContaining('TRUNCATE') as string },
      ]);
      await owner.query(found[0]?.fix ?? '');
    });

    test('finds a role that lacks what a migration made', async () => {
      const as = await asRole(url, 'app');
      await owner.query(`revoke all on tokens from ${role('app')}`);
      expect(await bad(as)).toMatchObject([
        {
          message: expect.stringContaining('lacks SELECT, INSERT, UPDATE on tokens') as string,
          fix: `treasury migrate --app-role ${role('app')} --apply`,
        },
      ]);
      await asRole(url, 'app');
      expect(await bad(as)).toEqual([]);
    });
  });
});
