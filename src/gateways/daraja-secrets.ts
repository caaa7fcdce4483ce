import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../domain/problem.ts';

/** What Safaricom gave the organisation; never in the database, never in an error. */
export interface DarajaSecrets {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly initiatorPassword: string;
  /** PEM under which the password is sent. */
  readonly certificate: string;
}

const NAMES = {
  consumerKey: 'consumer_key',
  consumerSecret: 'consumer_secret',
  initiatorPassword: 'initiator_password',
  certificate: 'certificate',
} as const;

const LARGEST = 16 * 1024;

/** The secrets in a file, or the names of those that are missing; `certificate` names a PEM file, from where the file lies. */
export type FoundSecrets = { readonly secrets: DarajaSecrets } | { readonly missing: readonly string[] };

/**
 * Reads `gateways/daraja.toml`. A file that others can read or that is no TOML is refused (GATEWAY_SECRETS_UNUSABLE), without a word
 * of what stands in it.
 */
export async function readDarajaSecrets(file: string): Promise<FoundSecrets> {
  const text = await ownText(file);
  if (text === null) return { missing: [file] };
  const { parse } = await import('smol-toml');
  const table = parsed(() => parse(text), file);
  const value = (name: string): string => {
    const found = table[name];
    return typeof found === 'string' ? found.trim() : '';
  };
  const missing: string[] = Object.values(NAMES).filter((name) => value(name) === '');
  const pem = value(NAMES.certificate);
  const certificate = pem === '' ? null : await ownText(path.resolve(path.dirname(file), pem), { secret: false });
  if (pem !== '' && certificate === null) missing.push(`certificate ${pem}`);
  if (missing.length > 0 || certificate === null) return { missing };
  return {
    secrets: {
      consumerKey: value(NAMES.consumerKey),
      consumerSecret: value(NAMES.consumerSecret),
      initiatorPassword: value(NAMES.initiatorPassword),
      certificate,
    },
  };
}

/** The text of a file that is one's own; null when it is not there. */
async function ownText(file: string, { secret = true } = {}): Promise<string | null> {
  try {
    const about = await stat(file);
    if (secret && process.platform !== 'win32' && (about.mode & 0o077) !== 0)
      throw unusable(file, 'others can read it; chmod 600 it');
    if (about.size > LARGEST) throw unusable(file, `it has more than ${LARGEST} bytes`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw unusable(file, error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read');
  }
}

function parsed(parse: () => unknown, file: string): Readonly<Record<string, unknown>> {
  try {
    const table = parse();
    return typeof table === 'object' && table !== null ? (table as Record<string, unknown>) : {};
  } catch {
    // The parser's own words quote the file.
    throw unusable(file, 'it is no TOML');
  }
}

const unusable = (file: string, why: string): Problem =>
  new Problem('refused', 'GATEWAY_SECRETS_UNUSABLE', `The secrets in ${file} cannot be used: ${why}.`, {
    unchanged: 'Nothing was sent.',
    fix: 'treasury gateway set --help',
  });
