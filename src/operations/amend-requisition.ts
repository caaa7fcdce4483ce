import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { decimalOf } from '../domain/money.ts';
import { usage } from '../domain/problem.ts';
import { statusAfter } from '../domain/requisition.ts';
import { sentence } from '../domain/sentence.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { getRequisitionView, updateRequisition, type RequisitionView } from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { keysOf, termsPayload } from './create-requisition.ts';
import { lockForAct } from './judge-requisition.ts';
import { normalPhone } from './phone.ts';
import { readTerms, type Draft } from './read-terms.ts';

/** New words for some of the terms; an empty category removes it. */
export type Amendment = { readonly [Term in keyof Draft]?: string | undefined };

export interface Amended {
  readonly before: Row<'requisitions'>;
  readonly view: RequisitionView;
}

/**
 * Changes the terms of one's own requisition, which is submitted again in a new revision: earlier approvals count no more.
 * Refused once a payment was made of it, unless all were cancelled.
 */
export async function amendRequisition(
  store: Store,
  actor: Actor,
  request: { readonly requisition: string; readonly amendment: Amendment },
): Promise<Amended> {
  refuseNothing(request.amendment);
  const { destination } = request.amendment;
  const phone = destination === undefined ? null : await normalPhone(destination);
  return store.write(async (tx) => {
    const before = await lockForAct(tx, actor, request.requisition, 'amend');
    requireAbilityAt(actor, 'requisition.create', before);
    const faults = destinationForgotten(before, request.amendment);
    const read = readTerms({ ...draftOf(before, request.amendment), phone }, before.currency);
    if ('faults' in read || faults.length > 0) throw invalid([...faults, ...('faults' in read ? read.faults : [])]);
    const after: Row<'requisitions'> = {
      ...before,
      ...read.terms,
      ...keysOf(read.terms),
      status: statusAfter('amend'),
      revision: before.revision + 1,
      decidedReason: null,
    };
    const { status, revision, decidedReason } = after;
    await updateRequisition(tx, before.id, { ...read.terms, ...keysOf(read.terms), status, revision, decidedReason });
    await recordOfficeEvent(tx, {
      actor: actor.username,
      action: 'requisition.amended',
      subject: before.ref,
      origin: actor.origin,
      payload: { number: before.number, before: termsPayload(before), after: termsPayload(after) },
    });
    return { before, view: await getRequisitionView(tx, before.id) };
  });
}

function refuseNothing(amendment: Amendment): void {
  if (Object.values(amendment).some((value) => value !== undefined)) return;
  throw usage(
    'INPUT_MISSING',
    'Say what to change: --payee, --amount, --purpose, --method with --to, --to or --category.',
    {
      unchanged: 'Nothing was amended.',
      fix: 'treasury requisition amend --help',
    },
  );
}

/** A number that was right for M-Pesa is no bank account: another method needs its own destination. */
const destinationForgotten = (before: Row<'requisitions'>, amendment: Amendment): string[] =>
  amendment.method !== undefined && amendment.method !== before.method && amendment.destination === undefined
    ? [`another method needs its own destination: give --to as well (it is ${before.destination} for ${before.method})`]
    : [];

function draftOf(before: Row<'requisitions'>, amendment: Amendment): Draft {
  return {
    payee: amendment.payee ?? before.payee,
    amount: amendment.amount ?? decimalOf(before.amountMinor, before.currency),
    purpose: amendment.purpose ?? before.purpose,
    method: amendment.method ?? before.method,
    destination: amendment.destination ?? before.destination,
    category: amendment.category ?? before.category,
  };
}

const invalid = (faults: readonly string[]) =>
  usage(
    'REQUISITION_INVALID',
    faults.length === 1
      ? `It cannot be amended like this: ${sentence(faults[0])}`
      : `The amendment has ${faults.length} faults.`,
    {
      unchanged: 'Nothing was amended.',
      fix: 'treasury requisition amend --help',
      faults,
    },
  );
