import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addProfile } from '../../src/operations/add-profile.ts';
import { IMPORTING } from '../../src/operations/import-statement.ts';
import { matchByHand } from '../../src/operations/match-by-hand.ts';
import { undoMatch } from '../../src/operations/undo-match.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { aFile, aLine, takeFile } from '../support/a-statement.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { rawConnection, type Raw, type Value } from '../support/raw.ts';

type Copied = Record<string, Value>;

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let raw: Raw;
  /** Two payments that Carol made: the first is matched, the second was. */
  let paid: Row<'payments'>[];
  let statement: Row<'statements'>;
  let lines: string[];
  let [match, undone]: Copied[] = [];
  let elsewhere: { fundId: string; line: string; statement: string };

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
    const fund = await office.fund();
    paid = [await office.payment(fund), await office.payment(fund), await office.payment(fund)];
    for (const payment of paid) await office.pay(payment);
    const take = (fundId: string, count: number) =>
      office.store.write(async (tx) => {
        const file = { ...aFile(fundId, linesOf(count)), acceptFaults: true };
        return takeFile(tx, people.esther, file);
      }, IMPORTING);
    const imported = await take(fund.id, 4);
    [statement] = imported.statements as [Row<'statements'>];
    lines = [0, 1, 2, 3].map((at) => imported.ids.at(at));
    const other = await office.fund();
    const second = await take(other.id, 1);
    elsewhere = { fundId: other.id, line: second.ids.at(0), statement: second.statements[0]?.id ?? '' };
    for (const at of [0, 1]) {
      const wish = { line: lines[at] ?? '', entry: paid[at]?.ref ?? '', reason: 'seen in the app' };
      const made = await matchByHand(office.store, people.david, wish);
      if (at === 1) await undoMatch(office.store, people.david, { match: made.match.ref, reason: 'not that one' });
    }
    const sample = { pieces: () => [Buffer.from('Date,Text,Amount\n2026-10-01,x,5.00\n')] };
    const written = { name: 'stanbic', date: 'Date', date_formats: ['yyyy-MM-dd'], description: ['Text'] };
    await addProfile(office.store, people.david, {
      ...sample,
      written: { ...written, amount: { rule: 'signed', amount: 'Amount' } },
    });
    raw = await rawConnection(office.url, dialect);
    [match] = await raw.run('SELECT * FROM matches WHERE undone_at IS NULL');
    [undone] = await raw.run('SELECT * FROM matches WHERE undone_at IS NOT NULL');
  });
  afterAll(() => raw.close());

  const linesOf = (count: number) => Array.from({ length: count }, () => aLine({ amountMinor: -100_000 }));

  const TABLES = [
    'statement_profiles',
    'statements',
    'statement_lines',
    'open_lines',
    'reconciliations',
    'matches',
    'fee_rules',
    'payments',
  ];
  const KEYS: Readonly<Record<string, string>> = { statement_profiles: 'name', open_lines: 'line_id' };
  const everything = async () => {
    const rows: Copied[][] = [];
    for (const table of TABLES) rows.push(await raw.run(`SELECT * FROM ${table} ORDER BY ${KEYS[table] ?? 'id'}`));
    return rows;
  };

  /** The statement fails with what the guard says, and nothing in the database has changed. */
  async function refuses(says: RegExp, statement: string, ...values: readonly Value[]): Promise<void> {
    const before = await everything();
    await expect(raw.run(statement, ...values), statement).rejects.toThrow(says);
    expect(await everything()).toEqual(before);
  }

  const insertOf = (table: string, row: Copied, verb = 'INSERT'): string =>
    `${verb} INTO ${table} (${Object.keys(row)
      .map((column) => `"${column}"`)
      .join(', ')}) VALUES (${Object.keys(row)
      .map(() => '?')
      .join(', ')})`;
  const refusesRow = (says: RegExp, table: string, row: Copied, verb?: string): Promise<void> =>
    refuses(says, insertOf(table, row, verb), ...Object.values(row));

  /** The same of rows in one statement, however it puts them in: none of them is kept. */
  async function refusesRows(says: RegExp, table: string, rows: readonly Copied[]): Promise<void> {
    const [first = {}] = rows;
    const columns = Object.keys(first)
      .map((column) => `"${column}"`)
      .join(', ');
    const tuple = `(${Object.keys(first)
      .map(() => '?')
      .join(', ')})`;
    const values = rows.map(() => tuple).join(', ');
    const insert = `INSERT INTO ${table} (${columns}) VALUES ${values}`;
    const ways = [insert, `${insert} ON CONFLICT DO NOTHING`];
    if (dialect === 'postgres')
      ways.push(
        `WITH added AS (${insert} RETURNING id) SELECT count(*) FROM added`,
        `${insert} ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id`,
      );
    for (const way of ways) await refuses(says, way, ...rows.flatMap((row) => Object.values(row)));
  }

  /** Every column of a table but those that may change, each to something else. */
  async function refusesEveryChange(says: RegExp, table: string, changeable: readonly string[] = []): Promise<void> {
    const columns = await raw.run(COLUMNS[dialect], table);
    expect(columns.length).toBeGreaterThan(3);
    for (const { name, type } of columns) {
      if (changeable.includes(String(name))) continue;
      await refuses(
        says,
        `UPDATE ${table} SET "${String(name)}" = ${otherThan(String(name), String(type).toLowerCase())}`,
      );
    }
    await refuses(/immutable|never deleted/, `DELETE FROM ${table}`);
    const [row = {}] = await raw.run(`SELECT * FROM ${table} ORDER BY ${TRIED_AGAIN[table] ?? 1} LIMIT 1`);
    if (dialect === 'postgres') await refuses(/immutable|never deleted/, `TRUNCATE ${table} CASCADE`);
    else await refusesRow(/immutable|never replaced/, table, row, 'INSERT OR REPLACE');
  }

  /** Which row is put in a second time, where others are refused for another reason. */
  const TRIED_AGAIN: Readonly<Record<string, string>> = { open_lines: 'closed_at IS NOT NULL' };
  const COLUMNS = {
    sqlite: 'SELECT name, type FROM pragma_table_info(?)',
    postgres: 'SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = ?',
  };
  const otherThan = (name: string, type: string): string => {
    if (type === 'text') return "'x'";
    if (type === 'uuid') return `'${newId()}'`;
    if (type === 'boolean') return `"${name}" IS NOT TRUE`;
    return type.startsWith('timestamp') ? "'2020-01-01'" : '12345';
  };

  describe('a column profile', () => {
    test('never changes, whatever it says', () => refusesEveryChange(/immutable/, 'statement_profiles'));
  });

  describe('a statement', () => {
    test('keeps what was read, for ever', () => refusesEveryChange(/never changes/, 'statements', ['replaced_by']));

    test('with faults is accepted by somebody', async () => {
      const [row = {}] = await raw.run("SELECT * FROM statements WHERE faults = '[]' LIMIT 1");
      const forged = { ...row, id: newId(), ref: 'sta_forged' };
      await refusesRow(/statements_faulty_is_accepted/, 'statements', { ...forged, faults: '[{}]', accepted_by: null });
      await refusesRow(/statements_counts/, 'statements', { ...forged, new_lines: 99, line_count: 4 });
    });

    test('that another took the place of stays so', async () => {
      await raw.run('UPDATE statements SET replaced_by = ? WHERE id = ?', elsewhere.statement, statement.id);
      for (const by of ["'x'", 'NULL']) {
        const other = by === 'NULL' ? by : `'${newId()}'`;
        await refuses(/stays replaced/, `UPDATE statements SET replaced_by = ${other} WHERE id = ?`, statement.id);
      }
    });
  });

  describe('a statement line', () => {
    test('never changes', () => refusesEveryChange(/immutable/, 'statement_lines'));

    test('is of its statement’s fund, and comes once', async () => {
      const [row = {}] = await raw.run('SELECT * FROM statement_lines WHERE id = ?', lines[0] ?? '');
      const forged = { ...row, id: newId(), ref: 'stl_forged', seq: 77, identity: '261005forged' };
      await refusesRow(/of another fund/, 'statement_lines', { ...forged, fund_id: elsewhere.fundId });
      await refusesRow(/immutable|statement_lines_once/, 'statement_lines', {
        ...forged,
        identity: row['identity'] ?? null,
      });
      await refusesRow(/immutable|statement_lines_seq/, 'statement_lines', { ...forged, seq: row['seq'] ?? null });
      await refusesRow(/immutable|statement_lines_ref/, 'statement_lines', { ...forged, ref: row['ref'] ?? null });
      await refusesRow(/statement_lines_occurrence/, 'statement_lines', { ...forged, occurrence: 0 });
      const most = '9007199254740992';
      await refusesRow(/statement_lines_amount|Out of range|out of range/i, 'statement_lines', {
        ...forged,
        amount_minor: most,
      });
    });
  });

  test('among many lines in one statement, one of another fund refuses them all', async () => {
    const [row = {}] = await raw.run('SELECT * FROM statement_lines WHERE id = ?', lines[0] ?? '');
    const many: Copied[] = [1, 2, 3].map((at) => ({
      ...{ ...row, id: newId(), ref: `stl_many${at}`, seq: 80 + at, identity: `261005many${at}` },
    }));
    for (const at of many.keys())
      await refusesRows(
        /of another fund/,
        'statement_lines',
        many.with(at, { ...many[at], fund_id: elsewhere.fundId }),
      );
  });

  describe('an open line', () => {
    const A_TIME = '(SELECT min(created_at) FROM statements)';

    test('says what its line says, for ever', async () => {
      await refusesEveryChange(/never changes/, 'open_lines', ['closed_at', 'replaced_by']);
      const [row = {}] = await raw.run('SELECT * FROM open_lines WHERE line_id = ?', lines[2] ?? '');
      const matched = { ...row, line_id: lines[0] ?? '' };
      await refusesRow(/not what its line says/, 'open_lines', { ...matched, amount_minor: -1 });
      await refusesRow(/not what its line says/, 'open_lines', { ...matched, fund_id: elsewhere.fundId });
      await refusesRow(/closed by nothing/, 'open_lines', { ...matched, closed_at: await aTime() });
    });

    const aTime = async (): Promise<Value> =>
      (await raw.run('SELECT closed_at FROM open_lines WHERE closed_at IS NOT NULL'))[0]?.['closed_at'] ?? null;

    test('is closed by a live match, and by nothing else', async () => {
      for (const line of [lines[1], lines[2]])
        await refuses(/closed by nothing/, `UPDATE open_lines SET closed_at = ${A_TIME} WHERE line_id = ?`, line ?? '');
      await refuses(/replaced_is_closed/, 'UPDATE open_lines SET replaced_by = ?', elsewhere.statement);
    });

    test('is replaced for good, by the statement in whose place its own came', async () => {
      const replace = `UPDATE open_lines SET closed_at = ${A_TIME}, replaced_by = ? WHERE line_id = ?`;
      await refuses(/than its own was/, replace, statement.id, lines[3] ?? '');
      await refuses(/than its own was/, replace, elsewhere.statement, elsewhere.line);
      await raw.run(replace, elsewhere.statement, lines[3] ?? '');
      for (const undo of ['replaced_by = NULL', 'closed_at = NULL, replaced_by = NULL'])
        await refuses(
          /stays replaced|closed by nothing/,
          `UPDATE open_lines SET ${undo} WHERE line_id = ?`,
          lines[3] ?? '',
        );
    });
  });

  describe('a reconciliation', () => {
    test('never changes', () => refusesEveryChange(/immutable/, 'reconciliations'));

    test('is made in one of the ways there are', async () => {
      const [row = {}] = await raw.run('SELECT * FROM reconciliations LIMIT 1');
      await refusesRow(/reconciliations_mode/, 'reconciliations', {
        ...row,
        id: newId(),
        ref: 'rec_forged',
        mode: 'guess',
      });
    });
  });

  describe('a match', () => {
    const forged = (change: Copied): Copied => ({ ...match, id: newId(), ref: 'mat_forged', ...change });
    /** The debit of a payment that nothing is matched with. */
    const openEntry = async (): Promise<Value> =>
      (
        await raw.run("SELECT id FROM ledger_entries WHERE payment_id = ? AND kind = 'payment'", paid[2]?.id ?? '')
      )[0]?.['id'] ?? null;

    test('keeps what was matched, for ever', () =>
      refusesEveryChange(/never changes/, 'matches', ['undone_by', 'undone_at', 'undone_reason']));

    test('is undone once, by somebody, and never made undone', async () => {
      const at = "undone_at = created_at, undone_reason = 'x'";
      await refuses(/matches_undone/, `UPDATE matches SET ${at} WHERE id = ?`, match?.['id'] ?? null);
      await refuses(
        /stays undone/,
        `UPDATE matches SET undone_at = NULL, undone_by = NULL WHERE id = ?`,
        undone?.['id'] ?? null,
      );
      await refuses(/stays undone/, "UPDATE matches SET undone_reason = 'other' WHERE id = ?", undone?.['id'] ?? null);
      const { undone_at: when = null, undone_by: by = null } = undone ?? {};
      const entry = await openEntry();
      await refusesRow(
        /new match is live/,
        'matches',
        forged({ entry_id: entry, line_id: lines[2] ?? '', undone_at: when, undone_by: by }),
      );
    });

    test('has a line and an entry that nothing else is matched with', async () => {
      const entry = await openEntry();
      await refusesRow(/matches_live_line|UNIQUE|matched once/, 'matches', forged({ entry_id: entry }));
      await refusesRow(/matches_live_entry|UNIQUE|matched once/, 'matches', forged({ line_id: lines[2] ?? '' }));
    });

    test('has several lines or several entries only in one group, one after the other', async () => {
      const entry = await openEntry();
      const [run = {}] = await raw.run(
        'SELECT * FROM reconciliations WHERE id = ?',
        match?.['reconciliation_id'] ?? null,
      );
      const other = { ...run, id: newId(), ref: 'rec_other' };
      await raw.run(insertOf('reconciliations', other), ...Object.values(other));
      for (const change of [{ reconciliation_id: other.id }, { group_seq: 99 }, { line_part: 3 }])
        await refusesRow(/a line is matched once/, 'matches', forged({ entry_id: entry, line_part: 2, ...change }));
      for (const change of [{ reconciliation_id: other.id }, { group_seq: 99 }, { entry_part: 3 }])
        await refusesRow(
          /an entry is matched once/,
          'matches',
          forged({ line_id: lines[2] ?? '', entry_part: 2, ...change }),
        );
      await refusesRow(
        /matches_parts|matched once/,
        'matches',
        forged({ entry_id: entry, line_id: lines[2] ?? '', line_part: 2, entry_part: 2 }),
      );
      await refusesRow(
        /matches_parts|matched once/,
        'matches',
        forged({ entry_id: entry, line_id: lines[2] ?? '', line_part: 0 }),
      );
    });

    test('is of one fund, and of the person who reconciled', async () => {
      const entry = await openEntry();
      const fit = { entry_id: entry, line_id: lines[2] ?? '' };
      await refusesRow(/of another fund or person/, 'matches', forged({ ...fit, line_id: elsewhere.line }));
      await refusesRow(/of another fund or person/, 'matches', forged({ ...fit, matched_by: people.esther.userId }));
      const [credit] = await raw.run('SELECT id FROM ledger_entries WHERE fund_id = ?', elsewhere.fundId);
      await refusesRow(/of another fund or person/, 'matches', forged({ ...fit, entry_id: credit?.['id'] ?? null }));
    });

    test('is made by nobody who requested or executed the payment', async () => {
      const entry = await openEntry();
      const [run = {}] = await raw.run(
        'SELECT * FROM reconciliations WHERE id = ?',
        match?.['reconciliation_id'] ?? null,
      );
      for (const { userId, username } of [people.carol, people.amina]) {
        const own = { ...run, id: newId(), ref: `rec_${username}`, created_by: userId };
        await raw.run(insertOf('reconciliations', own), ...Object.values(own));
        const change = { reconciliation_id: own.id, matched_by: userId, entry_id: entry, line_id: lines[2] ?? '' };
        await refusesRow(/requested or executed/, 'matches', forged(change));
      }
    });

    test('among many in one statement, one that is refused refuses them all', async () => {
      const entry = await openEntry();
      const [run = {}] = await raw.run(
        'SELECT * FROM reconciliations WHERE id = ?',
        match?.['reconciliation_id'] ?? null,
      );
      const own = { ...run, id: newId(), ref: 'rec_many', created_by: people.carol.userId };
      await raw.run(insertOf('reconciliations', own), ...Object.values(own));
      const fit = forged({ entry_id: entry, line_id: lines[2] ?? '', group_seq: 50 });
      const free = { ...fit, entry_id: await creditOf(statement.fundId) };
      for (const [says, change] of [
        [/of another fund or person/, { line_id: elsewhere.line }],
        [/of another fund or person/, { matched_by: people.esther.userId }],
        [/requested or executed/, { reconciliation_id: own.id, matched_by: people.carol.userId }],
      ] as const) {
        const other = { ...fit, id: newId(), ref: 'mat_other', group_seq: 51, line_id: lines[1] ?? '', ...change };
        await refusesRows(says, 'matches', [free, other]);
        await refusesRows(says, 'matches', [other, free]);
      }
    });

    /** What the fund was opened with, which nothing is matched with. */
    const creditOf = async (fundId: string): Promise<Value> =>
      (await raw.run("SELECT id FROM ledger_entries WHERE fund_id = ? AND type = 'credit'", fundId))[0]?.['id'] ?? null;

    test('says how it was made, within what there is', async () => {
      const fit = { entry_id: await openEntry(), line_id: lines[2] ?? '' };
      await refusesRow(/matches_pass/, 'matches', forged({ ...fit, pass: 'a hunch' }));
      for (const score of [-1, 1001]) await refusesRow(/matches_score/, 'matches', forged({ ...fit, score }));
      await refusesRow(/matches_line_or_hand/, 'matches', forged({ ...fit, line_id: null, pass: 'reference' }));
    });
  });

  test('a payment is reconciled by a match, and by nothing else', async () => {
    const step = "UPDATE payments SET status = 'reconciled' WHERE id = ?";
    for (const payment of paid.slice(1)) await refuses(/without a match/, step, payment.id);
  });

  describe('a fee rule', () => {
    let rule: Copied;
    let change: string;

    test('is made by two, as a change of its own that was confirmed', async () => {
      const at = dialect === 'sqlite' ? office.clock.now.getTime() : office.clock.now.toISOString();
      const row = {
        ...{ id: newId(), ref: 'fee_forged', fund_id: statement.fundId, name: 'M-Pesa', contains: 'charge' },
        ...{ tariff: '[]', created_by: people.david.userId, created_at: at, ended_at: null, ended_by: null },
      };
      change = newId();
      const proposal = {
        ...{ id: change, ref: 'chg_forged', kind: 'fund.edit', subject: 'x', subject_user_id: null },
        ...{ before: '{}', after: '{}', payload: '{}', reason: 'x', status: 'pending' },
        ...{ proposed_by: people.david.userId, created_at: at },
      };
      const propose = async (more: Copied): Promise<Copied> => {
        const [known = {}] = await raw.run('SELECT * FROM changes LIMIT 1');
        const full = {
          ...Object.fromEntries(Object.keys(known).map((column) => [column, null])),
          ...proposal,
          ...more,
        };
        await raw.run(insertOf('changes', full), ...Object.values(full));
        return full;
      };
      await propose({ id: newId(), ref: 'chg_other' }).then((other) =>
        refusesRow(/nobody has confirmed it/, 'fee_rules', { ...row, change_id: other['id'] ?? null }),
      );
      await propose({ kind: 'fee_rule.add' });
      await refusesRow(/nobody has confirmed it/, 'fee_rules', { ...row, change_id: change });
      await raw.run(
        insertOf('change_confirmations', { id: '', change_id: '', user_id: '', created_at: '' }),
        ...[newId(), change, people.esther.userId, at],
      );
      await raw.run(
        "UPDATE changes SET status = 'confirmed', decided_by = ?, decided_at = created_at WHERE id = ?",
        people.esther.userId,
        change,
      );
      await refusesRow(/nobody has confirmed it/, 'fee_rules', {
        ...row,
        change_id: change,
        created_by: people.esther.userId,
      });
      rule = { ...row, change_id: change };
      await raw.run(insertOf('fee_rules', rule), ...Object.values(rule));
      await refusesRow(/never replaced|fee_rules_change_id/, 'fee_rules', {
        ...rule,
        id: newId(),
        ref: 'fee_again',
        name: 'other',
      });
    });

    test('keeps what was confirmed, and ends once, by somebody', async () => {
      await refusesEveryChange(/never changes/, 'fee_rules', ['ended_at', 'ended_by']);
      await refuses(/fee_rules_ended/, 'UPDATE fee_rules SET ended_at = created_at');
      await raw.run('UPDATE fee_rules SET ended_at = created_at, ended_by = ?', people.esther.userId);
      await refuses(/stays ended/, 'UPDATE fee_rules SET ended_at = NULL, ended_by = NULL');
    });
  });

  test('after all this the office is whole, but for what was put there past the tool', async () => {
    const faults = await bookFaults(office.store);
    expect(faults.filter((fault) => !/ (?:rec|chg|fee)_(?:other|forged|carol|amina|many):/.test(fault))).toEqual([]);
  });
});
