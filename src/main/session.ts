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

/**
 * The secret of the office, which is mixed into every code's hash. Throws Problem refused PEPPER_MISSING when the file is
 * not there, PEPPER_MISMATCH when it belongs to another office.
 */
export async function readPepper(file: string, fingerprint: string): Promise<Buffer> {
  const { pepperFingerprint, readPepperFile } = await import('../gateways/pepper-file.ts');
  const pepper = await readPepperFile(file);
  if (pepper === null) {
    throw new Problem('refused', 'PEPPER_MISSING', `The secret that codes are made with is missing: ${file}.`, {
      unchanged: 'Nothing was sent or checked; logins still work.',
      fix: 'bring the file back from its backup, or name it in TREASURY_PEPPER_FILE',
    });
  }
  if (pepperFingerprint(pepper) === fingerprint) return pepper;
  throw new Problem('refused', 'PEPPER_MISMATCH', `${file} is the secret of another office.`, {
    unchanged: 'Nothing was sent or checked; logins still work.',
    fix: 'name the right file in TREASURY_PEPPER_FILE',
  });
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
