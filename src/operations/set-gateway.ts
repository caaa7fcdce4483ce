import type { Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { readGatewayTerms, type GatewayTerms, type TypedSettings } from '../domain/gateway-settings.ts';
import { inWords } from '../domain/duration.ts';
import { decimalOf } from '../domain/money.ts';
import { usage } from '../domain/problem.ts';
import { sentence } from '../domain/sentence.ts';
import { canonicalJson, recordOfficeEvent } from '../store/audit-chain.ts';
import { gatewayInForce, insertGateway } from '../store/gateways.ts';
import { lockAllFunds } from '../store/policies.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { lockOfficeAs } from './manage-office.ts';
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

/** How a method is paid now. `changed` is false when it was so before. */
export interface GatewaySet {
  readonly row: Row<'gateways'>;
  readonly before: Row<'gateways'> | undefined;
  readonly changed: boolean;
}

/**
 * Says how a method is paid from now on: by hand, or by a rail with its settings (secrets are not among them). A change for two
 * once the office has paid. Throws usage GATEWAY_INVALID with every fault; forbidden for anyone but an admin.
 */
export async function setGateway(
  store: Store,
  admin: Actor,
  request: {
    readonly method: string;
    readonly kind: string;
    readonly typed: TypedSettings;
    readonly reason: string | null;
  },
): Promise<GatewaySet | Proposed> {
  const read = readGatewayTerms(request.method, request.kind, request.typed);
  if ('faults' in read) throw invalid(read.faults);
  const { terms } = read;
  return store.write(async (tx) => {
    // Nothing is paid while it changes: funds first, as everybody else who also needs the office's lock.
    await lockAllFunds(tx);
    await lockOfficeAs(tx, admin);
    const before = await gatewayInForce(tx, terms.method);
    if (before !== undefined && isSame(before, terms)) return { row: before, before, changed: false };
    if (!(await needsTwo(tx))) return applyGateway(tx, alone(admin), terms);
    return propose(tx, admin, {
      kind: gatewayChange,
      subject: terms.method,
      subjectUserId: null,
      place: null,
      before: shownOf(before),
      after: shownTerms(terms),
      payload: { terms },
      reason: request.reason,
    });
  });
}

const invalid = (faults: readonly string[]) =>
  usage(
    'GATEWAY_INVALID',
    faults.length === 1
      ? `The gateway cannot be set like this: ${sentence(faults[0])}`
      : `The gateway cannot be set like this: ${faults.length} faults.`,
    { unchanged: 'Nothing was changed.', fix: 'treasury gateway set --help', faults },
  );

const isSame = (row: Row<'gateways'>, terms: GatewayTerms): boolean =>
  row.kind === terms.kind &&
  row.account === terms.account &&
  row.highestFeeMinor === terms.highestFeeMinor &&
  row.body === canonicalJson(terms.settings);

const shownTerms = ({ kind, account, highestFeeMinor, settings }: GatewayTerms): Shown =>
  kind === 'manual'
    ? { kind }
    : { kind, account, highest_fee: decimalOf(highestFeeMinor, 'KES'), ...shownSettings(settings) };

const shownOf = (row: Row<'gateways'> | undefined): Shown =>
  row === undefined || row.kind === 'manual'
    ? { kind: 'manual' }
    : {
        kind: row.kind,
        account: row.account,
        highest_fee: decimalOf(row.highestFeeMinor, 'KES'),
        ...shownSettings(JSON.parse(row.body) as object),
      };

/** Settings under the names of their options: amounts in shillings, times in words. */
const shownSettings = (settings: object): Shown =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]: [string, string | number | null]) => {
      const plain = name.replace(/(?:Minor|Ms)$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      if (name.endsWith('Minor')) return [plain, decimalOf(Number(value), 'KES')];
      return name.endsWith('Ms') ? [`${plain}_period`, inWords(Number(value))] : [plain, value];
    }),
  );

export const gatewayChange: ChangeKind = {
  kind: 'gateway.set',
  ofPerson: false,
  present: async (tx, { subject }) => {
    await lockAllFunds(tx);
    return shownOf(await gatewayInForce(tx, subject));
  },
  apply: async (tx, authority, change) => {
    const { terms } = payloadOf<{ terms: GatewayTerms }>(change);
    await lockOfficeAs(tx, authority.actor);
    const { row } = await applyGateway(tx, authority, terms);
    return { lines: [`${row.method} is paid by ${row.kind} from now on.`], next: ['treasury gateway list'] };
  },
};

async function applyGateway(tx: Tx, authority: Authority, terms: GatewayTerms): Promise<GatewaySet> {
  const before = await gatewayInForce(tx, terms.method);
  const row = await insertGateway(tx, {
    ...terms,
    createdBy: authority.actor.userId,
    changeId: authority.confirmed?.change.id ?? null,
  });
  await recordOfficeEvent(
    tx,
    happeningBy(authority, {
      action: 'gateway.set',
      subject: terms.method,
      payload: { version: row.version, before: shownOf(before), after: shownOf(row) },
    }),
  );
  return { row, before, changed: true };
}
