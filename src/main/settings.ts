import { existsSync } from 'node:fs';
import type { GlobalFlags, Setting } from '../commands/context.ts';
import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { isZone } from '../terminal/zone.ts';
import { given } from './places.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Known {
  readonly key: string;
  readonly flag?: (flags: GlobalFlags) => string | null;
  readonly variable?: string;
}

const KNOWN: readonly Known[] = [
  { key: 'database_url', variable: 'TREASURY_DATABASE_URL' },
  { key: 'tz', flag: (flags) => flags.tz, variable: 'TREASURY_TZ' },
  { key: 'color', flag: (flags) => (flags.color === 'auto' ? null : flags.color) },
  { key: 'confirm.type_amount_over' },
];

/** Every setting with where it comes from: flag before environment before config file before default. */
export async function settingsOf(flags: GlobalFlags, env: Environment, configFile: string): Promise<Setting[]> {
  const config = await configOf(configFile);
  return KNOWN.map(({ key, flag, variable }): Setting => {
    const flagged = flag?.(flags) ?? null;
    if (flagged !== null) return { key, value: flagged, origin: 'flag' };
    const set = variable === undefined ? undefined : given(env, variable);
    if (set !== undefined) return { key, value: set, origin: 'environment' };
    const kept = config.get(key);
    return kept === undefined ? { key, value: null, origin: 'default' } : { key, value: kept, origin: 'config file' };
  });
}

/** The value of a setting, or null. */
export const settingOf = (settings: readonly Setting[], key: string): string | null =>
  settings.find((setting) => setting.key === key)?.value ?? null;

/** The zone that a person asked for, when it is one. Throws usage ZONE_UNKNOWN. */
export function zoneOf(settings: readonly Setting[]): string | null {
  const zone = settingOf(settings, 'tz');
  if (zone === null) return null;
  if (isZone(zone)) return zone;
  throw usage('ZONE_UNKNOWN', `${quoted(zone)} is not a time zone. Write it like Africa/Nairobi or UTC.`, {
    unchanged: 'Nothing was changed.',
  });
}

/** Most people have no config file, and then nothing that reads TOML is loaded. */
async function configOf(file: string): Promise<ReadonlyMap<string, string>> {
  if (!existsSync(file)) return new Map();
  const { readConfig } = await import('../gateways/config-file.ts');
  return new Map(Object.entries(await readConfig(file)));
}
