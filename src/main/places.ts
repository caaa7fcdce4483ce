import path from 'node:path';
import type { Places } from '../commands/context.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The directories of a person: one for all with TREASURY_HOME, else those of the XDG convention. */
export interface Directories {
  readonly config: string;
  readonly data: string;
  readonly state: string;
}

/** Where a person's things lie; a setting of the environment comes before the default. */
export async function directoriesOf(env: Environment): Promise<Directories> {
  const home = given(env, 'TREASURY_HOME');
  if (home !== undefined) {
    const directory = path.resolve(home);
    return { config: directory, data: directory, state: directory };
  }
  const { default: envPaths } = await import('env-paths');
  const { config, data, log } = envPaths('treasury', { suffix: '' });
  return { config, data, state: log };
}

/** The files in those directories, or those that the environment names instead. */
export function placesOf(env: Environment, directories: Directories, databaseUrl: string | null): Places {
  const pepperFile = path.resolve(given(env, 'TREASURY_PEPPER_FILE') ?? path.join(directories.config, 'pepper'));
  return {
    configFile: path.join(directories.config, 'config.toml'),
    dataDirectory: directories.data,
    stateDirectory: directories.state,
    sessionFile: path.resolve(given(env, 'TREASURY_SESSION_FILE') ?? path.join(directories.state, 'session')),
    tokenFile: resolvedOrNull(given(env, 'TREASURY_TOKEN_FILE')),
    pepperFile,
    headsDirectory: path.join(path.dirname(pepperFile), 'heads'),
    gatewaysDirectory: path.join(path.dirname(pepperFile), 'gateways'),
    databaseUrl: databaseUrl ?? `sqlite:${path.join(directories.data, 'treasury.db')}`,
  };
}

const resolvedOrNull = (file: string | undefined): string | null => (file === undefined ? null : path.resolve(file));

/** A variable that is set to the empty text is not set. */
export const given = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
