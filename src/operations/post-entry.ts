import { dayInZone } from '../domain/day.ts';
import { bookAfter, type EntryKind, type EntryType } from '../domain/ledger.ts';
import { recordFundEvent, rowDigest, type Happening } from '../store/audit-chain.ts';
import { insertEntry } from '../store/entries.ts';
import { updateFund } from '../store/funds.ts';
import { getOffice } from '../store/office.ts';
import { newIdentity, type Identity } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { triggerReplenishment } from './trigger-replenishment.ts';

export interface NewEntry {
  /** Where something refers to the entry before it is posted; without one it gets a new one. */
  readonly identity?: Identity;
  readonly type: EntryType;
  readonly kind: EntryKind;
  /** Debits and credits positive, adjustments signed. */
  readonly amountMinor: number;
  /** ISO day; without one, today in the office's zone. */
  readonly valueDate?: string;
  readonly paymentId?: string;
  readonly executionId?: string;
  readonly replenishmentId?: string;
  readonly reversesId?: string;
  readonly description: string;
  /** Id of the user. */
  readonly createdBy: string;
}

export interface Posted {
  readonly fund: Row<'funds'>;
  readonly entry: Row<'ledgerEntries'>;
  /** The request that the entry raised. */
  readonly replenishment: Row<'replenishmentRequests'> | null;
}

/**
 * Posts one line to a fund's book. The caller holds the fund's lock and says what happened: the one event of the change,
 * which gets the balance before and after and the digest of the entry. A balance below the reorder level then raises a
 * replenishment request (DESIGN rule 6), an event of its own. Throws refused BALANCE_OVERFLOW.
 */
export async function postEntry(tx: Tx, fund: Row<'funds'>, entry: NewEntry, happening: Happening): Promise<Posted> {
  const book = bookAfter(fund, entry);
  const row = await entryRow(tx, fund, entry, book);
  // The fund first: the database compares a new entry with the fund's balance and number of entries.
  await updateFund(tx, fund.id, book);
  await insertEntry(tx, row);
  const head = await recordFundEvent(tx, fund, {
    ...happening,
    payload: {
      ...happening.payload,
      balance_before_minor: fund.balanceMinor,
      balance_after_minor: row.balanceAfterMinor,
      ledger_entry: { ref: row.ref, digest: rowDigest(row) },
    },
  });
  const after = { ...fund, ...book, ...head };
  const raised = await triggerReplenishment(tx, after);
  return { fund: raised?.fund ?? after, entry: row, replenishment: raised?.replenishment ?? null };
}

async function entryRow(
  tx: Tx,
  fund: Row<'funds'>,
  entry: NewEntry,
  book: { balanceMinor: number; entrySeq: number },
): Promise<Row<'ledgerEntries'>> {
  return {
    ...(entry.identity ?? (await newIdentity(tx, 'ledgerEntries'))),
    fundId: fund.id,
    seq: book.entrySeq,
    type: entry.type,
    kind: entry.kind,
    amountMinor: entry.amountMinor,
    balanceAfterMinor: book.balanceMinor,
    valueDate: entry.valueDate ?? dayInZone(tx.now, (await getOffice(tx)).timezone),
    paymentId: entry.paymentId ?? null,
    executionId: entry.executionId ?? null,
    replenishmentId: entry.replenishmentId ?? null,
    reversesId: entry.reversesId ?? null,
    description: entry.description,
    createdBy: entry.createdBy,
    createdAt: tx.now,
  };
}
