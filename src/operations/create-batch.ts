import { mayAt, requireAbility, standsAtOrAbove, type Actor, type Place } from '../domain/access.ts';
import { centsFault, documentOf, repeatedWarnings, type BatchLine } from '../domain/batch-file.ts';
import { LONGEST_NAME, textFault, tidyText } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import { Problem } from '../domain/problem.ts';
import type { Terms } from '../domain/requisition.ts';
import { recordFundEvent, recordOfficeEvent } from '../store/audit-chain.ts';
import { getBatchView, type BatchView } from '../store/batch-views.ts';
import { batchRows, insertBatch, insertBatchItems, type BatchRow } from '../store/batches.ts';
import { lockFund } from '../store/funds.ts';
import { lockOffice } from '../store/office.ts';
import { readPlaces, type PlaceBook } from '../store/place-codes.ts';
import { newId, newIdentities, newIdentity } from '../store/references.ts';
import { insertRequisitions, takeRequisitionNumbers } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { batchHash } from './batch-hash.ts';
import { choosePlace, knownTo } from './choose-place.ts';
import { creationEvent, requisitionRow, yearIn } from './create-requisition.ts';
import { readableFund } from './look-up.ts';
import { batchInvalid, readBatchFile } from './read-batch-file.ts';
import { readTerms, withPhone, type PhonedDraft } from './read-terms.ts';

export interface CreateBatchRequest {
  /** CSV or an Excel workbook. */
  readonly file: Uint8Array;
  readonly fund: string;
  readonly title: string | null;
}

export interface CreatedBatch {
  readonly view: BatchView;
  readonly rows: readonly BatchRow[];
  /** Lines that pay the same again. */
  readonly warnings: readonly string[];
}

/**
 * Makes a batch of a file: each row becomes a requisition by whoever makes it, and the hash covers all of them. Nothing is saved
 * unless every line is good: else usage BATCH_INVALID names every fault of every line.
 */
export async function createBatch(store: Store, actor: Actor, request: CreateBatchRequest): Promise<CreatedBatch> {
  requireAbility(actor, 'requisition.create');
  const { lines, faults } = await readBatchFile(request.file);
  const drafts = await Promise.all(lines.map(async (line) => ({ ...line, phone: (await withPhone(line)).phone })));
  const title = request.title === null ? null : tidyText(request.title);
  const titleFault = title === null ? null : textFault('the title', title, LONGEST_NAME);
  return store.write(async (tx) => {
    const office = await lockOffice(tx);
    const { fund: readable } = await readableFund(tx, actor, request.fund);
    const fund = await lockFund(tx, readable.id);
    if (fund.state === 'closed') throw closed(fund);
    const places = await readPlaces(tx, knownTo(actor));
    const read = drafts.map((draft) => readRow(draft, { actor, places, fund }));
    const all = [
      ...(titleFault === null ? [] : [titleFault]),
      ...[...faults, ...read.flatMap((one) => ('faults' in one ? one.faults : []))].toSorted(byLine),
    ];
    if (all.length > 0) throw batchInvalid(all, lines.length + faults.length);
    const wishes = read.flatMap((one) => ('faults' in one ? [] : [one]));
    const total = wishes.reduce((sum, { terms }) => sum + terms.amountMinor, 0);
    if (!Number.isSafeInteger(total)) throw batchInvalid(['the rows come to more than an amount can be'], lines.length);
    const id = await save(tx, { actor, fund, title, timezone: office.timezone }, wishes);
    return { view: await getBatchView(tx, id), rows: await batchRows(tx, id), warnings: repeatedWarnings(wishes) };
  });
}

interface Wish {
  readonly line: number;
  readonly document: string | null;
  readonly terms: Terms;
  readonly place: Place;
}

interface Reading {
  readonly actor: Actor;
  readonly places: PlaceBook;
  readonly fund: Row<'funds'>;
}

