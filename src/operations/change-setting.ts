import type { Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { isOfficeKey, type OfficeKey } from '../domain/office-setting.ts';
import { mailUrlFault, senderFault } from '../domain/people.ts';
import { usage } from '../domain/problem.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { lockOffice, updateOffice } from '../store/office.ts';
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

/** Where each setting is kept. */
const COLUMNS = {
  'office.mail_url': 'mailUrl',
  'office.mail_from': 'mailFrom',
  'office.timezone': 'timezone',
} as const satisfies Record<OfficeKey, string>;

/** The value of a setting of the office. */
export const officeSetting = (office: Row<'office'>, key: OfficeKey): string => office[COLUMNS[key]];

export interface SettingChanged {
  readonly key: OfficeKey;
  readonly before: string;
  readonly after: string;
}

/**
 * Changes how and from whom the office sends mail, or the zone in which its days are counted (which the caller has judged): a
 * change for two once the office has paid. Throws usage CONFIG_VALUE_INVALID, forbidden for anyone but an admin.
 */
export async function changeSetting(
  store: Store,
  admin: Actor,
  request: { key: OfficeKey; value: string; reason: string | null },
): Promise<SettingChanged | Proposed> {
  const { key, value, reason } = request;
  refuseUnfit(key, value);
  return store.write(async (tx) => {
    const before = officeSetting(await lockOfficeAs(tx, admin), key);
    if (before === value) return { key, before, after: value };
    if (!(await needsTwo(tx))) return applySetting(tx, alone(admin), { key, before, after: value });
    return propose(tx, admin, {
      kind: settingChange,
      subject: key,
      subjectUserId: null,
      place: null,
      before: shown(before),
      after: shown(value),
      payload: { value },
      reason,
    });
  });
}

const shown = (value: string): Shown => ({ value });

export const settingChange: ChangeKind = {
  kind: 'office.setting',
  ofPerson: false,
  present: async (tx, change) => shown(officeSetting(await lockOffice(tx), keyOf(change))),
  apply: async (tx, authority, change) => {
    const key = keyOf(change);
    const before = officeSetting(await lockOfficeAs(tx, authority.actor), key);
    await applySetting(tx, authority, { key, before, after: payloadOf<{ value: string }>(change).value });
    return { lines: [], next: [`treasury config get ${key}`] };
  },
};

function keyOf({ ref, subject }: Row<'changes'>): OfficeKey {
  if (!isOfficeKey(subject)) throw new Error(`${ref} is about the unknown setting ${subject}`);
  return subject;
}

async function applySetting(tx: Tx, authority: Authority, setting: SettingChanged): Promise<SettingChanged> {
  const { key, before, after } = setting;
  await updateOffice(tx, { [COLUMNS[key]]: after });
  const payload = { before, after };
  await recordOfficeEvent(tx, happeningBy(authority, { action: 'office.setting_changed', subject: key, payload }));
  return setting;
}

function refuseUnfit(key: OfficeKey, value: string): void {
  const fault =
    key === 'office.mail_url' ? mailUrlFault(value) : key === 'office.mail_from' ? senderFault(value) : null;
  if (fault === null) return;
  throw usage('CONFIG_VALUE_INVALID', `${key} cannot be set like this: ${fault}.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury config get ${key}`,
  });
}
