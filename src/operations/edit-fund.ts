import { requireAbilityAt, type Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { readFundEdit, type FundEdit, type FundTerms } from '../domain/fund.ts';
import { decimalOf } from '../domain/money.ts';
import { Problem, usage } from '../domain/problem.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { getFund, lockFund, resolveFund, updateFund, type FundView } from '../store/funds.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import {
  alone,
  changedMeanwhile,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

/** Audit names of what an edit may change, by column. */
const EDITABLE = {
  name: 'name',
  reorderLevelMinor: 'reorder_level_minor',
  imprestLevelMinor: 'imprest_level_minor',
  otpThresholdMinor: 'otp_threshold_minor',
  paymentLimitMinor: 'payment_limit_minor',
  dailyLimitMinor: 'daily_limit_minor',
  autoReplenish: 'auto_replenish',
} as const;
type Editable = keyof typeof EDITABLE;
// Object.keys forgets the names that the line above fixes.
const FIELDS = Object.keys(EDITABLE) as Editable[];
/** What one person may change alone even when the office has paid: neither level, threshold nor limit. */
const HARMLESS: readonly Editable[] = ['name', 'autoReplenish'];

export interface EditedFund {
  readonly before: FundView;
  readonly after: FundView;
  /** Columns that are different now; none when the fund was like this already. */
  readonly changed: readonly Editable[];
}

interface EditRequest {
  readonly fund: string;
  readonly edit: FundEdit;
  readonly reason: string | null;
}

/**
 * Changes a fund's name, levels, threshold or limits; all but the name are a change for two once the office has paid. Throws
 * usage FUND_INVALID with everything that is wrong, conflict FUND_CLOSED.
 */
export async function editFund(store: Store, actor: Actor, request: EditRequest): Promise<EditedFund | Proposed> {
  return store.write(async (tx) => {
    const found = await readEdit(tx, actor, request);
    const { fund, changed } = found;
    const view = await getFund(tx, fund.id);
    if (changed.length === 0) return { before: view, after: view, changed };
    if (fund.state === 'closed') throw closed(fund.code);
    const doors = changed.some((field) => !HARMLESS.includes(field));
    return doors && (await needsTwo(tx))
      ? proposeEdit(tx, actor, found, request)
      : applyEdit(tx, alone(actor), found, request.reason);
  });
}

interface ReadEdit {
  readonly fund: Row<'funds'>;
  readonly terms: FundTerms;
  readonly changed: readonly Editable[];
}

async function readEdit(tx: Tx, actor: Actor, request: EditRequest): Promise<ReadEdit> {
  const fund = await lockFund(tx, await resolveFund(tx, request.fund, actor.grants));
  requireAbilityAt(actor, 'fund.manage', fund);
  const { terms, faults } = readFundEdit(fund, request.edit);
  if (terms === null) {
    const wrong = faults.length === 1 ? faults[0] : `${faults.length} faults`;
    throw usage('FUND_INVALID', `Fund ${fund.code} cannot be changed like this: ${wrong}.`, {
      unchanged: 'Nothing was changed.',
      fix: 'treasury fund edit --help',
      faults,
    });
  }
  return { fund, terms, changed: FIELDS.filter((field) => terms[field] !== fund[field]) };
}

async function applyEdit(
  tx: Tx,
  authority: Authority,
  { fund, terms, changed }: ReadEdit,
  reason: string | null,
): Promise<EditedFund> {
  const before = await getFund(tx, fund.id);
  await updateFund(tx, fund.id, terms);
  const figures = (of: FundTerms) => Object.fromEntries(changed.map((field) => [EDITABLE[field], of[field]]));
  const payload = { before: figures(fund), after: figures(terms), reason };
  await recordFundEvent(tx, fund, happeningBy(authority, { action: 'fund.edited', subject: fund.code, payload }));
  return { before, after: await getFund(tx, fund.id), changed };
}

const proposeEdit = (
  tx: Tx,
  actor: Actor,
  { fund, terms, changed }: ReadEdit,
  request: EditRequest,
): Promise<Proposed> =>
  propose(tx, actor, {
    kind: fundChange,
    subject: fund.code,
    subjectUserId: null,
    place: fund,
    before: shownTerms(fund, changed, fund.currency),
    after: shownTerms(terms, changed, fund.currency),
    payload: { fund_id: fund.id, edit: request.edit, changed },
    reason: request.reason,
  });

interface EditPayload {
  readonly fund_id: string;
  /** As typed. */
  readonly edit: { readonly [Name in keyof FundEdit]: string | null };
  readonly changed: readonly Editable[];
}

/** The option that a column is typed with. */
const typedName = (field: Editable): keyof FundEdit => field.replace(/Minor$/, '') as keyof FundEdit;

export const fundChange: ChangeKind = {
  kind: 'fund.edit',
  ofPerson: false,
  present: async (tx, change) => {
    const { fund_id: id, changed } = payloadOf<EditPayload>(change);
    const fund = await lockFund(tx, id);
    return shownTerms(fund, changed, fund.currency);
  },
  apply: async (tx, authority, change) => {
    const { fund_id: id, edit, changed } = payloadOf<EditPayload>(change);
    // What was as typed already when it was proposed was shown to nobody: it stays as it is by now.
    const given = Object.fromEntries(changed.map((field) => [typedName(field), edit[typedName(field)] ?? undefined]));
    const found = await readEdit(tx, authority.actor, { fund: id, edit: given, reason: null });
    if (found.fund.state === 'closed') throw changedMeanwhile(change, `fund ${found.fund.code} is closed`);
    await applyEdit(tx, authority, found, change.reason);
    return { lines: [], next: [`treasury fund show ${found.fund.code}`] };
  },
};

/** What people see of the terms that differ: levels, threshold and limits as money. */
function shownTerms(terms: FundTerms, changed: readonly Editable[], currency: string): Shown {
  const entries = changed.flatMap((field): [string, string | number | boolean | null][] => {
    const value = terms[field];
    const name = EDITABLE[field].replace(/_minor$/, '');
    if (name === EDITABLE[field]) return [[name, value]];
    return [
      [name, typeof value === 'number' ? decimalOf(value, currency) : null],
      [EDITABLE[field], value],
    ];
  });
  return { ...Object.fromEntries(entries), currency };
}

const closed = (code: string) =>
  new Problem('conflict', 'FUND_CLOSED', `Fund ${code} is closed.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury fund show ${code}`,
    retryable: false,
  });
