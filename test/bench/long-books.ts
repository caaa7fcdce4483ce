import type { EntryKind, EntryType } from '../../src/domain/ledger.ts';
import { openStore } from '../../src/store/open.ts';
import { candidates, newId } from '../../src/store/references.ts';
import type { Row } from '../../src/store/tables.ts';
import type { BenchOffice } from './an-office.ts';
import { openBulk } from './bulk.ts';

const ROWS_AT_ONCE = 5_000;
const TWO_YEARS_MS = 730 * 24 * 60 * 60 * 1000;
const FEE_MINOR = 100;

/**
 * Adds entries to the funds' books until there are so many in all, evenly over two years up to now: fees nearly all, a
 * replenishment that covers them every hundred, and one counting difference in ten thousand.
 */
export async function fillBooks(office: BenchOffice, entries: number): Promise<void> {
  const funds = await fundsOf(office);
  const bulk = await openBulk(office.url);
  const sums = new Map<string, Row<'ledgerTotals'>>();
  const end = Date.now();
  const more = entries - funds.length;
  for (let start = 0; start < more; start += ROWS_AT_ONCE) {
    const rows: Row<'ledgerEntries'>[] = [];
    for (let at = start; at < Math.min(more, start + ROWS_AT_ONCE); at += 1) {
      const fund = funds[at % funds.length];
      if (fund === undefined) throw new Error('the office has no fund');
      const createdAt = new Date(end - Math.floor((TWO_YEARS_MS * (more - at)) / more));
      const row = nextEntry(fund, { createdAt, createdBy: office.executor.userId });
      rows.push(row);
      addToSums(sums, row);
    }
    await bulk.insert('ledgerEntries', rows);
  }
  await bulk.insert('ledgerTotals', [...sums.values()]);
  for (const { id, balanceMinor, entrySeq } of funds)
    await bulk.run(`update funds set balance_minor = ${balanceMinor}, entry_seq = ${entrySeq} where id = '${id}'`);
  await bulk.close();
}

interface Book {
  readonly id: string;
  balanceMinor: number;
  entrySeq: number;
}

async function fundsOf(office: BenchOffice): Promise<Book[]> {
  const store = await openStore(office.url, { clock: () => new Date() });
  try {
    return await store.read((tx) => {
      const { id, balanceMinor, entrySeq } = tx.t.funds;
      return tx.db.select({ id, balanceMinor, entrySeq }).from(tx.t.funds);
    });
  } finally {
    await store.close();
  }
}

/** Moves the fund on and gives the entry that says so. */
function nextEntry(
  fund: Book,
  { createdAt, createdBy }: Pick<Row<'ledgerEntries'>, 'createdAt' | 'createdBy'>,
): Row<'ledgerEntries'> {
  fund.entrySeq += 1;
  const { type, kind, amountMinor } = happening(fund.entrySeq);
  fund.balanceMinor += type === 'debit' ? -amountMinor : amountMinor;
  const id = newId();
  return {
    id,
    ref: candidates(id, 'ledgerEntries')[1],
    fundId: fund.id,
    seq: fund.entrySeq,
    type,
    kind,
    amountMinor,
    balanceAfterMinor: fund.balanceMinor,
    valueDate: createdAt.toISOString().slice(0, 10),
    paymentId: null,
    executionId: null,
    replenishmentId: null,
    reversesId: null,
    description: `Bank charges of day ${fund.entrySeq}`,
    createdBy,
    createdAt,
  };
}

function happening(seq: number): { type: EntryType; kind: EntryKind; amountMinor: number } {
  if (seq % 10_000 === 500) return { type: 'adjustment', kind: 'suspense', amountMinor: 7 };
  if (seq % 100 === 0) return { type: 'credit', kind: 'replenishment', amountMinor: 99 * FEE_MINOR };
  return { type: 'debit', kind: 'fee', amountMinor: FEE_MINOR };
}

function addToSums(sums: Map<string, Row<'ledgerTotals'>>, { fundId, type, kind, amountMinor }: Row<'ledgerEntries'>) {
  const key = `${fundId} ${kind}`;
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { fundId, type, kind, entries: 1, amountMinor });
  else Object.assign(sum, { entries: sum.entries + 1, amountMinor: sum.amountMinor + amountMinor });
}
