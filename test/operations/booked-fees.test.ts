import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { proposeFeeRule } from '../../src/operations/add-fee-rule.ts';
import { autoReconcile } from '../../src/operations/auto-reconcile.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { endRule } from '../../src/operations/end-fee-rule.ts';
import { previewStatement, type Reconciled, type ReconcileRequest } from '../../src/operations/reconcile-statement.ts';
import { undoMatch } from '../../src/operations/undo-match.ts';
import type { Row } from '../../src/store/tables.ts';
import { mpesaStatement, type StatementRow } from '../acceptance/a-statement.ts';
import { listAuditEvents } from '../support/audit.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const CHARGE = 'Business Payment Charge';
const TARIFF = '100:0,500:7,1000:13,*:108';

/** A file of Equity Bank with money out, which says no balances. */
const bankFile = (...rows: readonly { amount: string; text: string; day?: string }[]): string =>
  [
    'Date,Description,Debit,Credit,Balance',
    ...rows.map(({ amount, text, day = '18/10/2026' }) => `${day},${text},${amount},,`),
    '',
  ].join('\n');

eachDatabase((open) => {
  let office: PayingOffice;
  let people: PayingOffice['people'];
  let fund: Row<'funds'>;
  let receipts = 0;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    ({ people } = office);
  });
  beforeEach(async () => {
    fund = await office.fund();
  });

  const aRule = async (contains: string | null, tariff = TARIFF) => {
    const wish = { name: contains === null ? 'within' : 'charges', fund: fund.code, contains, reason: null };
    const { answer } = await proposeFeeRule(office.store, people.david, { ...wish, tariff: { text: tariff } });
    const change = answer.proposed.change.ref;
    await confirmChange(office.store, people.esther, { change, reason: null });
  };
  /** A payment that was made under a receipt of its own. */
  const paid = async (amount: string, executor: Actor = people.carol) => {
    receipts += 1;
    const receipt = `SKX${String(receipts).padStart(7, '0')}`;
    const payment = await office.payment(fund, { amount, method: 'mpesa' });
    await office.pay(payment, executor, receipt);
    return { payment, receipt };
  };
  const requestOf = (text: string): ReconcileRequest => ({
    fund: fund.code,
    source: { name: 'month.csv', type: null, profile: null, pieces: () => [new TextEncoder().encode(text)] },
    ...{ tellAll: true, onProgress: () => undefined },
  });
  const statement = (...rows: readonly StatementRow[]): ReconcileRequest =>
    requestOf(
      mpesaStatement(
        100_000,
        rows.map((row) => ({ day: '2026-10-18', ...row })),
      ),
    );
  const auto = (request: ReconcileRequest, by: Actor = people.david) => autoReconcile(office.store, by, request);
  const entries = () =>
    office.store.read(({ db, t }) =>
      db.select().from(t.ledgerEntries).where(eq(t.ledgerEntries.fundId, fund.id)).orderBy(t.ledgerEntries.seq),
    );
  const fees = async () => (await entries()).filter(({ kind }) => kind === 'fee');
  const statusOf = async (payment: Row<'payments'>) => (await office.state(payment)).payment.status;
  const undo = async ({ outcome }: Reconciled, pass: string): Promise<void> => {
    const match = outcome.matches.find((one) => one.pass === pass)?.ref ?? `no match of ${pass}`;
    await undoMatch(office.store, people.esther, { match, reason: 'to see' });
  };
  const left = ({ outcome }: Reconciled) => outcome.exceptions.map(({ kind, amountMinor }) => [kind, amountMinor]);
  const agrees = async () => expect(await bookFaults(office.store)).toEqual([]);

  describe('a charge with a line of its own', () => {
    const charged = async (amount: number, paidAmount = '500') => {
      const made = await paid(paidAmount);
      const { receipt } = made;
      const wish = statement({ receipt, amount: -Number(paidAmount) }, { receipt, amount: -amount, reason: CHARGE });
      return { ...made, wish };
    };

    test('is booked by a rule, linked to the payment by its receipt, and tied to its line', async () => {
      await aRule('payment charge');
      const { payment, wish } = await charged(7);
      const before = await office.fundNow(fund);
      const done = await auto(wish);
      expect(done.applied?.feesBooked).toBe(1);
      expect(done.outcome.exceptions).toEqual([]);
      expect(done.outcome.matches.map(({ pass }) => pass)).toEqual(['external_id', 'fee_rule']);
      const { executions } = await office.state(payment);
      expect(await fees()).toMatchObject([
        {
          ...{ type: 'debit', amountMinor: 700, paymentId: payment.id, executionId: executions[0]?.id },
          ...{ valueDate: '2026-10-18', createdBy: people.david.userId },
        },
      ]);
      expect((await office.fundNow(fund)).balanceMinor).toBe(before.balanceMinor - 700);
      const events = await office.store.read((tx) => listAuditEvents(tx, 'fee.booked'));
      expect(events.filter(({ subject }) => subject === fund.code).length).toBe(1);
      await agrees();
    });

    test('of one cent more than the tariff has for that payment is an exception', async () => {
      await aRule('payment charge');
      const { wish } = await charged(7.01);
      const done = await auto(wish);
      expect(left(done)).toEqual([['statement_only', -701]]);
      expect(await fees()).toEqual([]);
    });

    test('is capped by what was paid, to the cent: the step of exactly 500, and the next', async () => {
      await aRule('payment charge');
      const [lower, higher] = [await charged(13, '500'), await charged(13, '500.01')];
      expect((await auto(lower.wish)).applied?.feesBooked).toBe(0);
      expect((await auto(higher.wish)).applied?.feesBooked).toBe(1);
    });

    test('is booked once for a payment: two charges that come to more than the tariff do not both pass', async () => {
      await aRule('payment charge');
      const { receipt } = await paid('500');
      const charges = [
        { receipt, amount: -4, reason: CHARGE },
        { receipt, amount: -4, reason: CHARGE },
      ];
      const done = await auto(statement({ receipt, amount: -500 }, ...charges));
      expect(done.applied?.feesBooked).toBe(1);
      expect(left(done)).toEqual([['statement_only', -400]]);
      // Nor does another statement later.
      expect((await auto(statement({ receipt, amount: -3.5, reason: CHARGE }))).applied?.feesBooked).toBe(0);
      expect((await auto(statement({ receipt, amount: -3, reason: CHARGE }))).applied?.feesBooked).toBe(1);
      await agrees();
    });

    test('undone, the fee stays and the line is open; imported again nothing is booked twice', async () => {
      await aRule('payment charge');
      const { payment, wish } = await charged(7);
      const first = await auto(wish);
      await undo(first, 'fee_rule');
      const after = await entries();
      expect((await fees()).length).toBe(1);
      expect(await statusOf(payment)).toBe('reconciled');
      const again = await auto(wish);
      expect([again.applied?.feesBooked, again.outcome.matched, left(again)]).toEqual([0, 1, []]);
      expect(await entries()).toEqual(after);
      expect((await auto(wish)).outcome.matched).toBe(0);
      await agrees();
    });

    test('without an identifier it is capped by the whole tariff, and not booked twice either', async () => {
      await aRule('ledger fee');
      const wish = requestOf(bankFile({ amount: '108.00', text: 'MONTHLY LEDGER FEE' }));
      const done = await auto(wish);
      expect([done.applied?.feesBooked, left(done)]).toEqual([1, []]);
      expect(await fees()).toMatchObject([{ paymentId: null, executionId: null, valueDate: '2026-10-18' }]);
      const matched = done.outcome.matches[0]?.pass;
      await undo(done, 'fee_rule');
      const again = await auto(wish);
      expect([matched, again.applied?.feesBooked, again.outcome.matched, left(again)]).toEqual(['fee_rule', 0, 1, []]);
      expect((await fees()).length).toBe(1);
      const dearer = await auto(requestOf(bankFile({ amount: '108.01', text: 'LEDGER FEE', day: '19/10/2026' })));
      expect(dearer.applied?.feesBooked).toBe(0);
      await agrees();
    });

    test('a line that may be a payment is no charge because of its text', async () => {
      await aRule('school fees');
      await office.pay(
        await office.payment(fund, { amount: '100', method: 'bank', destination: 'KCB:99' }),
        people.carol,
        'FTX1',
      );
      const text = bankFile({ amount: '100.00', text: 'SCHOOL FEES' }, { amount: '99.00', text: 'SCHOOL FEES' });
      const done = await auto(requestOf(text));
      expect(done.applied?.feesBooked).toBe(1);
      expect(left(done)).toEqual([
        ['statement_only', -10_000],
        ['ledger_only', -10_000],
      ]);
    });

    test('the preview says what would be booked, and books nothing', async () => {
      await aRule('payment charge');
      const { wish } = await charged(7);
      const { outcome } = await previewStatement(office.store, people.david, wish);
      expect(outcome.exceptions).toMatchObject([
        { kind: 'statement_only', message: 'A fee rule allows it: --auto books it.' },
      ]);
      expect(outcome.exceptions[0]?.suggestedCommand).toContain('--auto');
      expect(await fees()).toEqual([]);
    });
  });

  describe('a fee within the line of its payment', () => {
    const taken = async (paidAmount: string, line: number) => {
      const made = await paid(paidAmount);
      return { ...made, wish: statement({ receipt: made.receipt, amount: -line }) };
    };

    test('is booked beside it: the payment is reconciled, one line with two entries', async () => {
      await aRule(null);
      const { payment, wish } = await taken('1000', 1013);
      const done = await auto(wish);
      expect([done.applied?.feesBooked, left(done)]).toEqual([1, []]);
      expect(done.outcome.matches).toMatchObject([
        { pass: 'fee_tolerance', lines: [{}], entries: [{ kind: 'payment' }, { kind: 'fee', deltaMinor: -1300 }] },
      ]);
      expect(await statusOf(payment)).toBe('reconciled');
      expect(await fees()).toMatchObject([{ amountMinor: 1300, paymentId: payment.id }]);
      const agreement = done.outcome.agreement;
      expect(agreement).toMatchObject({ statementOnlyMinor: 0, ledgerOnlyMinor: 0, differsMinor: 0 });
      await agrees();
    });

    test('of one cent more is a difference that a CFO decides on', async () => {
      await aRule(null);
      const { payment, wish } = await taken('1000', 1013.01);
      const done = await auto(wish);
      expect(left(done)).toEqual([['amount_differs', -1301]]);
      expect([done.applied?.feesBooked, done.applied?.variances.length]).toEqual([0, 1]);
      expect(await statusOf(payment)).toBe('success');
    });

    test('undone, the fee stays, payment and line are open; imported again the three are one match', async () => {
      await aRule(null);
      const { payment, wish } = await taken('1000', 1013);
      await undo(await auto(wish), 'fee_tolerance');
      expect(await statusOf(payment)).toBe('success');
      const after = await entries();
      const again = await auto(wish, people.esther);
      expect([again.applied?.feesBooked, left(again)]).toEqual([0, []]);
      expect(again.outcome.matches).toMatchObject([{ entries: [{ kind: 'payment' }, { kind: 'fee' }] }]);
      expect(await entries()).toEqual(after);
      expect(await statusOf(payment)).toBe('reconciled');
      await agrees();
    });

    test('counts what was booked of the payment before: the tariff allows it once', async () => {
      await aRule(null);
      await aRule('payment charge');
      const { payment, receipt } = await paid('1000');
      expect((await auto(statement({ receipt, amount: -13, reason: CHARGE }))).applied?.feesBooked).toBe(1);
      const done = await auto(statement({ receipt, amount: -1013 }));
      expect([done.applied?.feesBooked, left(done)]).toEqual([0, [['amount_differs', -1300]]]);
      expect(await statusOf(payment)).toBe('success');
    });

    test('and a charge of the same payment beside it are capped together', async () => {
      await aRule(null);
      await aRule('payment charge');
      const { receipt } = await paid('1000');
      const rows = [
        { receipt, amount: -1010 },
        { receipt, amount: -3.01, reason: CHARGE },
      ];
      const done = await auto(statement(...rows));
      expect([done.applied?.feesBooked, left(done)]).toEqual([1, [['statement_only', -301]]]);
    });
  });

  describe('fees are booked', () => {
    test('by nothing but a rule that is in force', async () => {
      const { receipt } = await paid('500');
      const rows = [
        { receipt, amount: -500 },
        { receipt, amount: -7, reason: CHARGE },
      ];
      const { answer } = await proposeFeeRule(office.store, people.david, {
        ...{ name: 'charges', fund: fund.code, contains: 'charge', tariff: { text: TARIFF }, reason: null },
      });
      expect((await auto(statement(...rows))).applied?.feesBooked).toBe(0);
      await confirmChange(office.store, people.esther, { change: answer.proposed.change.ref, reason: null });
      await endRule(office.store, people.david, { rule: 'charges', fund: fund.code, reason: 'over' });
      expect((await auto(statement(...rows))).applied?.feesBooked).toBe(0);
      expect(await fees()).toEqual([]);
    });

    test('never of a payment that one requested or executed oneself', async () => {
      await aRule('payment charge');
      await aRule(null);
      const [one, other] = [await paid('500', people.david), await paid('1000', people.david)];
      const wish = statement(
        { receipt: one.receipt, amount: -500 },
        { receipt: one.receipt, amount: -7, reason: CHARGE },
        { receipt: other.receipt, amount: -1013 },
      );
      const own = await auto(wish);
      expect(own.applied?.feesBooked).toBe(0);
      expect(left(own).map(([kind]) => kind)).toEqual(['statement_only', 'own_payment', 'own_payment']);
      expect(await fees()).toEqual([]);
      const another = await auto(wish, people.esther);
      expect([another.applied?.feesBooked, left(another)]).toEqual([2, []]);
      await agrees();
    });

    test('never by a token', async () => {
      await aRule('payment charge');
      await aRule(null);
      const [one, other] = [await paid('500'), await paid('1000')];
      const token = { id: 'x', ref: 'tok_1', name: 'nightly', scopes: ['reconcile:run'] } as const;
      const done = await auto(
        statement(
          { receipt: one.receipt, amount: -500 },
          { receipt: one.receipt, amount: -7, reason: CHARGE },
          { receipt: other.receipt, amount: -1013 },
        ),
        { ...people.david, token },
      );
      expect([done.outcome.matched, done.applied?.feesBooked]).toEqual([1, 0]);
      expect(await fees()).toEqual([]);
      expect([await statusOf(one.payment), await statusOf(other.payment)]).toEqual(['reconciled', 'success']);
    });

    test('by two people at once, once', async () => {
      await aRule('payment charge');
      await aRule(null);
      const [one, other] = [await paid('500'), await paid('1000')];
      const wish = statement(
        { receipt: one.receipt, amount: -500 },
        { receipt: one.receipt, amount: -7, reason: CHARGE },
        { receipt: other.receipt, amount: -1013 },
      );
      const both = await Promise.all([auto(wish), auto(wish, people.esther)]);
      expect(both.reduce((all, { applied }) => all + (applied?.feesBooked ?? 0), 0)).toBe(2);
      expect((await fees()).length).toBe(2);
      await agrees();
    });

    test('whole or not at all: an error at any statement leaves no fee, no match and no line', async () => {
      await aRule('payment charge');
      await aRule(null);
      const [one, other] = [await paid('500'), await paid('1000')];
      const wish = statement(
        { receipt: one.receipt, amount: -500 },
        { receipt: one.receipt, amount: -7, reason: CHARGE },
        { receipt: other.receipt, amount: -1013 },
      );
      const before = await entries();
      const failingAt = async (at: number): Promise<Reconciled | null> => {
        let seen = 0;
        office.fault.strike = () => {
          seen += 1;
          if (seen === at) throw new Error('the disk is gone');
        };
        try {
          return await auto(wish);
        } catch (error) {
          expect(error).toMatchObject({ message: 'the disk is gone' });
          return null;
        } finally {
          office.fault.strike = null;
        }
      };
      let at = 1;
      let done = await failingAt(at);
      for (; done === null; done = await failingAt(at)) {
        expect(await entries()).toEqual(before);
        at += 3;
      }
      expect(at).toBeGreaterThan(20);
      expect([done.skipped, done.applied?.feesBooked]).toEqual([0, 2]);
      await agrees();
    });

    test('with the day of their line; where the bank says a day that there is not, today in the office', async () => {
      await aRule('ledger fee');
      // In Nairobi it is the next day already.
      office.clock.now = new Date('2026-10-18T22:30:00.000Z');
      const lines = ['20261002', '20260230'].map(
        (day, at) =>
          `<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>${day}<TRNAMT>-10${at}.00<FITID>F${at}${day}<NAME>LEDGER FEE</STMTTRN>`,
      );
      const file = `OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>KES<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>${lines.join('')}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
      const done = await auto({ ...requestOf(file), acceptUnbalanced: true }, people.esther);
      expect(done.applied?.feesBooked).toBe(2);
      expect((await fees()).map(({ amountMinor, valueDate }) => [amountMinor, valueDate])).toEqual([
        [10_000, '2026-10-02'],
        [10_100, '2026-10-19'],
      ]);
      await agrees();
    });
  });
});
