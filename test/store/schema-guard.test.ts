import Database from 'better-sqlite3';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { authenticate } from '../../src/operations/authenticate.ts';
import { logIn } from '../../src/operations/log-in.ts';
import { repairSchema } from '../../src/operations/repair-schema.ts';
import { openStore, sqlitePath } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { eachDatabase, type Opened } from '../support/databases.ts';
import { anOfficeWithAdmin, aToken, ORIGIN, PASSWORD } from '../support/people.ts';

/** Runs statements as somebody who owns the database, or has its file. */
async function tamper({ url, dialect }: Opened, statements: string): Promise<void> {
  if (dialect === 'sqlite') {
    const raw = new Database(sqlitePath(url));
    raw.unsafeMode();
    raw.exec(statements);
    raw.close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statements);
  await client.end();
}

/** A process that has just started. */
async function anew<T>({ url }: Opened, work: (store: Store) => Promise<T>, dryRun = false): Promise<T> {
  const store = await openStore(url, { clock: () => new Date(), dryRun });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const rename = (store: Store) => store.write((tx) => tx.db.update(tx.t.companies).set({ name: 'Loot Ltd' }));
const names = (store: Store) => store.read((tx) => tx.db.select({ name: tx.t.companies.name }).from(tx.t.companies));
const altered = (...faults: string[]) => ({
  kind: 'integrity',
  code: 'SCHEMA_ALTERED',
  details: { faults, unchanged: expect.stringContaining('Nothing was changed') as string },
});

type Case = readonly [what: string, statements: string, ...faults: string[]];

const WEAKER = 'ledger_entries_no_update';
const ON_SQLITE: readonly Case[] = [
  ['a trigger that was dropped', `drop trigger ${WEAKER}`, `trigger ${WEAKER} of ledger_entries is missing`],
  [
    'a trigger that was weakened',
    `drop trigger ${WEAKER}; create trigger ${WEAKER} before update on ledger_entries when NEW.seq = 0 begin select raise(abort, 'x'); end`,
    `trigger ${WEAKER} of ledger_entries was altered`,
  ],
  [
    'a trigger that was planted',
    'create trigger tip after insert on ledger_entries begin update funds set balance_minor = 0; end',
    'trigger tip of ledger_entries was added',
  ],
  [
    'a unique index that is unique no more',
    'drop index funds_code_unique; create index funds_code_unique on funds (code)',
    'index funds_code_unique of funds was altered',
  ],
  ['an index that was dropped', 'drop index payments_created', 'index payments_created of payments is missing'],
  ['a column that was added', 'alter table funds add column owner text', 'table funds was altered'],
  ['a table that was added', 'create table loot (id text)', 'table loot was added'],
  ['a view that was added', 'create view loot as select * from users', 'view loot was added'],
  [
    'a check that was edited away in the schema itself',
    `pragma writable_schema = on;
     update sqlite_schema set sql = replace(sql, '"payments"."amount_minor" between 1 and', '"payments"."amount_minor" between -1 and') where name = 'payments'`,
    'table payments was altered',
  ],
  [
    'a trigger that was edited in the schema itself',
    `pragma writable_schema = on; update sqlite_schema set sql = replace(sql, 'BEFORE UPDATE', 'BEFORE DELETE') where name = '${WEAKER}'`,
    `trigger ${WEAKER} of ledger_entries was altered`,
  ],
];

const EVIL = `create function evil() returns trigger language plpgsql as $$ begin return NEW; end $$;`;
const ON_POSTGRES: readonly Case[] = [
  [
    'a trigger that was dropped',
    `drop trigger ${WEAKER} on ledger_entries`,
    `trigger ${WEAKER} of ledger_entries is missing`,
  ],
  [
    'a trigger that was switched off',
    `alter table ledger_entries disable trigger ${WEAKER}`,
    `trigger ${WEAKER} of ledger_entries was altered`,
  ],
  [
    'a trigger that was weakened',
    `drop trigger ${WEAKER} on ledger_entries; create trigger ${WEAKER} before update on ledger_entries for each row when (NEW.seq = 0) execute function treasury_refuse('x')`,
    `trigger ${WEAKER} of ledger_entries was altered`,
  ],
  [
    'a trigger that was planted',
    `${EVIL} create trigger tip after insert on ledger_entries for each row execute function evil()`,
    'trigger tip of ledger_entries was added',
  ],
  [
    'a function that guards nothing any more',
    'create or replace function treasury_refuse() returns trigger language plpgsql as $$ begin return NEW; end $$',
    'function treasury_refuse() was altered',
  ],
  [
    'a rule that does something else instead',
    'create rule quiet as on update to companies do instead nothing',
    'rule quiet of companies was added',
  ],
  ['rows that are hidden', 'alter table users enable row level security', 'table users was altered'],
  ['a table that forgets at a power cut', 'alter table sessions set unlogged', 'table sessions was altered'],
  [
    'a check that was dropped',
    'alter table payments drop constraint payments_amount',
    'constraint payments_amount of payments is missing',
  ],
  [
    'a check that holds for new rows only',
    'alter table payments drop constraint payments_amount; alter table payments add constraint payments_amount check (amount_minor between 1 and 9007199254740991) not valid',
    'constraint payments_amount of payments was altered',
  ],
  [
    'a unique index that is unique no more',
    'drop index ledger_entries_fund_seq; create index ledger_entries_fund_seq on ledger_entries (fund_id, seq)',
    'index ledger_entries_fund_seq of ledger_entries was altered',
  ],
  ['a column that was added', 'alter table funds add column owner text', 'column owner of funds was added'],
  [
    'a table that pretends to be part of another',
    'create table more (like funds including all); alter table more inherit funds',
    'heir more of funds was added',
  ],
  [
    'triggers that are off for everybody who comes in',
    `do $$ begin execute format('alter database %I set session_replication_role = replica', current_database()); end $$`,
    'the setting session_replication_role is not as it must be',
  ],
];

eachDatabase((open, dialect) => {
  describe('a process that is about to write', () => {
    test.each(dialect === 'sqlite' ? ON_SQLITE : ON_POSTGRES)(
      'finds %s, and writes nothing',
      async (...[, statements, ...faults]: Case) => {
        const opened = await open();
        await anOfficeWithAdmin(opened.store);
        await tamper(opened, statements);
        for (const dryRun of [false, true])
          await expect(anew(opened, rename, dryRun)).rejects.toMatchObject(altered(...faults));
        expect(await anew(opened, names)).not.toContainEqual({ name: 'Loot Ltd' });
      },
    );

    test('still reads who acts, though it cannot note that', async () => {
      const opened = await open();
      await anOfficeWithAdmin(opened.store);
      const token = aToken();
      await logIn(opened.store, { username: 'root-admin', password: PASSWORD, token, origin: ORIGIN });
      await tamper(opened, `drop trigger ${WEAKER}${dialect === 'sqlite' ? '' : ' on ledger_entries'}`);
      const later = new Date(Date.now() + 2 * 60_000);
      await anew(opened, async (store) => {
        const acting = authenticate(store, { token, now: later, origin: ORIGIN });
        expect(await acting).toMatchObject({ username: 'root-admin' });
        await expect(rename(store)).rejects.toMatchObject({ code: 'SCHEMA_ALTERED' });
      });
    });

    test('writes to what was put back exactly as it was', async () => {
      const opened = await open();
      await anOfficeWithAdmin(opened.store);
      const [row] = (await anew(opened, (store) => store.read((tx) => tx.db.select().from(tx.t.office)))) as object[];
      expect(row).toBeDefined();
      if (dialect === 'sqlite') await tamper(opened, 'vacuum; analyze');
      else await tamper(opened, 'analyze; create table others (id text); create view seen as select code from funds');
      await anew(opened, rename);
      expect(await anew(opened, names)).toContainEqual({ name: 'Loot Ltd' });
    });
  });

  test.runIf(dialect === 'sqlite')('a process that runs finds what is altered meanwhile', async () => {
    const opened = await open();
    await anOfficeWithAdmin(opened.store);
    await rename(opened.store);
    await tamper(opened, `drop trigger ${WEAKER}`);
    await expect(rename(opened.store)).rejects.toMatchObject({ code: 'SCHEMA_ALTERED' });
  });

  test.runIf(dialect === 'postgres')(
    'names mean the office’s own tables, whatever a database says of them',
    async () => {
      const opened = await open();
      await anOfficeWithAdmin(opened.store);
      await tamper(
        opened,
        `create schema evil; create table evil.companies (like public.companies);
       do $$ begin execute format('alter database %I set search_path = evil, public', current_database()); end $$`,
      );
      expect(await anew(opened, names)).not.toEqual([]);
      await anew(opened, rename);
      expect(await anew(opened, names)).toEqual([{ name: 'Loot Ltd' }]);
    },
  );

  describe('a repair', () => {
    const repair = ({ url }: Opened, dryRun = false) =>
      repairSchema(url, { clock: () => new Date(), dryRun, origin: ORIGIN });
    const weaken =
      dialect === 'sqlite'
        ? `drop trigger ${WEAKER}; drop trigger funds_fixed; create trigger funds_fixed before update on funds when NEW.id = '' begin select 1; end;
           drop index payments_created; create trigger tip after insert on users begin select 1; end`
        : `drop trigger ${WEAKER} on ledger_entries; alter table funds disable trigger funds_fixed; drop index payments_created;
           create or replace function treasury_refuse() returns trigger language plpgsql as $$ begin return NEW; end $$;
           ${EVIL} create trigger tip after insert on users for each row execute function evil()`;

    test('puts guards back, takes added ones away, and leaves an event that says so', async () => {
      const opened = await open();
      await anOfficeWithAdmin(opened.store);
      await tamper(opened, weaken);
      expect((await repair(opened, true)).repaired.length).toBeGreaterThan(3);
      await expect(anew(opened, rename)).rejects.toMatchObject({ code: 'SCHEMA_ALTERED' });
      const { repaired, left } = await repair(opened);
      expect(left).toEqual([]);
      expect(repaired).toEqual(
        expect.arrayContaining([
          `trigger ${WEAKER} of ledger_entries is missing`,
          'trigger funds_fixed of funds was altered',
          'index payments_created of payments is missing',
          'trigger tip of users was added',
        ]),
      );
      expect(await repair(opened)).toMatchObject({ repaired: [], left: [], fix: null });
      await anew(opened, rename);
      const events = await anew(opened, (store) => store.read((tx) => tx.db.select().from(tx.t.auditEvents)));
      const told = events.filter((event) => event.action === 'schema.repaired');
      expect(told).toHaveLength(1);
      expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({ actor: 'system', payload: { repaired } });
    });

    test('does not touch what holds rows, and says what would', async () => {
      const opened = await open();
      await anOfficeWithAdmin(opened.store);
      await tamper(opened, `alter table funds add column owner text; ${weaken}`);
      const { repaired, left, fix } = await repair(opened);
      expect(repaired.length).toBeGreaterThan(3);
      expect(left).toEqual([dialect === 'sqlite' ? 'table funds was altered' : 'column owner of funds was added']);
      expect(fix).toContain('backup');
      await expect(anew(opened, rename)).rejects.toMatchObject(altered(...left));
    });

    test('cannot make a unique index of rows that are not', async () => {
      const opened = await open();
      await anOfficeWithAdmin(opened.store);
      const index = 'change_confirmations_once';
      const zero = '00000000-0000-0000-0000-00000000000';
      const off = dialect === 'sqlite' ? 'pragma foreign_keys = off;' : 'set session_replication_role = replica;';
      const at = dialect === 'sqlite' ? '0' : 'now()';
      const row = (n: number) =>
        `insert into change_confirmations values ('${zero}${n}', '${zero}8', '${zero}9', ${at});`;
      const guard =
        dialect === 'sqlite'
          ? 'drop trigger change_confirmations_no_replace; drop trigger change_confirmations_segregation;'
          : '';
      await tamper(opened, `${off} ${guard} drop index ${index}; ${row(1)} ${row(2)}`);
      await expect(repair(opened)).rejects.toMatchObject({ kind: 'integrity', code: 'SCHEMA_NOT_REPAIRABLE' });
    });
  });
});
