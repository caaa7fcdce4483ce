import { readFileSync, statSync } from 'node:fs';
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
  const found = statSync(file, { throwIfNoEntry: false });
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
  return readFileSync(file, 'utf8').trim();
}
