import { settingDocument, type SettingDocument } from '../../documents/setting.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { CONFIG_KEYS, type ConfigKey } from '../../gateways/config-file.ts';
import { isPostgres, sqlitePath } from '../../store/open.ts';
import { isZone } from '../../terminal/zone.ts';
import type { Context } from '../context.ts';

/** Every personal setting as it is in force. */
export const settingsInForce = (context: Context): SettingDocument[] =>
  CONFIG_KEYS.map((key) => {
    const setting = context.settings.find((one) => one.key === key);
    if (setting !== undefined && setting.value !== null) return settingDocument({ ...setting, key });
    return settingDocument({ key, value: defaultOf(key, context), origin: 'default' });
  });

function defaultOf(key: ConfigKey, context: Context): string | null {
  if (key === 'database_url') return context.places.databaseUrl;
  return key === 'color' ? 'auto' : null;
}

/** The setting of this key as it is in force. */
export function settingInForce(context: Context, key: ConfigKey): SettingDocument {
  const found = settingsInForce(context).find((setting) => setting.key === key);
  if (found === undefined) throw new Error(`${key} is not among the settings`);
  return found;
}

/** Refuses (CONFIG_VALUE_INVALID, exit 2) what a setting cannot mean. */
export function refuseUnfit(key: ConfigKey, value: string): void {
  const expected = {
    database_url: 'sqlite:PATH or postgres://USER@HOST/DATABASE, without a password',
    tz: 'a time zone such as Africa/Nairobi',
    color: 'auto, always or never',
    'confirm.type_amount_over': 'an amount such as 100000 or 100000.00',
  }[key];
  if (fits(key, value)) return;
  throw usage(
    'CONFIG_VALUE_INVALID',
    `${key} cannot be ${quoted(value.replace(/:[^:@/]*@/, ':...@'))}: it is ${expected}.`,
    {
      unchanged: 'Nothing was changed.',
      fix: `treasury config get ${key}`,
    },
  );
}

function fits(key: ConfigKey, value: string): boolean {
  if (key === 'tz') return isZone(value);
  if (key === 'color') return ['auto', 'always', 'never'].includes(value);
  if (key === 'confirm.type_amount_over') return /^\d{1,15}(\.\d{1,4})?$/.test(value);
  if (isPostgres(value)) return URL.canParse(value) && new URL(value).password === '';
  try {
    return sqlitePath(value) !== '';
  } catch {
    // sqlitePath refuses every other scheme with a Problem of its own; here the answer is enough.
    return false;
  }
}