/** What a line asks for, or all its faults, each with its line's number. Without a place of its own it is at the fund's. */
function readRow(
  line: BatchLine & PhonedDraft,
  { actor, places, fund }: Reading,
): Wish | { readonly faults: readonly string[] } {
  const read = readTerms(line, fund.currency);
  const document = documentOf(line);
  const code = (text: string) => (text.trim() === '' ? undefined : text);
  const codes = { company: code(line.company), region: code(line.region), branch: code(line.branch) };
  const own = codes.company ?? codes.region ?? codes.branch;
  const found = own === undefined ? { place: placeOf(fund) } : choosePlace(places, codes, actor, 'requisition.create');
  const cents = 'terms' in read ? centsFault(read.terms, fund.currency) : null;
  const faults = [
    ...('faults' in read ? read.faults : []),
    ...(cents === null ? [] : [cents]),
    ...('fault' in document ? [document.fault] : []),
    ...('fault' in found ? [found.fault] : placeFaults(found.place, { actor, fund })),
  ];
  if ('faults' in read || 'fault' in found || 'fault' in document || faults.length > 0)
    return { faults: faults.map((fault) => `line ${line.line}: ${fault}`) };
  return { line: line.line, document: document.document, terms: read.terms, place: found.place };
}

const placeOf = ({ companyId, regionId, branchId }: Place): Place => ({ companyId, regionId, branchId });

const placeFaults = (place: Place, { actor, fund }: Pick<Reading, 'actor' | 'fund'>): string[] => [
  ...(mayAt(actor, 'requisition.create', place) ? [] : [`${actor.username} is no requester at this place`]),
  ...(standsAtOrAbove(fund, place) ? [] : [`fund ${fund.code} does not stand at this place or above it`]),
];

interface Saving {
  readonly actor: Actor;
  readonly fund: Row<'funds'>;
  readonly title: string | null;
  readonly timezone: string;
}

async function save(tx: Tx, { actor, fund, title, timezone }: Saving, wishes: readonly Wish[]): Promise<string> {
  const numbers = await takeRequisitionNumbers(tx, yearIn(tx.now, timezone), wishes.length);
  const identities = await newIdentities(tx, 'requisitions', wishes.length);
  const identity = await newIdentity(tx, 'batches');
  const rows = wishes.map((wish, at) => {
    const [given, number] = [identities[at], numbers[at]];
    if (given === undefined || number === undefined) throw new Error('fewer numbers than lines');
    const requisition = requisitionRow(tx, actor, { ...given, number }, { ...wish, currency: fund.currency });
    const item = { ...{ id: newId(), batchId: identity.id }, seq: at + 1, requisitionId: requisition.id };
    return { requisition, item: { ...item, line: wish.line, document: wish.document } };
  });
  const batch: Row<'batches'> = {
    ...identity,
    title,
    fundId: fund.id,
    currency: fund.currency,
    rowCount: rows.length,
    totalMinor: rows.reduce((sum, { requisition }) => sum + requisition.amountMinor, 0),
    hash: batchHash({ fundId: fund.id, currency: fund.currency }, rows),
    status: 'submitted',
    createdBy: actor.userId,
    createdAt: tx.now,
  };
  await insertRequisitions(
    tx,
    rows.map(({ requisition }) => requisition),
  );
  await insertBatch(tx, batch);
  await insertBatchItems(
    tx,
    rows.map(({ item }) => item),
  );
  await recordOfficeEvent(tx, ...rows.map(({ requisition }) => creationEvent(actor, requisition)));
  await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'batch.created',
    subject: batch.ref,
    origin: actor.origin,
    payload: {
      title,
      fund: fund.code,
      rows: batch.rowCount,
      total_minor: batch.totalMinor,
      currency: batch.currency,
      hash: batch.hash,
    },
  });
  return batch.id;
}

const closed = (fund: Row<'funds'>): Problem =>
  new Problem(
    'refused',
    'FUND_CLOSED',
    `Fund ${fund.code} is closed, with ${formatAmount(fund.balanceMinor, fund.currency)}.`,
    {
      unchanged: 'Nothing was saved.',
      fix: 'treasury fund list',
    },
  );

const lineOf = (fault: string): number => Number(/^line (\d+)/.exec(fault)?.[1] ?? 0);
const byLine = (a: string, b: string): number => lineOf(a) - lineOf(b);
