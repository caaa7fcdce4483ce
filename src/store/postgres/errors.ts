import { Problem } from '../../domain/problem.ts';

/** The server's or the socket's own error, under whatever Drizzle wrapped around it (its message would hold parameters). */
export function rootOf(error: unknown): Error & { code?: string; constraint?: string } {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root instanceof Error ? root : new Error(String(root));
}

/** Serialisation failures, deadlocks, and two references that met: the whole transaction is run again, and refuses then. */
export function isRetryable(error: unknown): boolean {
  const { code, constraint } = rootOf(error);
  return (
    code === '40001' ||
    code === '40P01' ||
    (code === '23505' && /_(ref_unique|reference(_unique)?)$/.test(constraint ?? ''))
  );
}

/** Others held a row for as long as one wait for a lock may last. */
export const isLockTimeout = (error: unknown): boolean => rootOf(error).code === '55P03';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENOENT',
]);
/** What the driver and Node say of a server that does not speak TLS, is none of Postgres, or has a certificate that nobody here trusts. */
const NO_TLS = /establishing an SSL connection|does not support SSL|certificate/i;
/** What the server says by itself, of which the words may be anybody's. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
const NOT_LET_IN = new Set(['28P01', '28000', '3D000']);

/** Says in the tool's words what a Postgres error means; anything unknown stays a bug, without the statement's parameters. */
export function explainPostgresError(error: unknown, location: string): unknown {
  if (error instanceof Problem) return error;
  const root = rootOf(error);
  const code = root.code ?? '';
  const unchanged = 'Nothing was changed.';
  if (isLockTimeout(error) || code === '57014' || code === '53300' || isRetryable(error)) {
    return new Problem('conflict', 'DATABASE_BUSY', 'Others are changing the same rows.', {
      unchanged,
      retryable: true,
    });
  }
  if (code.startsWith('ERR_TLS') || (!SQLSTATE.test(code) && NO_TLS.test(root.message))) {
    return new Problem(
      'external',
      'DATABASE_TLS_FAILED',
      `The database ${location} is not reached over TLS, as it must be off this machine: ${root.message}.`,
      { unchanged, fix: 'look whether Postgres with TLS answers there; name its own authority with ?sslrootcert=FILE' },
    );
  }
  if (
    UNREACHABLE.has(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    /timeout|terminated/i.test(root.message)
  ) {
    return new Problem(
      'external',
      'DATABASE_UNREACHABLE',
      `The database ${location} does not answer (${root.message}).`,
      {
        unchanged,
        fix: 'start the database, or give another with TREASURY_DATABASE_URL',
        retryable: true,
      },
    );
  }
  if (NOT_LET_IN.has(code)) {
    return new Problem(
      'external',
      'DATABASE_REFUSED',
      `The database ${location} does not let this user in: ${root.message}.`,
      { unchanged, fix: 'treasury config list --show-origin shows where its URL comes from' },
    );
  }
  if (code === '42501') {
    return new Problem('forbidden', 'DATABASE_FORBIDS', `The database ${location} forbids it: ${root.message}.`, {
      unchanged,
      fix: 'ask whoever administers the database; treasury doctor examines the role',
    });
  }
  if (code === '25006') {
    return new Problem('forbidden', 'DATABASE_READ_ONLY', `The database ${location} is only read here.`, {
      unchanged,
      fix: 'connect as the role that the office works with, or to the server that takes writes',
    });
  }
  if (code === '53100') {
    return new Problem('external', 'DISK_FULL', `The disk of ${location} is full.`, { unchanged, retryable: true });
  }
  return root === error ? error : Object.assign(new Error(root.message, { cause: root }), { code });
}
