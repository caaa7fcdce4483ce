import { readFileSync } from 'node:fs';
import { fileTrouble } from '../../domain/file-trouble.ts';
import { Problem } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1', '']);

/** What a URL may ask for behind its `?`, and how that is said. */
const KNOWN: Readonly<Record<string, { readonly about: string; readonly fits: (value: string) => boolean }>> = {
  application_name: { about: 'NAME, as the server lists it', fits: (value) => value !== '' },
  host: { about: '/DIRECTORY of the socket', fits: (value) => value.startsWith('/') },
  prepare: { about: 'true or false', fits: (value) => ['true', 'false'].includes(value) },
  sslcert: { about: 'FILE', fits: (value) => value !== '' },
  sslkey: { about: 'FILE', fits: (value) => value !== '' },
  sslmode: {
    about: 'disable, allow, prefer, require, verify-ca or verify-full: off this machine it is verify-full always',
    fits: (value) => ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'].includes(value),
  },
  sslrootcert: { about: 'FILE', fits: (value) => value !== '' },
};

/** How to connect: TLS, time limits, pipelining; and where to, without the password. Throws Problem usage for a bad URL. */
export function connectionConfig(text: string) {
  const url = parsed(text);
  const asked = url.searchParams;
  refuseUnknown(asked);
  const named = asked.get('prepare') !== 'false';
  const local = LOOPBACK.has(url.hostname) || asked.has('host');
  const files = local ? {} : certificates(asked);
  const location = `postgres://${url.hostname}${url.port ? `:${url.port}` : ''}${url.pathname}`;
  // The driver would make settings of its own of them, which go before ours.
  for (const name of ['prepare', 'sslmode', ...Object.keys(FILES)]) asked.delete(name);
  // Anywhere but on loopback the server proves who it is (verify-full), whatever the URL asks for.
  const ssl = local ? (false as const) : { rejectUnauthorized: true, ...files };
  const config = {
    connectionString: url.href,
    ssl,
    connectionTimeoutMillis: 5000,
    pipeline: true,
    application_name: 'treasury',
  };
  return { config, named, location };
}

const FIX = 'TREASURY_DATABASE_URL=postgres://USER@HOST/DATABASE';

const invalid = (message: string, details: { readonly faults?: readonly string[] } = {}): Problem =>
  new Problem('usage', 'DATABASE_URL_INVALID', message, { unchanged: 'Nothing was opened.', fix: FIX, ...details });

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid('TREASURY_DATABASE_URL is not a URL.');
  }
}

/** What is mistyped would not be asked for, and nobody would know. No value of an unknown one is told: it may be a password. */
function refuseUnknown(asked: URLSearchParams): void {
  const faults = [...new Set(asked.keys())].flatMap((name) => {
    const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
    if (known === undefined) return [`${quoted(name)} is unknown`];
    const values = asked.getAll(name);
    if (values.length > 1) return [`${name} is given ${values.length} times`];
    const [value = ''] = values;
    return known.fits(value) ? [] : [`${name}=${quoted(value)} is not ${known.about}`];
  });
  if (faults.length === 0) return;
  const all = Object.keys(KNOWN);
  throw invalid(
    `The URL of the database asks for what there is not. Behind the ? it may have ${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}.`,
    { faults },
  );
}

const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const;

function certificates(asked: URLSearchParams): Partial<Record<'ca' | 'cert' | 'key', string>> {
  const given = Object.entries(FILES).flatMap(([name, setting]) => {
    const file = asked.get(name);
    return file === null ? [] : [[setting, textOf(name, file)] as const];
  });
  return Object.fromEntries(given);
}

function textOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = fileTrouble(error, 'reading');
    if (why === null) throw error;
    throw invalid(`The file ${file}, which the URL of the database names as ${name}, cannot be read: ${why}.`);
  }
}
