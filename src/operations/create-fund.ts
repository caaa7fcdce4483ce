import { requireAbility, requireAbilityAt, belongsTo, type Actor, type Place } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { readFundDraft, type FundDraft, type FundTerms } from '../domain/fund.ts';
import { decimalOf } from '../domain/money.ts';
import { notFound, Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { GENESIS, recordFundEvent } from '../store/audit-chain.ts';
import { fundCodeTaken, getFund, insertFund, type FundView } from '../store/funds.ts';
import { lockOffice } from '../store/office.ts';
import { findPlace, readPlaces, type PlaceCodes } from '../store/place-codes.ts';
import { codeOfPlace } from '../store/places.ts';
import { newIdentity } from '../store/references.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { postEntry } from './post-entry.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface CreateFundRequest {
  readonly draft: Omit<FundDraft, 'currency'>;
  readonly place: PlaceCodes;
  /** Defaults to the office's currency. */
  readonly currency: string | null;
  readonly reason?: string | null;
}

export interface CreatedFund {
  readonly view: FundView;
  /** The request that an opening below the reorder level raised. */
  readonly replenishment: Row<'replenishmentRequests'> | null;
}

/**
 * Opens a fund; an opening balance is its first entry, one of 0 makes none. With an opening balance, or payments that need no code, it is
 * a change for two once the office has paid. Throws usage FUND_INVALID with everything that is wrong, conflict FUND_EXISTS, forbidden, or not found when only the place does not exist.
 */
export async function createFund(
  store: Store,
  actor: Actor,
  request: CreateFundRequest,
): Promise<CreatedFund | Proposed> {
  requireAbility(actor, 'fund.manage');
  return store.write(async (tx) => {
    const draft = await readDraft(tx, actor, request);
    return opensDoors(draft) && (await needsTwo(tx))
      ? proposeFund(tx, actor, draft, request)
      : openFund(tx, alone(actor), draft);
  });
}

/** What nobody does alone: to bring money in, or to let any of it go without a code, as raising the threshold later would. */
const opensDoors = ({ terms }: Draft): boolean => terms.openingMinor > 0 || terms.otpThresholdMinor > 0;

interface Draft {
  readonly code: string;
  readonly currency: string;
  readonly place: Place;
  readonly terms: FundTerms & { readonly openingMinor: number };
}

async function readDraft(tx: Tx, actor: Actor, request: CreateFundRequest): Promise<Draft> {
  // The office's lock keeps "is this code free" true until the commit.
  const office = await lockOffice(tx);
  const currency = request.currency ?? office.currency;
  const { code } = request.draft;
  const read = readFundDraft({ ...request.draft, currency });
  const book = await readPlaces(tx, (id) => belongsTo(actor, id));
  const place = placeOrFaults(findPlace(book, request.place), read.faults);
  if (read.terms === null) throw fundInvalid(read.faults);
  requireAbilityAt(actor, 'fund.manage', place);
  if (await fundCodeTaken(tx, code)) throw fundExists(code);
  return { code, currency, place, terms: read.terms };
}

async function openFund(tx: Tx, authority: Authority, { code, currency, place, terms }: Draft): Promise<CreatedFund> {
  const { openingMinor, ...settled } = terms;
  const fund = await fundRow(tx, authority.actor, { ...settled, ...place, code, currency });
  await insertFund(tx, fund);
  const replenishment = await open(tx, authority, fund, openingMinor);
  return { view: await getFund(tx, fund.id), replenishment };
}

const proposeFund = async (
  tx: Tx,
  actor: Actor,
  draft: Draft,
  { reason = null, ...request }: CreateFundRequest,
): Promise<Proposed> =>
  propose(tx, actor, {
    kind: fundCreation,
    subject: draft.code,
    subjectUserId: null,
    place: draft.place,
    before: NO_FUND,
    after: await shownDraft(tx, draft),
    payload: { request: JSON.stringify(request) },
    reason,
  });

const NO_FUND: Shown = {};

async function shownDraft(tx: Tx, { currency, place, terms }: Draft): Promise<Shown> {
  const money = (name: string, minor: number | null): Shown =>
    minor === null ? {} : { [name]: decimalOf(minor, currency), [`${name}_minor`]: minor };
  return {
    name: terms.name,
    place: await codeOfPlace(tx, place),
    currency,
    ...money('opening', terms.openingMinor),
    ...money('reorder_level', terms.reorderLevelMinor),
    ...money('imprest_level', terms.imprestLevelMinor),
    ...money('otp_threshold', terms.otpThresholdMinor),
    ...money('payment_limit', terms.paymentLimitMinor),
    ...money('daily_limit', terms.dailyLimitMinor),
    auto_replenish: terms.autoReplenish,
  };
}

export const fundCreation: ChangeKind = {
  kind: 'fund.create',
  ofPerson: false,
  present: async (tx, change) => {
    await lockOffice(tx);
    return (await fundCodeTaken(tx, change.subject)) ? { code: change.subject } : NO_FUND;
  },
  apply: async (tx, authority, change) => {
    // What `proposeFund` wrote.
    const request = JSON.parse(payloadOf<{ request: string }>(change).request) as CreateFundRequest;
    const { view } = await openFund(tx, authority, await readDraft(tx, authority.actor, request));
    return { lines: [], next: [`treasury fund show ${view.fund.code}`] };
  },
};

function placeOrFaults(found: ReturnType<typeof findPlace>, faults: readonly string[]): Place {
  if (found !== null && 'place' in found) return found.place;
  const fault = found?.fault ?? 'the place is missing: give --company, --region or --branch';
  if (faults.length === 0 && found?.missing)
    throw notFound(found.missing.noun, quoted(found.missing.code), 'treasury org tree');
  throw fundInvalid([...faults, fault]);
}

const fundInvalid = (faults: readonly string[]) =>
  usage(
    'FUND_INVALID',
    `The fund cannot be opened like this: ${faults.length === 1 ? faults[0] : `${faults.length} faults`}.`,
    {
      unchanged: 'No fund was opened.',
      fix: 'treasury fund create --help',
      faults,
    },
  );

const fundExists = (code: string) =>
  new Problem('conflict', 'FUND_EXISTS', `There is already a fund ${code} in the office.`, {
    unchanged: 'No fund was opened.',
    fix: 'treasury fund list',
    retryable: false,
  });

async function fundRow(
  tx: Tx,
  actor: Actor,
  settled: FundTerms & Place & { readonly code: string; readonly currency: string },
): Promise<Row<'funds'>> {
  return {
    ...(await newIdentity(tx, 'funds')),
    ...settled,
    balanceMinor: 0,
    reservedMinor: 0,
    state: 'open',
    lastReplenishedAt: null,
    entrySeq: 0,
    voucherYear: tx.now.getUTCFullYear(),
    voucherSeq: 0,
    headSeq: 0,
    headHash: GENESIS,
    headAt: null,
    createdBy: actor.userId,
    createdAt: tx.now,
  };
}

/** Records the opening as one event, with the entry that it may make. */
async function open(
  tx: Tx,
  authority: Authority,
  fund: Row<'funds'>,
  openingMinor: number,
): Promise<Row<'replenishmentRequests'> | null> {
  const created = happeningBy(authority, {
    action: 'fund.created',
    subject: fund.code,
    payload: {
      ref: fund.ref,
      name: fund.name,
      company_id: fund.companyId,
      region_id: fund.regionId,
      branch_id: fund.branchId,
      currency: fund.currency,
      opening_minor: openingMinor,
      reorder_level_minor: fund.reorderLevelMinor,
      imprest_level_minor: fund.imprestLevelMinor,
      otp_threshold_minor: fund.otpThresholdMinor,
      payment_limit_minor: fund.paymentLimitMinor,
      daily_limit_minor: fund.dailyLimitMinor,
      auto_replenish: fund.autoReplenish,
    },
  });
  if (openingMinor === 0) {
    await recordFundEvent(tx, fund, created);
    return null;
  }
  const opening = {
    type: 'credit',
    kind: 'opening',
    amountMinor: openingMinor,
    description: 'Opening balance',
    createdBy: authority.actor.userId,
  } as const;
  return (await postEntry(tx, fund, opening, created)).replenishment;
}
