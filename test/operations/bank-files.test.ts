import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { wishedFile } from '../../src/domain/bank-file/bank-file-format.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { retryPayment } from '../../src/operations/retry-payment.ts';
import { openStore } from '../../src/store/open.ts';
import { sha256Hex } from '../../src/store/sha256.ts';
import type { Row } from '../../src/store/tables.ts';
import { exportFile, importReport, payByBankFile, statusReport, transferSaid } from '../support/a-bank.ts';
import { aPayingOffice, bookFaults, DAY, problemOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  let fund: Row<'funds'>;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    await payByBankFile(office);
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  const newFund = async () => {
    fund = await office.fund({ opening: '1,000,000.00' });
    return fund;
  };
  /** A payment whose money is reserved for a file, and its attempt's key. */
  const reserved = async ({ amount = '1,000.00', of = fund, destination = 'KCB:1234567890' } = {}) => {
    const payment = await office.payment(of, { method: 'bank', amount, destination });
    const executed = await office.execute(payment);
    if (executed.state !== 'executing') throw new Error('it was paid at once');
    return { payment, key: executed.attempt.idempotencyKey };
  };
  const now = async (payment: Row<'payments'>) => {
    const { payment: row, attempts, entries } = await office.state(payment);
    return {
      status: row.status,
      attempt: attempts.at(-1)?.state,
      debits: entries.filter((entry) => entry.paymentId === row.id && entry.kind === 'payment').length,
    };
  };
  const PAID = { status: 'success', attempt: 'paid', debits: 1 };
  const SENT = { status: 'executing', attempt: 'sent', debits: 0 };
  const RESERVED = { status: 'executing', attempt: 'reserved', debits: 0 };
  const FAILED = { status: 'failed', attempt: 'failed', debits: 0 };
  const reservedNow = async () => (await office.fundNow(fund)).reservedMinor;

  describe('an export', () => {
    test('puts what waits into one file and counts it as sent, with all of it reserved as before', async () => {
      await newFund();
      const [one, two] = [await reserved(), await reserved({ amount: '2.50' })];
      const before = await reservedNow();
      const { file, orders, again, left } = await exportFile(office, fund);
      expect([again, left, orders.map(({ payment }) => payment.ref)]).toEqual([
        false,
        0,
        [one.payment.ref, two.payment.ref],
      ]);
      expect(file).toMatchObject({ orders: 2, sumMinor: 100_250, format: 'pain001.09', payOn: '2026-10-18' });
      expect(file.messageId).toMatch(/^FUND\d+-20261018-[0-9A-Z]{6}$/);
      expect(file.contentDigest).toBe(sha256Hex(file.content));
      for (const { key } of [one, two]) expect(file.content).toContain(`<EndToEndId>${key}</EndToEndId>`);
      expect(file.content).toContain('<Id>9988776655</Id>');
      for (const { payment } of [one, two]) {
        expect(await now(payment)).toEqual(SENT);
        const attempt = (await office.state(payment)).attempts.at(-1);
        expect([attempt?.conversation, attempt?.sentAt]).toEqual([file.messageId, office.clock.now]);
      }
      expect(await reservedNow()).toBe(before);
      expect((await office.state(one.payment)).actions.at(-1)).toBe('bankfile.exported');
    });

    test('the same message id gives the same text, to the letter, however much later', async () => {
      await newFund();
      const { payment } = await reserved();
      const first = await exportFile(office, fund, { messageId: 'SAME-1', payOn: '2026-12-01' });
      office.pass(DAY);
      await reserved();
      const same = await exportFile(office, fund, { messageId: 'SAME-1', payments: [payment.ref], kind: null });
      expect([same.again, same.file, same.left]).toEqual([true, first.file, 1]);
      expect((await office.state(payment)).actions.filter((action) => action === 'bankfile.exported')).toHaveLength(1);
    });

    test('a message id stands for one file only, and every difference is said', async () => {
      await newFund();
      const { payment } = await reserved();
      await exportFile(office, fund, { messageId: 'ONCE-1' });
      const other = await reserved();
      const problem = await problemOf(
        exportFile(office, fund, {
          messageId: 'ONCE-1',
          kind: wishedFile('csv', null),
          payOn: '2026-12-31',
          payments: [payment.ref, other.payment.ref],
        }),
      );
      expect([problem.kind, problem.code, problem.details.faults]).toEqual([
        'conflict',
        'MESSAGE_ID_USED',
        [
          'it is pain001.09, not csv',
          expect.stringMatching(/^it is to be paid on .*, not on 2026-12-31$/),
          'it has 1 payments, and they are not the ones that were named',
        ],
      ]);
      const elsewhere = await office.fund();
      const foreign = await problemOf(exportFile(office, elsewhere, { messageId: 'ONCE-1' }));
      expect(foreign.details.faults).toEqual([`it does not pay from fund ${elsewhere.code}`]);
      expect(await now(other.payment)).toEqual(RESERVED);
    });

    test('takes only the payments that were named, and counts the others', async () => {
      await newFund();
      const [one, two] = [await reserved(), await reserved()];
      const { orders, left } = await exportFile(office, fund, { payments: [two.payment.ref, two.payment.id] });
      expect([orders.map(({ payment }) => payment.ref), left]).toEqual([[two.payment.ref], 1]);
      expect([await now(one.payment), await now(two.payment)]).toEqual([RESERVED, SENT]);
    });

    test('says everything that is in the way, and exports nothing', async () => {
      await newFund();
      const fit = await reserved();
      const sent = await reserved();
      await exportFile(office, fund, { messageId: 'SENT-1', payments: [sent.payment.ref] });
      const pending = await office.payment(fund, { method: 'bank' });
      const cash = await office.payment(fund);
      const elsewhere = await reserved({ of: await office.fund() });
      const problem = await problemOf(
        exportFile(office, fund, {
          payments: [fit, sent, { payment: pending }, { payment: cash }, elsewhere].map(({ payment }) => payment.ref),
        }),
      );
      expect([problem.kind, problem.code]).toEqual(['refused', 'PAYMENTS_NOT_EXPORTABLE']);
      expect(problem.details.faults?.toSorted()).toEqual(
        [
          `${sent.payment.ref}: it is in the file SENT-1 already`,
          `${pending.ref}: it has not been executed yet: only then is its money reserved`,
          `${cash.ref}: it is paid by cash, not through a bank`,
          `${elsewhere.payment.ref}: it is not paid from fund ${fund.code}`,
        ].toSorted(),
      );
      expect(await now(fit.payment)).toEqual(RESERVED);
    });

    test('a file has one account: what was reserved for another is exported by itself', async () => {
      await newFund();
      const old = await reserved();
      await payByBankFile(office, { debtorAccount: '1122334455' });
      const young = await reserved();
      const problem = await problemOf(exportFile(office, fund));
      expect(problem.details.faults).toEqual([
        `${young.payment.ref}: it is to be paid from account 1122334455, others from 9988776655: a file has one account`,
      ]);
      const { file } = await exportFile(office, fund, { payments: [old.payment.ref] });
      expect(file.content).toContain('9988776655');
      expect((await exportFile(office, fund)).file.content).toContain('1122334455');
      await payByBankFile(office);
    });

    test('nothing leaves a frozen fund, nor does an empty file, nor one for yesterday', async () => {
      await newFund();
      expect(await problemOf(exportFile(office, fund))).toMatchObject({ kind: 'refused', code: 'NOTHING_TO_EXPORT' });
      const { payment } = await reserved();
      await freezeFund(office.store, office.people.david, { fund: fund.code, reason: 'count' });
      expect(await problemOf(exportFile(office, fund))).toMatchObject({ kind: 'refused', code: 'FUND_FROZEN' });
      expect(await now(payment)).toEqual(RESERVED);
      const opened = await unfreezeFund(office.store, office.people.david, { fund: fund.code, reason: 'counted' });
      expect(opened).toBeDefined();
    });

    test.each([
      [{ payOn: '2026-02-30' }, 'DATE_INVALID'],
      [{ payOn: '2026-10-17' }, 'DATE_INVALID'],
      [{ messageId: 'x'.repeat(36) }, 'MESSAGE_ID_INVALID'],
      [{ messageId: 'a_b' }, 'MESSAGE_ID_INVALID'],
    ])('%o is refused', async (wish, code) => {
      await newFund();
      await reserved();
      expect(await problemOf(exportFile(office, fund, wish))).toMatchObject({ kind: 'usage', code });
    });

    test('it takes a role that may execute', async () => {
      await newFund();
      await reserved();
      const { amina, carol } = office.people;
      expect(await problemOf(exportFile(office, fund, { actor: amina }))).toMatchObject({ code: 'ROLE_MISSING' });
      const token = { name: 'nightly', scopes: [] };
      expect(
        await problemOf(exportFile(office, fund, { actor: { ...carol, token } as unknown as typeof carol })),
      ).toMatchObject({ code: 'TOKEN_SCOPE' });
    });

    test('an account that no bank could be told of is refused before anything is reserved', async () => {
      await newFund();
      const payment = await office.payment(fund, { method: 'bank', destination: '1234567890' });
      const problem = await problemOf(office.execute(payment));
      expect(problem.details.checks?.find(({ ok }) => ok === false)).toMatchObject({
        code: 'GATEWAY_REFUSES_TERMS',
        message: expect.stringContaining('does not say at which bank'),
      });
      expect(await now(payment)).toMatchObject({ status: 'pending' });
    });
  });

  describe('a report of the bank', () => {
    const inFile = async (amounts: readonly string[] = ['1,000.00', '200.00']) => {
      await newFund();
      const orders: Awaited<ReturnType<typeof reserved>>[] = [];
      for (const amount of amounts) orders.push(await reserved({ amount }));
      const { file } = await exportFile(office, fund);
      return { file, orders };
    };
    const outcomesOf = (reports: Awaited<ReturnType<typeof importReport>>) =>
      reports.flatMap(({ results }) => results.map(({ applied }) => applied.outcome));

    test('settles each payment by its own status: paid is posted, rejected released, the rest stays open', async () => {
      const { file, orders } = await inFile(['1,000.00', '200.00', '30.00', '4.00']);
      const [paid, rejected, pending, strange] = orders;
      const statuses = ['ACSC', 'RJCT', 'ACTC', 'XYZ'];
      const transfers = orders.map(({ key }, at) => transferSaid(key, statuses[at] ?? '')).join('');
      const reports = await importReport(office, statusReport(file.messageId, { group: 'PART', transfers }));
      expect(outcomesOf(reports)).toEqual(['applied', 'applied', 'noted', 'noted']);
      expect(await now(paid!.payment)).toEqual(PAID);
      expect(await now(rejected!.payment)).toEqual(FAILED);
      expect(await now(pending!.payment)).toEqual(SENT);
      expect(await now(strange!.payment)).toEqual(SENT);
      const { executions } = await office.state(paid!.payment);
      expect(executions[0]).toMatchObject({ gateway: 'bankfile', gatewayReference: paid!.key });
      // What is still reserved: the two that are open, each with the highest fee.
      expect(await reservedNow()).toBe(3_000 + 400 + 2 * 5_000);
    });

    test('the same report again changes nothing, and a later one of the rest settles that', async () => {
      const { file, orders } = await inFile();
      const [one, two] = orders;
      const first = statusReport(file.messageId, { transfers: transferSaid(one!.key, 'ACSC') });
      expect(outcomesOf(await importReport(office, first))).toEqual(['applied']);
      const again = await importReport(office, first);
      expect([again[0]?.known, outcomesOf(again)]).toEqual([true, ['applied']]);
      expect(await now(one!.payment)).toEqual(PAID);
      const both = statusReport(file.messageId, { group: 'ACSC', id: 'R2' });
      expect(outcomesOf(await importReport(office, both))).toEqual(['repeated', 'applied']);
      expect([await now(one!.payment), await now(two!.payment)]).toEqual([PAID, PAID]);
    });

    test('a whole file that is rejected without rows releases everything, and its text is not given out again', async () => {
      const { file, orders } = await inFile();
      const before = await office.fundNow(fund);
      await importReport(office, statusReport(file.messageId, { group: 'RJCT' }));
      for (const { payment } of orders) expect(await now(payment)).toEqual(FAILED);
      expect(await office.fundNow(fund)).toMatchObject({ reservedMinor: 0, balanceMinor: before.balanceMinor });
      expect(await problemOf(exportFile(office, fund, { messageId: file.messageId }))).toMatchObject({
        kind: 'refused',
        code: 'BANK_FILE_ANSWERED',
      });
    });

    test('what was rejected is retried under another key, in another file', async () => {
      const { file, orders } = await inFile(['1,000.00']);
      const [order] = orders;
      await importReport(office, statusReport(file.messageId, { group: 'RJCT' }));
      await retryPayment(office.store, office.people.carol, { paymentId: order!.payment.id, reason: null });
      await office.execute(order!.payment);
      const second = await exportFile(office, fund);
      expect(second.orders[0]?.attempt.idempotencyKey).not.toBe(order!.key);
      await importReport(office, statusReport(second.file.messageId, { group: 'ACSC', id: 'R2' }));
      expect(await now(order!.payment)).toEqual(PAID);
    });

    test('a file that could only be read is not paid', async () => {
      const { file, orders } = await inFile();
      expect(outcomesOf(await importReport(office, statusReport(file.messageId, { group: 'ACTC' })))).toEqual([
        'noted',
        'noted',
      ]);
      for (const { payment } of orders) expect(await now(payment)).toEqual(SENT);
    });

    test('another amount or account than was ordered settles nothing and waits for somebody', async () => {
      const { file, orders } = await inFile();
      const said = (inside: string) => `<OrgnlTxRef>${inside}</OrgnlTxRef>`;
      const transfers =
        transferSaid(orders[0]!.key, 'ACSC', said('<Amt><InstdAmt Ccy="KES">1.00</InstdAmt></Amt>')) +
        transferSaid(orders[1]!.key, 'ACSC', said('<CdtrAcct><Id><Othr><Id>666</Id></Othr></Id></CdtrAcct>'));
      const reports = await importReport(office, statusReport(file.messageId, { transfers }));
      expect(outcomesOf(reports)).toEqual(['contradicts', 'contradicts']);
      for (const { payment } of orders) expect(await now(payment)).toEqual(SENT);
    });

    test('paid after it was rejected is held in suspense, and nobody is debited', async () => {
      const { file, orders } = await inFile(['1,000.00']);
      await importReport(office, statusReport(file.messageId, { group: 'RJCT' }));
      const late = await importReport(office, statusReport(file.messageId, { group: 'ACSC', id: 'R2' }));
      expect(late[0]?.results[0]?.applied.detail).toMatch(/held as sus_/);
      expect(await now(orders[0]!.payment)).toEqual(FAILED);
    });

    test('what the file does not know is told and changes nothing', async () => {
      const { file } = await inFile(['1,000.00']);
      const other = await inFile(['5.00']);
      const transfers = transferSaid(other.orders[0]!.key, 'ACSC');
      const [report] = await importReport(office, statusReport(file.messageId, { transfers }));
      expect([report?.results, report?.strays.map(({ key }) => key)]).toEqual([[], [other.orders[0]!.key]]);
      expect(await now(other.orders[0]!.payment)).toEqual(SENT);
    });

    test('on no file of ours it is not found; beside one of ours it is told', async () => {
      expect(await problemOf(importReport(office, statusReport('NOBODYS')))).toMatchObject({
        kind: 'not_found',
        code: 'BANK_FILE_NOT_FOUND',
      });
      const { file, orders } = await inFile(['1,000.00']);
      const reports = await importReport(
        office,
        `<x>${statusReport('NOBODYS')}${statusReport(file.messageId, { group: 'ACCC' })}</x>`,
      );
      expect(reports.map(({ file: one }) => one?.messageId)).toEqual([undefined, file.messageId]);
      expect(await now(orders[0]!.payment)).toEqual(PAID);
    });

    test('a rehearsal says the same and keeps nothing', async () => {
      const { orders, file } = await inFile(['1,000.00']);
      const xml = statusReport(file.messageId, { group: 'ACSC' });
      const rehearsing = await openStore(office.url, { clock: () => office.clock.now, dryRun: true });
      try {
        const [report] = await importReport({ ...office, store: rehearsing }, xml, { rehearsal: true });
        expect(report?.results[0]).toMatchObject({ applied: { outcome: 'applied' }, payment: { status: 'success' } });
      } finally {
        await rehearsing.close();
      }
      expect(await now(orders[0]!.payment)).toEqual(SENT);
    });

    test('who executed a payment may not import that it failed, but that it was paid', async () => {
      const { david } = office.people;
      await newFund();
      const payment = await office.payment(fund, { method: 'bank' });
      await office.execute(payment, david);
      const { file } = await exportFile(office, fund);
      const rejected = statusReport(file.messageId, { group: 'RJCT' });
      expect(await problemOf(importReport(office, rejected))).toMatchObject({
        kind: 'forbidden',
        code: 'RESOLVER_IS_EXECUTOR',
      });
      expect(await problemOf(importReport(office, rejected, { actor: office.people.peter }))).toMatchObject({
        kind: 'forbidden',
        code: 'ROLE_MISSING',
      });
      expect(await now(payment)).toEqual(SENT);
      await importReport(office, statusReport(file.messageId, { group: 'ACSC', id: 'R2' }));
      expect(await now(payment)).toEqual(PAID);
    });

    test('who requested or approved a payment may not import that it failed either; whoever did neither may', async () => {
      const { david, esther } = office.people;
      await newFund();
      const rita = await office.person('rita', ['requester', 'treasurer']);
      const [approved, requested] = [
        await office.payment(fund, { method: 'bank', approver: esther }),
        await office.payment(fund, { method: 'bank', requester: rita }),
      ];
      for (const payment of [approved, requested]) await office.execute(payment);
      const { file } = await exportFile(office, fund);
      const rejected = statusReport(file.messageId, { group: 'RJCT' });
      for (const [actor, payment] of [
        [esther, approved],
        [rita, requested],
      ] as const)
        expect(await problemOf(importReport(office, rejected, { actor }))).toMatchObject({
          ...{ kind: 'forbidden', code: 'RESOLVER_IS_INVOLVED' },
          message: `${actor.username} requested or approved ${payment.ref}, which the bank rejects; somebody else must import this report.`,
        });
      for (const payment of [approved, requested]) expect(await now(payment)).toEqual(SENT);
      await importReport(office, rejected, { actor: david });
      for (const payment of [approved, requested]) expect(await now(payment)).toEqual(FAILED);
    });
  });
});
