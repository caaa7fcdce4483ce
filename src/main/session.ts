import { readFileSync, statSync, type Stats } from 'node:fs';
import { fileTrouble } from '../domain/file-trouble.ts';
import { Problem } from '../domain/problem.ts';

/** The secret of the login. Throws Problem auth (exit 4) when there is none, or others on this machine could read it. */
export function readSessionToken(file: string): string {
  const token = readOwnFile(file);
  if (token === undefined) {
    throw new Problem('auth', 'SESSION_MISSING', 'You are not logged in.', {
      unchanged: 'Nothing was changed.',
      fix: 'treasury login --user NAME',
    });
  }
  return token;
}

/** The secret of a token. Throws Problem auth (exit 4) when there is none, or others on this machine could read it. */
export function readTokenSecret(file: string): string {
  const secret = readOwnFile(file);
  if (secret === undefined) {
    throw new Problem('auth', 'TOKEN_FILE_MISSING', `TREASURY_TOKEN_FILE names ${file}, which is not there.`, {
      unchanged: 'Nothing was changed.',
      fix: 'treasury token create NAME --scope SCOPE --out FILE, or unset TREASURY_TOKEN_FILE',
    });
  }
  return secret;
}

/** The text of a file of one's own that nobody else can read; undefined when there is none. */
function readOwnFile(file: string): string | undefined {
  const found = lookAt(file);
  if (found === undefined) return undefined;
  if ((found.mode & 0o077) !== 0) {
    throw new Problem('auth', 'SECRET_FILE_EXPOSED', `Other users of this machine can read ${file}.`, {
      unchanged: 'Nothing was changed.',
      fix: `chmod 600 ${file}`,
    });
  }
  if (found.uid !== (process.getuid?.() ?? found.uid)) {
    throw new Problem('auth', 'SECRET_FILE_FOREIGN', `${file} belongs to another user of this machine.`, {
      unchanged: 'Nothing was changed.',
      fix: 'log in as yourself: treasury login --user NAME',
    });
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw unreadable(file, error);
  }
}

const unreadable = (file: string, error: unknown): Problem =>
  new Problem(
    'auth',
    'SECRET_FILE_UNREADABLE',
    `${file} cannot be read: ${fileTrouble(error, 'reading') ?? String(error)}.`,
    {
      unchanged: 'Nothing was changed.',
      fix: `make it a file that you can read, or name another with TREASURY_SESSION_FILE or TREASURY_TOKEN_FILE: ls -ld ${file}`,
    },
  );

/** What stands there; undefined for nothing. */
function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw unreadable(file, error);
  }
}
