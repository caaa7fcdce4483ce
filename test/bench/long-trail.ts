import { appendFileSync } from 'node:fs';
import { canonicalJson, fundChain, nextLink, OFFICE_CHAIN, rowDigest, type Link } from '../../src/store/audit-chain.ts';
import { openStore } from '../../src/store/open.ts';
import { candidates, newId, type Referable } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import type { BenchOffice } from './an-office.ts';
import { openBulk } from './bulk.ts';

const PAYMENTS_AT_ONCE = 2_000;
const EVENTS_A_PAYMENT = 4;
const AMOUNT_MINOR = 12_500;
const ORIGIN = { ipAddress: '10.0.0.7', userAgent: 'host=counter-2 user=carol treasury/0.1.0 node/24' };

/**
 * Adds `events` events as payments leave them: a requisition made and approved on the office's chain, the payment made and
 * executed on its fund's, with the entry and the execution that the last one vouches for. All text that a proof has to hash
 * goes to the file `bytes`. The payments themselves are left out: no proof of the trail reads them.
 */
export async function fillTrail(office: BenchOffice, events: number, bytes: string): Promise<void> {
  const trail = await headsOf(office);
  const bulk = await openBulk(office.url);
  const payments = Math.floor(events / EVENTS_A_PAYMENT);
  for (let start = 0; start < payments; start += PAYMENTS_AT_ONCE) {
    const written: Written = { links: [], entries: [], executions: [] };
    for (let at = start; at < Math.min(payments, start + PAYMENTS_AT_ONCE); at += 1)
      addPayment(written, trail, { at, executor: office.executor.userId });
    await bulk.insert('auditEvents', written.links);
    await bulk.insert('paymentExecutions', written.executions);
    await bulk.insert('ledgerEntries', written.entries);
    const links = written.links.map(({ chain, seq, previousHash, body }) =>
      ['treasury-audit-1', chain, seq, previousHash, body].join('\n'),
    );
    const rows = [...written.entries, ...written.executions].map((row) => canonicalJson(row));
    appendFileSync(bytes, [...links, ...rows].join(''));
  }
  const head = ({ headSeq, headHash, headAt }: Head): string => {
    const at =
      headAt === null ? 'null' : office.url.startsWith('sqlite:') ? `${headAt.getTime()}` : `'${headAt.toISOString()}'`;
    return `head_seq = ${headSeq}, head_hash = '${headHash}', head_at = ${at}`;
  };
  await bulk.run(`update office set ${head(trail.office)}`);
  for (const fund of trail.funds)
    await bulk.run(
      `update funds set balance_minor = ${fund.balanceMinor}, entry_seq = ${fund.entrySeq}, ${head(fund)} where id = '${fund.id}'`,
    );
  await bulk.close();
}

interface Written {
  readonly links: Link[];
  readonly entries: Row<'ledgerEntries'>[];
  readonly executions: Row<'paymentExecutions'>[];
}

interface Head {
  headSeq: number;
  headHash: string;
  headAt: Date | null;
}

type Book = Head & Pick<Row<'funds'>, 'id' | 'code'> & { balanceMinor: number; entrySeq: number };

interface Trail {
  readonly office: Head;
  readonly funds: readonly Book[];
}

async function headsOf({ url }: BenchOffice): Promise<Trail> {
  const store = await openStore(url, { clock: () => new Date() });
  try {
    return await store.read(async ({ db, t }) => {
      const [office] = await db
        .select({ headSeq: t.office.headSeq, headHash: t.office.headHash, headAt: t.office.headAt })
        .from(t.office);
      const { id, code, balanceMinor, entrySeq, headSeq, headHash, headAt } = t.funds;
      const funds = await db.select({ id, code, balanceMinor, entrySeq, headSeq, headHash, headAt }).from(t.funds);
      if (office === undefined) throw new Error('there is no office');
      return { office, funds };
    });
  } finally {
    await store.close();
  }
}

const identityOf = (table: Referable): { id: string; ref: string } => {
  const id = newId();
  return { id, ref: candidates(id, table)[1] };
};

