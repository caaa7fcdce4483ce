import { requireAbility, requireAbilityAt, type Actor, type Place } from '../domain/access.ts';
import { isCurrency } from '../domain/currency.ts';
import { destinationKey, payeeKey } from '../domain/payee-flags.ts';
import { notFound, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { Terms } from '../domain/requisition.ts';
import { sentence } from '../domain/sentence.ts';
import { recordOfficeEvent, type Happening } from '../store/audit-chain.ts';
import { lockOffice } from '../store/office.ts';
import { readPlaces, type PlaceCodes } from '../store/place-codes.ts';
import { newIdentity, type Identity } from '../store/references.ts';
import {
  getRequisitionView,
  insertRequisitions,
  takeRequisitionNumbers,
  type RequisitionView,
} from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { choosePlace, knownTo } from './choose-place.ts';
import { readTerms, withPhone, type Draft } from './read-terms.ts';

export interface RequisitionRequest {
  readonly draft: Draft;
  readonly place: PlaceCodes;
  /** Defaults to the office's currency. */
  readonly currency: string | null;
}

/** Creates and submits a requisition. Throws usage naming everything that is wrong with it, or forbidden. */
export async function createRequisition(
  store: Store,
  actor: Actor,
  request: RequisitionRequest,
): Promise<RequisitionView> {
  requireAbility(actor, 'requisition.create');
  const draft = await withPhone(request.draft);
  return store.write(async (tx) => {
    const office = await lockOffice(tx);
    const currency = request.currency ?? office.currency;
    const known = isCurrency(currency);
    const read = readTerms(draft, known ? currency : office.currency);
    const found = choosePlace(await readPlaces(tx, knownTo(actor)), request.place, actor, 'requisition.create');
    const faults = [
      ...('faults' in read ? read.faults : []),
      ...(known ? [] : [`${quoted(currency)} is not a currency; write three capitals, such as KES`]),
      ...('fault' in found ? [found.fault] : []),
    ];
    if ('fault' in found && found.missing !== null && faults.length === 1)
      throw notFound(found.missing.noun, JSON.stringify(found.missing.code.slice(0, 64)), 'treasury org tree');
    if ('faults' in read || 'fault' in found || !known) throw requisitionInvalid(faults);
    requireAbilityAt(actor, 'requisition.create', found.place);
    const [number = ''] = await takeRequisitionNumbers(tx, yearIn(tx.now, office.timezone), 1);
    const row = requisitionRow(
      tx,
      actor,
      { ...(await newIdentity(tx, 'requisitions')), number },
      { terms: read.terms, place: found.place, currency },
    );
    await insertRequisitions(tx, [row]);
    await recordOfficeEvent(tx, creationEvent(actor, row));
    return getRequisitionView(tx, row.id);
  });
}

const requisitionInvalid = (faults: readonly string[]) =>
  usage(
    'REQUISITION_INVALID',
    faults.length === 1
      ? `The requisition cannot be kept: ${sentence(faults[0])}`
      : `The requisition has ${faults.length} faults.`,
    {
      unchanged: 'Nothing was submitted.',
      fix: 'treasury requisition create --help',
      faults,
    },
  );

/** The calendar year at an instant in a zone. */
export const yearIn = (now: Date, zone: string): number =>
  Number(new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone: zone, year: 'numeric' }).format(now));

/** A new requisition as it is stored: submitted, in its first revision. */
export function requisitionRow(
  tx: Tx,
  actor: Actor,
  identity: Identity & { readonly number: string },
  wish: { readonly terms: Terms; readonly place: Place; readonly currency: string },
): Row<'requisitions'> {
  return {
    ...identity,
    requestedBy: actor.userId,
    ...wish.place,
    ...wish.terms,
    currency: wish.currency,
    status: 'submitted',
    revision: 1,
    decidedReason: null,
    createdAt: tx.now,
    ...keysOf(wish.terms),
  };
}

/** Payee and destination as they are compared with those of other requisitions. */
export const keysOf = ({ payee, destination }: Pick<Terms, 'payee' | 'destination'>) => ({
  payeeKey: payeeKey(payee),
  destinationKey: destinationKey(destination),
});

/** The one event of a new requisition. */
export const creationEvent = (actor: Actor, row: Row<'requisitions'>): Happening => ({
  actor: actor.username,
  action: 'requisition.created',
  subject: row.ref,
  origin: actor.origin,
  payload: { number: row.number, ...termsPayload(row) },
});

/** The terms of a requisition as an event carries them. */
export const termsPayload = (row: Row<'requisitions'>) => ({
  revision: row.revision,
  payee: row.payee,
  amount_minor: row.amountMinor,
  currency: row.currency,
  method: row.method,
  destination: row.destination,
  purpose: row.purpose,
  category: row.category,
  company_id: row.companyId,
  region_id: row.regionId,
  branch_id: row.branchId,
  status: row.status,
});
