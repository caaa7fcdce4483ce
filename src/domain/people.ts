import { isRole, roleSetFaults, ROLES, type Role } from './access.ts';
import { quoted } from './quoted.ts';

export const SHORTEST_PASSWORD = 15;
/** Longer ones only cost time to hash. */
export const LONGEST_PASSWORD = 1024;
/** Failed logins that lock a user, and for how long. */
export const LOGIN_TRIES = 10;
export const LOGIN_LOCK_MS = 15 * 60 * 1000;

/** Whether a lock still keeps a person out. One that would last longer than any lock was set by a clock that ran ahead. */
export const loginLockHolds = (lockedUntil: Date, now: Date): boolean =>
  now <= lockedUntil && lockedUntil.getTime() - now.getTime() <= LOGIN_LOCK_MS;

const CODE = /^[A-Z][A-Z0-9-]{1,15}$/;
const USERNAME = /^[a-z][a-z0-9._-]{1,31}$/;
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 80;

/** What is wrong with the code of a company, region, branch or fund; null when nothing is. */
export const codeFault = (label: string, code: string): string | null =>
  CODE.test(code)
    ? null
    : `${label} ${quoted(code)} is not a code: 2 to 16 capitals, digits and hyphens, a capital first, such as NBI-R`;

/** What is wrong with a username. */
export const usernameFault = (username: string): string | null =>
  USERNAME.test(username)
    ? null
    : `the username ${quoted(username)} must have 2 to 32 small letters, digits, dots, hyphens or underscores, a letter first`;

/** An email as it is kept and compared. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

/** What is wrong with an email that `normalEmail` made: one address only, so that a code never has a second reader. */
export function emailFault(email: string): string | null {
  const [local = '', domain = '', ...more] = email.split('@');
  const labels = domain.split('.');
  const right =
    email.length <= LONGEST_EMAIL &&
    more.length === 0 &&
    local.length <= 64 &&
    LOCAL_PART.test(local) &&
    labels.every((label) => DOMAIN_LABEL.test(label));
  return right ? null : `${quoted(email)} is not one email address, such as jane@acme.co.ke`;
}

/** What is wrong with the sender of mails: an address, or `Name <address>`. */
export function senderFault(sender: string): string | null {
  const named = /^([^<>"(),:;@\\\p{Cc}\p{Cf}]{1,60}) <([^<>]{1,254})>$/u.exec(sender);
  return emailFault(normalEmail(named?.[2] ?? sender)) === null
    ? null
    : `the sender ${quoted(sender)} is neither an address nor Name <address>, such as Treasury <treasury@acme.co.ke>`;
}

/** What is wrong with the name of a person or place. */
export function nameFault(label: string, name: string): string | null {
  if (name.trim() === '') return `${label} is empty`;
  if (name.length > LONGEST_NAME) return `${label} has ${name.length} characters; ${LONGEST_NAME} at most`;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) ? `${label} ${quoted(name)} holds invisible characters` : null;
}

/** What is wrong with a new password: only its length counts. The password itself is never repeated. */
export function passwordFault(password: string): string | null {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) {
    return `the password has ${length} characters; it needs ${SHORTEST_PASSWORD} or more (any: a sentence does well)`;
  }
  return length > LONGEST_PASSWORD ? `the password has ${length} characters; ${LONGEST_PASSWORD} at most` : null;
}

/** What is wrong with the address of the mail transport: `smtp://user@host:port`, `smtps://` or `file:DIR`, never a password. */
export function mailUrlFault(text: string): string | null {
  const shown = quoted(text.replace(/:[^:@/]*@/, ':...@'));
  const example = 'such as smtp://treasury@mail.acme.co.ke:587, smtps://mail.acme.co.ke or file:/srv/treasury/outbox';
  if (/^file:.+/.test(text)) return /\p{Cc}/u.test(text) ? `the mail URL ${shown} holds control characters` : null;
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text)) return `the mail URL ${shown} is not one, ${example}`;
  const url = new URL(text);
  if (url.password !== '') {
    return 'the mail URL holds a password, which would lie in the database; put it into a file that TREASURY_MAIL_PASSWORD_FILE names';
  }
  const plain = url.hostname !== '' && ['', '/'].includes(url.pathname) && url.search === '' && url.hash === '';
  return plain && !/[\p{Cc}\s]/u.test(text) ? null : `the mail URL ${shown} is not one, ${example}`;
}

/** The roles in a text such as `cashier,requester`, each once, and everything that is wrong with it. */
export function parseRoles(text: string): { roles: Role[]; faults: string[] } {
  const words = [
    ...new Set(
      text
        .split(',')
        .map((word) => word.trim().toLowerCase())
        .filter((word) => word !== ''),
    ),
  ];
  const roles = words.filter(isRole);
  const unknown = words.filter((word) => !isRole(word));
  const faults = [...roleSetFaults(roles)];
  if (unknown.length > 0)
    faults.push(`there is no role ${unknown.map(quoted).join(', ')}; the roles are ${ROLES.join(', ')}`);
  if (words.length === 0) faults.push(`no role is named; the roles are ${ROLES.join(', ')}`);
  return { roles, faults };
}
