import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { approveVariances } from '../../src/operations/approve-variance.ts';
import { autoReconcile } from '../../src/operations/auto-reconcile.ts';
import { previewStatement, type ReconcileRequest } from '../../src/operations/reconcile-statement.ts';
import { recordPaymentVariance } from '../../src/operations/record-variance.ts';
import { undoMatch } from '../../src/operations/undo-match.ts';
import { judgeInvariants } from '../../src/store/invariants.ts';
import { openStore } from '../../src/store/open.ts';
import { newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import { mpesaStatement, type StatementRow } from '../acceptance/a-statement.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';
import { aTamperer } from '../support/tampering.ts';
import { HELD_RULES } from '../support/held-rules.ts';
import { LINES } from '../../src/operations/verify-lines.ts';

eachDatabase((open, dialect) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let receipts = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });

  /** A payment that was made under a receipt of its own. */
  const paidUnder = async (
    fund: Row<'funds'>,
    amount: string,
  ): Promise<{ payment: Row<'payments'>; receipt: string }> => {
    receipts += 1;
    const receipt = `SKX${String(receipts).padStart(7, '0')}`;
    const payment = await office.payment(fund, { amount, method: 'mpesa' });
    await office.pay(payment, people.carol, receipt);
    return { payment, receipt };
  };
  const request = (fund: Row<'funds'>, rows: readonly StatementRow[], opening = 10_000): ReconcileRequest => {
    const bytes = new TextEncoder().encode(
      mpesaStatement(
        opening,
        rows.map((row) => ({ day: '2026-10-18', ...row })),
      ),
    );
    return {
      fund: fund.code,
      source: { name: 'month.csv', type: null, profile: null, pieces: () => [bytes] },
      tellAll: true,
      onProgress: () => undefined,
    };
  };
  const statusOf = async (payment: Row<'payments'>): Promise<string> => (await office.state(payment)).payment.status;
  const broken = async (): Promise<string[]> =>
    (await office.store.read((tx) => judgeInvariants(tx, [...HELD_RULES, ...LINES], null))).flatMap(
      ({ invariant, broken: found }) => found.map(({ message }) => `${invariant.id}: ${message}`),
    );

  describe('a statement and a book', () => {
    test('what is counted only is saved as what is told one by one', async () => {
      const fund = await office.fund();
      const [first, second] = [await paidUnder(fund, '100'), await paidUnder(fund, '200')];
      const own = await office.payment(fund, { amount: '300', method: 'mpesa' });
      await office.pay(own, people.david, 'SKXOWN0001');
      const rows = [
        { receipt: 'SKXOWN0001', amount: -300 },
        { receipt: first.receipt, amount: -100 },
        { receipt: second.receipt, amount: -200 },
      ];
      const counted = { ...request(fund, rows), tellAll: false };
      const { outcome, applied } = await autoReconcile(office.store, people.david, counted);
      expect(outcome).toMatchObject({ matched: 2, matches: [], exceptions: [{ kind: 'own_payment' }] });
      expect(applied?.reconciliation).not.toBeNull();
      const statuses = [first.payment, second.payment, own].map(statusOf);
      expect(await Promise.all(statuses)).toEqual(['reconciled', 'reconciled', 'success']);
      const lines = await office.store.read(async (tx) => {
        const { matches, statementLines } = tx.t;
        return tx.db
          .select({ receipt: statementLines.externalId })
          .from(matches)
          .innerJoin(statementLines, eq(statementLines.id, matches.lineId))
          .where(eq(statementLines.fundId, fund.id))
          .orderBy(statementLines.seq);
      });
      // M-Pesa writes the newest first.
      expect(lines.map(({ receipt }) => receipt)).toEqual([second.receipt, first.receipt]);
      expect(await broken()).toEqual([]);
    });

    test('a receipt without many digits is one on a line of this file, and on one of an earlier', async () => {
      const fund = await office.fund();
      const pay = async (receipt: string): Promise<Row<'payments'>> => {
        const payment = await office.payment(fund, { amount: '100', method: 'mpesa' });
        await office.pay(payment, people.carol, receipt);
        return payment;
      };
      const first = await pay('SKTQDMWXYZ');
      const rows = ['SKTQDMWXYZ', 'SKTQDMWXAB'].map((receipt) => ({ receipt, amount: -100 }));
      const { outcome } = await previewStatement(office.store, people.david, request(fund, rows));
      expect(outcome.matches).toMatchObject([{ pass: 'external_id', lines: [{ externalId: 'SKTQDMWXYZ' }] }]);
      await autoReconcile(office.store, people.david, request(fund, rows));
      const second = await pay('SKTQDMWXAB');
      const later = await autoReconcile(office.store, people.david, request(fund, rows));
      expect(later).toMatchObject({ skipped: 2, outcome: { matches: [{ pass: 'external_id' }] } });
      expect(await Promise.all([first, second].map(statusOf))).toEqual(['reconciled', 'reconciled']);
      expect(await broken()).toEqual([]);
    });

    test.each([
      ['2062-10-18', 'is more than 31 days after today'],
      ['1989-10-18', 'is before 1990'],
    ])('a line of %s is imported on the word of a CFO only', async (day, why) => {
      const fund = await office.fund();
      const file = request(fund, [{ receipt: 'SKXOTHER03', amount: -5, day }]);
      const said = `it is the first line booked on a day that cannot be: ${day} ${why}`;
      const previewed = await previewStatement(office.store, people.david, file);
      expect(previewed.read.faults.join()).toContain(said);
      await expect(autoReconcile(office.store, people.david, file)).rejects.toMatchObject({
        code: 'STATEMENT_UNBALANCED',
        message: expect.stringContaining(said) as string,
      });
      const accepted = { ...file, acceptUnbalanced: true };
      await expect(autoReconcile(office.store, people.david, accepted)).rejects.toMatchObject({ kind: 'forbidden' });
      expect((await autoReconcile(office.store, people.esther, accepted)).applied?.statement).toMatch(/^sta_/);
    });

    test('what was matched with a line that a whole statement does not have is told until it is undone', async () => {
      const fund = await office.fund();
      const { payment, receipt } = await paidUnder(fund, '100');
      const rows = [{ receipt, amount: -100 }];
      const file = request(fund, [...rows, { receipt: 'SKXOTHER02', amount: -5 }]);
      const pieces = [...file.source.pieces()].map((piece) => Buffer.from(piece).toString('utf8'));
      const bytes = new TextEncoder().encode(pieces.join('').replace(',9900.00,', ',9900.05,'));
      const faulty = { ...file, source: { ...file.source, pieces: () => [bytes] } };
      await autoReconcile(office.store, people.esther, { ...faulty, acceptUnbalanced: true });
      const whole = await autoReconcile(office.store, people.david, file);
      const [told, ...more] = whole.outcome.exceptions.filter(({ kind }) => kind === 'unbalanced');
      const command = /^treasury reconcile undo (mat_\w+)$/.exec(told?.suggestedCommand ?? '')?.[1] ?? '';
      expect([told, ...more]).toMatchObject([{ amountMinor: -10_000, entry: { payment: payment.ref } }]);
      expect(told?.message).toMatch(
        new RegExp(`^${command} ties ${payment.ref} to stl_\\w+, which sta_\\w+ in its place`),
      );
      const again = await previewStatement(office.store, people.david, file);
      expect(again.outcome.exceptions).toContainEqual(
        expect.objectContaining({ suggestedCommand: told?.suggestedCommand }),
      );
      await undoMatch(office.store, people.david, { match: command, reason: 'it never happened' });
      const undone = await autoReconcile(office.store, people.david, file);
      expect(undone.outcome).toMatchObject({ matched: 1, exceptions: [{ kind: 'statement_only' }] });
      expect(await statusOf(payment)).toBe('reconciled');
      expect(undone.outcome.agreement).toMatchObject({ ledgerOnlyMinor: expect.any(Number), statementOnlyMinor: -500 });
    });

    test('two treasurers at once give one set of matches', async () => {
      const fund = await office.fund();
      const paid = [await paidUnder(fund, '100'), await paidUnder(fund, '200'), await paidUnder(fund, '300')];
      const rows = paid.map(({ receipt }, at) => ({ receipt, amount: -(at + 1) * 100 }));
      const other = await openStore(office.url, { clock: () => office.clock.now });
      try {
        const [one, two] = await Promise.all([
          autoReconcile(office.store, people.david, request(fund, rows)),
          autoReconcile(other, people.esther, request(fund, rows)),
        ]);
        expect(one.outcome.matched + two.outcome.matched).toBe(3);
        expect([one.skipped, two.skipped].toSorted()).toEqual([0, 3]);
      } finally {
        await other.close();
      }
      for (const { payment } of paid) expect(await statusOf(payment)).toBe('reconciled');
      expect(await broken()).toEqual([]);
      expect(await bookFaults(office.store)).toEqual([]);
    });

    test('overlapping halves in any order match what the whole would', async () => {
      const outcomes: string[][] = [];
      for (const order of [
        [0, 1],
        [1, 0],
      ] as const) {
        const fund = await office.fund();
        const paid: Awaited<ReturnType<typeof paidUnder>>[] = [];
        for (let at = 0; at < 6; at += 1) paid.push(await paidUnder(fund, '50'));
        const rows = paid.map(({ receipt }) => ({ receipt, amount: -50 }));
        const halves = [request(fund, rows.slice(0, 4)), request(fund, rows.slice(2), 10_000 - 100)];
        for (const at of order) {
          const half = halves[at];
          if (half !== undefined) await autoReconcile(office.store, people.david, half);
        }
        outcomes.push(await Promise.all(paid.map(({ payment }) => statusOf(payment))));
      }
      expect(outcomes).toEqual([Array(6).fill('reconciled'), Array(6).fill('reconciled')]);
      expect(await broken()).toEqual([]);
    });

    test('an error at any statement leaves neither lines nor matches nor a reconciled payment', async () => {
      const fund = await office.fund();
      const { payment, receipt } = await paidUnder(fund, '75');
      const wish = request(fund, [
        { receipt, amount: -75 },
        { receipt: 'SKXUNKNOWN', amount: -5 },
      ]);
      const failingAt = async (statement: number) => {
        let seen = 0;
        office.fault.strike = () => {
          seen += 1;
          if (seen === statement) throw new Error('the disk is gone');
        };
        try {
          return await autoReconcile(office.store, people.david, wish);
        } catch (error) {
          expect(error).toMatchObject({ message: 'the disk is gone' });
          return null;
        } finally {
          office.fault.strike = null;
        }
      };
      let failures = 0;
      let done = await failingAt(1);
      for (; done === null; done = await failingAt(failures + 1)) {
        failures += 1;
        expect(await statusOf(payment)).toBe('success');
      }
      expect(failures).toBeGreaterThan(10);
      // Nothing of the failed ones was left: all lines are new, and the match is made now.
      expect([done.skipped, done.outcome.matched]).toEqual([0, 1]);
      expect(await broken()).toEqual([]);
    });

    test('nobody matches what they executed: it is left to another person', async () => {
      const fund = await office.fund();
      const { payment, receipt } = await paidUnder(fund, '60');
      const { executorId } = (await office.state(payment)).payment;
      const treasurer: Actor = { ...people.david, userId: executorId ?? '' };
      const { outcome } = await previewStatement(office.store, treasurer, request(fund, [{ receipt, amount: -60 }]));
      expect(outcome.matched).toBe(0);
      expect(outcome.exceptions.map(({ kind }) => kind)).toEqual(['own_payment']);
    });

    test('undone, everything is as it was, and may be matched again', async () => {
      const fund = await office.fund();
      const { payment, receipt } = await paidUnder(fund, '80');
      const wish = request(fund, [{ receipt, amount: -80 }]);
      const { outcome } = await autoReconcile(office.store, people.david, wish);
      const [match] = outcome.matches;
      await undoMatch(office.store, people.esther, { match: match?.ref ?? '', reason: 'mistaken' });
      expect(await statusOf(payment)).toBe('success');
      expect(await broken()).toEqual([]);
      const again = await autoReconcile(office.store, people.david, wish);
      expect([again.skipped, again.outcome.matched]).toEqual([1, 1]);
      expect(await statusOf(payment)).toBe('reconciled');
    });

    test('in one run what fits is reconciled, and what differs waits, its payment as it was paid', async () => {
      const fund = await office.fund();
      const [fits, differs] = [await paidUnder(fund, '70'), await paidUnder(fund, '75')];
      const rows = [
        { receipt: fits.receipt, amount: -70 },
        { receipt: differs.receipt, amount: -76 },
      ];
      const { outcome } = await autoReconcile(office.store, people.david, request(fund, rows));
      expect(outcome.matched).toBe(1);
      expect([await statusOf(fits.payment), await statusOf(differs.payment)]).toEqual(['reconciled', 'success']);
      expect(await broken()).toEqual([]);
    });

    test('who made a payment is told that another records its difference, and misses it', async () => {
      const fund = await office.fund();
      const [own, missing] = [
        await office.payment(fund, { amount: '300', method: 'mpesa' }),
        await office.payment(fund),
      ];
      await office.pay(own, people.david, 'SKXOWN0002');
      await office.pay(missing, people.david);
      const rows = [{ receipt: 'SKXOWN0002', amount: -301, day: '2026-10-19' }];
      const told = async (who: Actor) =>
        (await previewStatement(office.store, who, request(fund, rows))).outcome.exceptions.map(
          ({ kind, message, suggestedCommand }) => ({ kind, message, suggestedCommand }),
        );
      const byDavid = await told(people.david);
      expect(byDavid).toMatchObject([
        { kind: 'amount_differs', suggestedCommand: `treasury reconcile month.csv --fund ${fund.code} --auto` },
        { kind: 'ledger_only' },
      ]);
      expect(byDavid[0]?.message).toContain(`${own.ref} was requested or executed by david, so another person records`);
      expect(byDavid[1]?.message).toContain(`${missing.ref} was requested or executed by david, so another person`);
      const byEsther = await told(people.esther);
      expect(byEsther[0]?.suggestedCommand).toBe(`treasury reconcile payment ${own.ref} --amount 301.00`);
      for (const { message } of byEsther) expect(message).not.toContain('another person');
    });

    test('whoever changes a match past the guards is found', async () => {
      const fund = await office.fund();
      const paid = [await paidUnder(fund, '90'), await paidUnder(fund, '90')];
      await autoReconcile(
        office.store,
        people.david,
        request(
          fund,
          paid.map(({ receipt }) => ({ receipt, amount: -90 })),
        ),
      );
      expect(await broken()).toEqual([]);
      const tamperer = await aTamperer(office.url, dialect);
      try {
        const entries = `(select id from ledger_entries where fund_id = '${fund.id}')`;
        const lines = `statement_lines where fund_id = '${fund.id}'`;
        const executor = `(select executor_id from payments where fund_id = '${fund.id}' limit 1)`;
        const firstLine = `(select id from ${lines} order by ref limit 1)`;
        // What is put beside a match later, as an approved adjustment is, but is none.
        const later = dialect === 'sqlite' ? 'created_at + 1000' : "created_at + interval '1 second'";
        const joining = `insert into matches (id, ref, reconciliation_id, group_seq, line_part, entry_id, entry_part, pass, score, reasons, matched_by, created_at)
          select '${newId()}', 'mat_forged', reconciliation_id, group_seq, 1, (select id from ledger_entries where fund_id = '${fund.id}' and kind = 'opening'), 1, 'amount_differs', 0, '[]', matched_by, ${later}
          from matches where entry_id in ${entries} order by ref limit 1`;
        const breaks: readonly (readonly [invariant: string, table: string, sql: string])[] = [
          ['run_digests', 'matches', `update matches set pass = 'by_hand' where entry_id in ${entries}`],
          ['run_digests', 'matches', joining],
          ['run_counts', 'matches', `delete from matches where entry_id in ${entries}`],
          ['reconciled_by_match', 'matches', `delete from matches where entry_id in ${entries}`],
          ['matcher_differs', 'matches', `update matches set matched_by = ${executor} where entry_id in ${entries}`],
          ['runs_told', 'reconciliations', `update reconciliations set created_by = ${executor}`],
          ['runs_told', 'reconciliations', 'delete from reconciliations'],
          [
            'undone_told',
            'matches',
            `update matches set undone_by = matched_by, undone_at = ${later.split(' ')[0]} where entry_id in ${entries}`,
          ],
          [
            'matched_once',
            'matches',
            `update matches set line_part = 2, line_id = ${firstLine} where entry_id in ${entries} and line_id <> ${firstLine}`,
          ],
          [
            'match_sums',
            'statement_lines',
            `update statement_lines set amount_minor = amount_minor - 1 where fund_id = '${fund.id}'`,
          ],
          ['open_lines', 'matches', `delete from matches where entry_id in ${entries}`],
          ['lines_told', 'statement_lines', `update statement_lines set amount_minor = -80 where id = ${firstLine}`],
          ['lines_told', 'statement_lines', `update statement_lines set description = 'Rent' where id = ${firstLine}`],
          ['lines_told', 'statement_lines', `update statement_lines set identity = 'x' where id = ${firstLine}`],
          ['lines_told', 'statement_lines', `delete from statement_lines where id = ${firstLine}`],
          ['lines_told', 'statements', `delete from statements where fund_id = '${fund.id}'`],
          ['lines_told', 'statements', `update statements set file_digest = 'x' where fund_id = '${fund.id}'`],
          ['statement_lines', 'statements', `update statements set new_lines = 1 where fund_id = '${fund.id}'`],
        ];
        for (const [invariant, table, sql] of breaks) {
          expect((await tamperer.during([table], sql, [], broken)).join('; '), sql).toContain(`${invariant}: `);
        }
      } finally {
        await tamperer.close();
      }
      expect(await broken()).toEqual([]);
    });

    test('the book up to a day is what all its entries up to it come to, whether all are open or some are matched', async () => {
      const fund = await office.fund();
      const rows: StatementRow[] = [];
      const agree = async (): Promise<void> => {
        for (const day of ['2026-10-17', '2026-10-18', '2026-10-19', '2026-10-20']) {
          const asked = rows.map((one) => ({ ...one, day }));
          const { outcome } = await previewStatement(office.store, people.david, request(fund, asked));
          const entries = await office.store.read(async (tx) => {
            const { ledgerEntries: e } = tx.t;
            return tx.db.select().from(e).where(eq(e.fundId, fund.id));
          });
          const sum = entries
            .filter(({ valueDate }) => valueDate <= day)
            .reduce((all, { type, amountMinor }) => all + (type === 'debit' ? -amountMinor : amountMinor), 0);
          expect(outcome.agreement, day).toMatchObject({ day, ledgerMinor: sum });
        }
      };
      for (const amount of [100, 200, 300]) {
        const { receipt } = await paidUnder(fund, String(amount));
        rows.push({ receipt, amount: -amount });
        office.clock.now = new Date(office.clock.now.getTime() + 24 * 60 * 60 * 1000);
      }
      await agree();
      await autoReconcile(office.store, people.david, request(fund, rows.slice(0, 2)));
      await agree();
    });

    test('a payment that was adjusted and that no statement shows yet is open with its adjustment, saved or not', async () => {
      const fund = await office.fund();
      const [shown, adjusted] = [await paidUnder(fund, '90'), await paidUnder(fund, '70')];
      const { view } = await recordPaymentVariance(office.store, people.david, {
        ...{ paymentId: adjusted.payment.id, adjusted: '75', reason: 'the receipt' },
      });
      const [approved] = await approveVariances(office.store, people.esther, {
        variances: [view.variance.ref],
        reason: 'right',
      });
      expect(approved).toBeDefined();
      const statement = request(fund, [{ receipt: shown.receipt, amount: -90, day: '2026-10-31' }]);
      const expected = { ledgerOnlyMinor: -7500, statementOnlyMinor: 0, differsMinor: 0 };
      const preview = await previewStatement(office.store, people.david, statement);
      expect(preview.outcome.agreement).toMatchObject(expected);
      const saved = await autoReconcile(office.store, people.david, statement);
      expect(saved.outcome.agreement).toEqual(preview.outcome.agreement);
      expect((await previewStatement(office.store, people.david, statement)).outcome.agreement).toMatchObject(expected);
    });
  });
});
