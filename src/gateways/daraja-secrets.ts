import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../domain/problem.ts';
import { certificateEnds, securityCredential } from './mpesa/security-credential.ts';

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

/** One thing that keeps the secrets from being used, and what to type; not a word of what stands in them. */
export interface SecretsFault {
  readonly about: 'file' | 'certificate';
  /** Not there at all, or there and of no use. */
  readonly what: 'missing' | 'unusable';
  /** What is missing; or what is of no use, and why. */
  readonly says: string;
  readonly fix: string;
}

/** What a machine has of the secrets: all of them, or everything that is wrong with them. */
export type FoundSecrets =
  | {
      readonly secrets: DarajaSecrets;
      readonly certificateFile: string;
      /** The last instant of the certificate; null for a bare key, which has none. */
      readonly certificateEndsAt: Date | null;
    }
  | { readonly faults: readonly SecretsFault[] };

/**
 * Looks at `gateways/daraja.toml`, in which `certificate` names a PEM file, from where the file lies. It is to be of nobody else's
 * reading. Tells every fault at once, and throws none.
 */
export async function lookAtDarajaSecrets(file: string): Promise<FoundSecrets> {
  const own = await textOf(file, { about: 'file', secret: true, write: writeAll(file) });
  const table = own.text === null ? null : await tableIn(own.text);
  const faults: SecretsFault[] = [...own.faults];
  if (own.text !== null && table === null)
    faults.push({ about: 'file', what: 'unusable', says: `${file} is no TOML`, fix: writeAll(file) });
  if (table === null) return { faults };
  const value = (name: string): string => {
    const found = table[name];
    return typeof found === 'string' ? found.trim() : '';
  };
  for (const name of Object.values(NAMES)) {
    if (value(name) !== '') continue;
    const fix = `write ${name} = "..." into ${file}`;
    faults.push({ about: name === NAMES.certificate ? 'certificate' : 'file', what: 'missing', says: name, fix });
  }
  const secrets = {
    consumerKey: value(NAMES.consumerKey),
    consumerSecret: value(NAMES.consumerSecret),
    initiatorPassword: value(NAMES.initiatorPassword),
  };
  if (value(NAMES.certificate) === '') return { faults };
  const certificateFile = path.resolve(path.dirname(file), value(NAMES.certificate));
  const write = `save the certificate that M-Pesa's portal gives for the initiator's password as ${certificateFile}`;
  const pem = await textOf(certificateFile, { about: 'certificate', secret: false, write });
  faults.push(...pem.faults);
  const unfit = pem.text === null ? null : certificateFault(pem.text, secrets.initiatorPassword);
  if (unfit !== null)
    faults.push({ about: 'certificate', what: 'unusable', says: `${certificateFile} ${unfit}`, fix: write });
  if (pem.text === null || faults.length > 0) return { faults };
  return {
    secrets: { ...secrets, certificate: pem.text },
    certificateFile,
    certificateEndsAt: certificateEnds(pem.text),
  };
}

/**
 * The secrets in a file. Throws refused GATEWAY_SECRETS_MISSING where some are not there, and GATEWAY_SECRETS_UNUSABLE where a file
 * cannot be used, with every fault.
 */
export async function readDarajaSecrets(file: string): Promise<DarajaSecrets> {
  const found = await lookAtDarajaSecrets(file);
  if ('secrets' in found) return found.secrets;
  const unusable = found.faults.some(({ what }) => what === 'unusable');
  const says = found.faults.map((fault) => (unusable ? saysOf(fault) : fault.says)).join('; ');
  throw new Problem(
    'refused',
    unusable ? 'GATEWAY_SECRETS_UNUSABLE' : 'GATEWAY_SECRETS_MISSING',
    unusable ? `The secrets of M-Pesa on this machine cannot be used: ${says}.` : `Missing on this machine: ${says}.`,
    { unchanged: 'Nothing was sent.', fix: found.faults.map(({ fix }) => fix).join('; ') },
  );
}

/** A fault as a clause of its own. */
export const saysOf = ({ what, says }: SecretsFault): string => (what === 'missing' ? `${says} is missing` : says);

interface Text {
  /** Null when nothing could be read. */
  readonly text: string | null;
  readonly faults: readonly SecretsFault[];
}

/** The text of a file, with what is wrong with the file itself; `write` says how to make it. */
async function textOf(
  file: string,
  { about, secret, write }: { readonly about: SecretsFault['about']; readonly secret: boolean; readonly write: string },
): Promise<Text> {
  const unusable = (why: string, fix: string): SecretsFault => ({
    ...{ about, what: 'unusable', says: `${file} ${why}`, fix },
  });
  try {
    const found = await stat(file);
    // A pipe or a terminal would be waited for.
    if (!found.isFile()) return { text: null, faults: [unusable('is no file', write)] };
    if (found.size > LARGEST) return { text: null, faults: [unusable(`has more than ${LARGEST} bytes`, write)] };
    const open = secret && process.platform !== 'win32' && (found.mode & 0o077) !== 0;
    return {
      text: await readFile(file, 'utf8'),
      faults: open ? [unusable('can be read by others on this machine', `chmod 600 ${file}`)] : [],
    };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    if (error.code === 'ENOENT') return { text: null, faults: [{ about, what: 'missing', says: file, fix: write }] };
    const fix = `make ${file} readable for whoever pays, and nobody else`;
    return { text: null, faults: [unusable(`cannot be read (${error.code})`, fix)] };
  }
}

/** Null for what is no TOML; the parser's own words quote the file. */
async function tableIn(text: string): Promise<Readonly<Record<string, unknown>> | null> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) return null;
    throw error;
  }
}

/** Why a PEM cannot carry this password, or any where there is none yet; null when it can. */
function certificateFault(pem: string, password: string): string | null {
  if (pem.includes('PRIVATE KEY')) return 'holds a private key, where a certificate belongs';
  const carries = (text: string): boolean => {
    try {
      securityCredential(text, pem);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return false;
      throw error;
    }
  };
  if (!carries('')) return 'is no certificate with an RSA key';
  return carries(password) ? null : 'has too small a key for the initiator_password';
}

const writeAll = (file: string): string =>
  `write ${Object.values(NAMES).join(', ')} into ${file}, then chmod 600 ${file}`;
