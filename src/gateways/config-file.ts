import { readFile, stat } from 'node:fs/promises';
import { fileTrouble } from '../domain/file-trouble.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { writeSecretFile } from './secret-file.ts';

/** What the personal config file may hold. */
export const CONFIG_KEYS = ['database_url', 'tz', 'color', 'confirm.type_amount_over'] as const;
export type ConfigKey = (typeof CONFIG_KEYS)[number];
export type Config = Readonly<Partial<Record<ConfigKey, string>>>;

/** Whether a text is the name of a setting. */
export const isConfigKey = (text: string): text is ConfigKey => CONFIG_KEYS.some((key) => key === text);

/** The key that a text names. Throws usage CONFIG_KEY_UNKNOWN, which names every key there is. */
export function configKey(text: string): ConfigKey {
  if (isConfigKey(text)) return text;
  throw usage(
    'CONFIG_KEY_UNKNOWN',
    `There is no setting ${quoted(text)}. The settings are ${CONFIG_KEYS.join(', ')}.`,
    {
      unchanged: 'Nothing was changed.',
      fix: 'treasury config list',
    },
  );
}

/**
 * The personal settings in a config.toml; none when there is no file. Throws usage CONFIG_UNREADABLE, CONFIG_INVALID for what it cannot mean,
 * and forbidden CONFIG_WORLD_WRITABLE for a file that anyone may have written.
 */
export async function readConfig(file: string): Promise<Config> {
  const text = await readIfThere(file);
  if (text === null) return {};
  const { parse } = await import('smol-toml');
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    throw invalid(file, [error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not TOML']);
  }
  return settingsOf(file, document);
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o002) !== 0) {
      throw new Problem('forbidden', 'CONFIG_WORLD_WRITABLE', `Anyone on this machine may write to ${file}.`, {
        unchanged: 'Nothing was read.',
        fix: `chmod 600 ${file}`,
      });
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error instanceof Problem) throw error;
    if (error.code === 'ENOENT') return null;
    throw usage(
      'CONFIG_UNREADABLE',
      `${file} cannot be read: ${fileTrouble(error, 'reading') ?? String(error.code)}.`,
      {
        unchanged: 'Nothing was changed.',
        fix: `make it a file that you can read: ls -ld ${file}`,
      },
    );
  }
}

function settingsOf(file: string, document: Record<string, unknown>): Config {
  const faults: string[] = [];
  const found: Partial<Record<ConfigKey, string>> = {};
  for (const [key, value] of flattened(document)) {
    if (!isConfigKey(key)) faults.push(`there is no setting ${quoted(key)}`);
    else if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
      faults.push(`${key} is neither text nor a number`);
    else found[key] = String(value);
  }
  if (faults.length > 0) throw invalid(file, faults);
  return found;
}

/** Tables one level deep become `table.key`. */
const flattened = (document: Record<string, unknown>): [string, unknown][] =>
  Object.entries(document).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
      ? Object.entries(value).map(([inner, held]) => [`${key}.${inner}`, held])
      : [[key, value]],
  );

const invalid = (file: string, faults: readonly string[]) =>
  usage('CONFIG_INVALID', `${file} cannot be used: ${faults[0] ?? 'unknown'}.`, {
    unchanged: 'Nothing was changed.',
    fix: `edit ${file}; the settings are ${CONFIG_KEYS.join(', ')}`,
    faults,
  });

/** Writes the personal settings, whole or not at all, readable by this person only. */
export async function writeConfig(file: string, config: Config): Promise<void> {
  const { stringify } = await import('smol-toml');
  const document: Record<string, string | Record<string, string>> = {};
  for (const key of CONFIG_KEYS) {
    const value = config[key];
    if (value === undefined) continue;
    const [table, inner] = key.split('.');
    if (table !== undefined && inner !== undefined) document[table] = { [inner]: value };
    else document[key] = value;
  }
  await writeSecretFile(file, stringify(document));
}