function addPayment(written: Written, { office, funds }: Trail, { at, executor }: { at: number; executor: string }) {
  const fund = funds[at % funds.length];
  if (fund === undefined) throw new Error('the office has no fund');
  const now = new Date();
  const requisition = identityOf('requisitions').ref;
  const payment = identityOf('payments');
  const append = (
    head: Head,
    chain: string,
    [actor, action, subject]: readonly [string, string, string],
    payload: Record<string, unknown>,
  ) => {
    const link = nextLink(chain, head, now, { actor, action, subject, origin: ORIGIN, payload });
    Object.assign(head, link.head);
    written.links.push(link);
  };
  const number = `REQ-2026-${String(at + 1).padStart(6, '0')}`;
  const money = { amount_minor: AMOUNT_MINOR, currency: 'KES' };
  const terms = { payee: `Supplier ${at % 997} Ltd`, method: 'mpesa', destination: '+254712345678', ...money };
  append(office, OFFICE_CHAIN, ['amina', 'requisition.created', requisition], {
    ...{ number, ...terms, revision: 1, purpose: `Delivery ${at}`, category: null, status: 'submitted' },
    ...{ company_id: fund.id, region_id: null, branch_id: null },
  });
  append(office, OFFICE_CHAIN, ['brian', 'requisition.approved', requisition], {
    ...{ number, revision: 1, ...money, terms_digest: office.headHash, reason: null },
    ...{ status_before: 'submitted', status_after: 'approved' },
  });
  const chain = fundChain(fund.code);
  append(fund, chain, ['carol', 'payment.created', payment.ref], {
    ...{ requisition, fund: fund.code, ...terms, max_retries: 3 },
  });
  const { execution, entry } = recordsOf(fund, { at, now, payment: payment.id, executor });
  written.executions.push(execution);
  written.entries.push(entry);
  append(fund, chain, ['carol', 'payment.executed', payment.ref], {
    ...{ requisition, attempt: identityOf('paymentAttempts').ref, executor: 'carol', fund: fund.code, ...money },
    ...{ voucher: execution.voucherNumber, gateway: 'cash', gateway_reference: execution.gatewayReference },
    ...{ balance_before_minor: fund.balanceMinor + AMOUNT_MINOR, balance_after_minor: fund.balanceMinor },
    ...{ otp_required: false, execution: { ref: execution.ref, digest: rowDigest(execution) } },
    ledger_entry: { ref: entry.ref, digest: rowDigest(entry) },
  });
}

/** The execution of a payment and its debit; moves the fund on. */
function recordsOf(
  fund: Book,
  { at, now, payment, executor }: { at: number; now: Date; payment: string; executor: string },
): { execution: Row<'paymentExecutions'>; entry: Row<'ledgerEntries'> } {
  fund.entrySeq += 1;
  fund.balanceMinor -= AMOUNT_MINOR;
  const voucherNumber = `PV-${fund.code}-2026-${String(fund.entrySeq).padStart(6, '0')}`;
  const terms = { paymentId: payment, fundId: fund.id, amountMinor: AMOUNT_MINOR, createdAt: now };
  const execution = {
    ...{ ...identityOf('paymentExecutions'), ...terms, attemptId: newId(), requesterId: newId(), executorId: executor },
    ...{ currency: 'KES', gateway: 'cash', gatewayAccount: fund.code, gatewayReference: voucherNumber },
    ...{ gatewayStatus: 'paid', challengeId: null, otpVerifiedAt: null, otpVerifiedBy: null, voucherNumber, ...ORIGIN },
  };
  const entry = {
    ...{ ...identityOf('ledgerEntries'), ...terms, seq: fund.entrySeq, type: 'debit', kind: 'payment' },
    ...{ balanceAfterMinor: fund.balanceMinor, valueDate: now.toISOString().slice(0, 10), executionId: execution.id },
    ...{ replenishmentId: null, reversesId: null, createdBy: executor },
    description: `${voucherNumber} Supplier ${at % 997} Ltd: Delivery ${at}`,
  };
  return { execution, entry };
}
