import { requireAbility } from '../../domain/access.ts';
import type { OfficeKey } from '../../domain/office-setting.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { settingDocument, type SettingDocument } from '../../documents/setting.ts';
import { changeSetting, officeSetting } from '../../operations/change-setting.ts';
import { isProposed } from '../../operations/two-people.ts';
import { getOffice } from '../../store/office.ts';
import { isZone } from '../../terminal/zone.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';

/** A setting of the office, for anybody who is logged in. */
export async function officeSettingInForce(context: Context, key: OfficeKey): Promise<SettingDocument> {
  await context.actor();
  const office = await (await context.store()).read(getOffice);
  return settingDocument({ key, value: officeSetting(office, key), origin: 'office' });
}

/** Changes a setting of the office, or proposes it. Throws forbidden for anyone but an admin, usage for what it cannot be. */
export async function setOfficeSetting(context: Context, key: OfficeKey, value: string): Promise<Result> {
  const admin = await context.actor();
  requireAbility(admin, 'office.manage');
  if (key === 'office.timezone' && !isZone(value)) {
    throw usage('CONFIG_VALUE_INVALID', `${quoted(value)} is not a time zone such as Africa/Nairobi.`, {
      unchanged: 'Nothing was changed.',
      fix: `treasury config get ${key}`,
    });
  }
  const answer = await changeSetting(await context.store(), admin, { key, value, reason: context.flags.reason });
  if (isProposed(answer)) return proposedResult(context, answer);
  return {
    data: settingDocument({ key, value: answer.after, origin: 'office' }),
    human: { lines: [`${key}: ${answer.before} > ${answer.after}`], next: [`treasury config get ${key}`] },
  };
}
