/** What one HTTP call came to. */
export type Called =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  /** No byte of the request left: the name was not found, or nobody took the connection. */
  | { readonly kind: 'not_sent'; readonly reason: string }
  /** It may have been taken. */
  | { readonly kind: 'lost'; readonly reason: string };

export interface CallOptions {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs: number;
}

/** An answer of a gateway has a few kilobytes. */
const LARGEST = 256 * 1024;

/** Errors of a connection that was never made. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

/** What is done before a connection stands. */
const CONNECTING: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

/** One call, with a deadline, without a redirect and without a retry. Never throws for what the network does. */
export async function call(url: string, { deadlineMs, ...request }: CallOptions): Promise<Called> {
  try {
    const response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(deadlineMs) });
    return { kind: 'answered', status: response.status, text: await textOf(response) };
  } catch (error) {
    const codes = codesOf(error);
    const reason = codes[0] ?? (error instanceof Error ? error.name : 'unknown');
    return codes.some((code) => NEVER_CONNECTED.has(code)) ? { kind: 'not_sent', reason } : { kind: 'lost', reason };
  }
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > LARGEST) throw new TypeError('the answer is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The codes of an error and of what caused it; of several addresses that were tried, all must have failed alike. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') codes.push(codeAt(at, at.code));
    if (at instanceof AggregateError) return [...codes, ...sharedCode(at.errors)];
  }
  return codes;
}

/** A route can be lost after the order has left as well: what failed elsewhere than in connecting says so, and is another code. */
const codeAt = (error: Error, code: string): string =>
  'syscall' in error && typeof error.syscall === 'string' && !CONNECTING.has(error.syscall)
    ? `${error.syscall} ${code}`
    : code;

function sharedCode(errors: readonly unknown[]): string[] {
  const codes = errors.flatMap((error) => codesOf(error).slice(0, 1));
  return codes.length === errors.length && codes.every((code) => NEVER_CONNECTED.has(code)) ? codes.slice(0, 1) : [];
}
