import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeSecretFile } from '../secret-file.ts';
import type { DarajaSecrets } from '../daraja-secrets.ts';
import { call } from './post-json.ts';

/** A token, or why there is none: then nothing was sent. */
export type FoundToken = { readonly token: string } | { readonly reason: string };

export interface TokenSource {
  /** The token in force; with `fresh` another one than it was given last. */
  token(fresh: boolean): Promise<FoundToken>;
}

interface Kept {
  readonly owner: string;
  readonly token: string;
  readonly expiresAt: number;
}

/** Given back so long before its end, as the clock of the other side may differ. */
const MARGIN_MS = 60_000;

/**
 * Tokens of Daraja (`/oauth/v1/generate`), kept in a file that all processes of this machine share: 0600, written whole or not at
 * all, and good only for this address and consumer key.
 */
export function tokenSource(
  {
    baseUrl,
    tokenFile,
    deadlineMs,
    now,
  }: { readonly baseUrl: string; readonly tokenFile: string; readonly deadlineMs: number; readonly now: () => number },
  { consumerKey, consumerSecret }: Pick<DarajaSecrets, 'consumerKey' | 'consumerSecret'>,
): TokenSource {
  const owner = createHash('sha256').update(`${baseUrl}\n${consumerKey}\n${consumerSecret}`).digest('hex');
  let given = '';
  const kept = async (): Promise<Kept | { readonly reason: string } | null> => {
    const found = await readKept(tokenFile);
    if (found !== null && 'reason' in found) return found;
    return found !== null && found.owner === owner && found.expiresAt - MARGIN_MS > now() ? found : null;
  };
  return {
    token: async (fresh) => {
      const known = await kept();
      if (known !== null && 'reason' in known) return known;
      // Another process may have got a new one meanwhile.
      if (known !== null && (!fresh || known.token !== given)) return { token: (given = known.token) };
      const got = await once(`${tokenFile}\n${owner}`, async () => {
        const made = await generate(baseUrl, { consumerKey, consumerSecret }, deadlineMs);
        if ('reason' in made) return made;
        const fault = await keep(tokenFile, { owner, token: made.token, expiresAt: now() + made.seconds * 1000 });
        return fault === null ? { token: made.token } : { reason: fault };
      });
      if ('token' in got) given = got.token;
      return got;
    },
  };
}

const asking = new Map<string, Promise<FoundToken>>();

/** Orders that are under way at once share one new token: each of their own would end the others'. */
function once(name: string, ask: () => Promise<FoundToken>): Promise<FoundToken> {
  const asked = asking.get(name);
  if (asked !== undefined) return asked;
  const found = ask().finally(() => asking.delete(name));
  asking.set(name, found);
  return found;
}

/** What a file keeps; null for none, and for what is no token: it is written anew. */
async function readKept(file: string): Promise<Kept | { readonly reason: string } | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return error.code === 'ENOENT' ? null : { reason: `the token in ${file} cannot be read (${String(error.code)})` };
  }
  const { owner, token, expiresAt } = bodyOf(text);
  return typeof owner === 'string' && typeof token === 'string' && typeof expiresAt === 'number'
    ? { owner, token, expiresAt }
    : null;
}

/** Keeps a token for all processes; why it cannot, or null. Each payment would ask for one of its own: that is told, not hidden. */
async function keep(file: string, token: Kept): Promise<string | null> {
  try {
    await writeSecretFile(file, JSON.stringify(token));
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return `the token cannot be kept: ${error.message}`;
  }
}

async function generate(
  baseUrl: string,
  { consumerKey, consumerSecret }: Pick<DarajaSecrets, 'consumerKey' | 'consumerSecret'>,
  deadlineMs: number,
): Promise<{ readonly token: string; readonly seconds: number } | { readonly reason: string }> {
  const credentials = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64');
  const called = await call(`${baseUrl}/oauth/v1/generate?grant_type=client_credentials`, {
    method: 'GET',
    headers: { authorization: `Basic ${credentials}` },
    deadlineMs,
  });
  if (called.kind !== 'answered') return { reason: `no token from M-Pesa: ${called.reason}` };
  const { access_token: token, expires_in: expires } = bodyOf(called.text);
  if (called.status !== 200 || typeof token !== 'string' || token === '')
    return { reason: `no token from M-Pesa: HTTP ${called.status}` };
  // It comes as a text.
  const seconds = Number(expires);
  return { token, seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : 0 };
}

/** A JSON object, or an empty one for anything else. */
export function bodyOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
