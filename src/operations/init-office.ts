import type { Origin } from '../domain/access.ts';
import { isCurrency } from '../domain/currency.ts';
import {
  codeFault,
  emailFault,
  mailUrlFault,
  nameFault,
  normalEmail,
  passwordFault,
  senderFault,
  usernameFault,
} from '../domain/people.ts';
import { usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { hashPassword } from '../gateways/passwords.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { findOffice, insertOffice } from '../store/office.ts';
import { insertGrants, insertUser } from '../store/people.ts';
import { insertPlace } from '../store/places.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';

export interface NewOffice {
  readonly companyName: string;
  readonly companyCode: string;
  readonly currency: string;
  readonly timezone: string;
  readonly mailUrl: string;
  readonly mailFrom: string;
  readonly admin: { readonly username: string; readonly email: string; readonly password: string };
}

/** Everything that is wrong with a new office, except its time zone, which the caller knows how to judge. */
export function newOfficeFaults(office: NewOffice): string[] {
  return [
    nameFault("the company's name", office.companyName),
    codeFault('the company code', office.companyCode),
    isCurrency(office.currency) ? null : `${quoted(office.currency)} is not a currency of ISO 4217, such as KES`,
    mailUrlFault(office.mailUrl),
    senderFault(office.mailFrom),
    usernameFault(office.admin.username),
    emailFault(normalEmail(office.admin.email)),
    passwordFault(office.admin.password),
  ].filter((fault) => fault !== null);
}

/**
 * Sets the office up: its settings, its first company and its first admin, in one transaction. Answers false, and changes nothing,
 * when the database already holds an office. Throws usage OFFICE_INVALID with every fault.
 */
export async function initOffice(
  store: Store,
  request: { office: NewOffice; pepperFingerprint: string; origin: Origin },
): Promise<boolean> {
  const faults = newOfficeFaults(request.office);
  if (faults.length > 0) throw invalidOffice(faults);
  const passwordHash = await hashPassword(request.office.admin.password);
  return store.write(async (tx) => {
    if ((await findOffice(tx)) !== undefined) return false;
    const { currency, timezone, mailUrl, mailFrom } = request.office;
    const { pepperFingerprint } = request;
    if (!(await insertOffice(tx, { currency, timezone, mailUrl, mailFrom, pepperFingerprint }))) return false;
    await addFirstRows(tx, request.office, passwordHash);
    await recordFirstEvents(tx, request);
    return true;
  });
}

async function addFirstRows(tx: Tx, office: NewOffice, passwordHash: string): Promise<void> {
  const { username, email } = office.admin;
  await insertPlace(tx, { kind: 'company', code: office.companyCode, name: office.companyName.trim(), within: null });
  const person = { username, email: normalEmail(email), phone: null, displayName: username, passwordHash };
  const userId = await insertUser(tx, person);
  await insertGrants(tx, { userId, roles: ['admin'], place: null, grantedBy: username });
}

async function recordFirstEvents(
  tx: Tx,
  { office, pepperFingerprint, origin }: Parameters<typeof initOffice>[1],
): Promise<void> {
  const { username: actor, email } = office.admin;
  const { currency, timezone } = office;
  const settings = {
    currency,
    timezone,
    mail_url: office.mailUrl,
    mail_from: office.mailFrom,
    pepper_fingerprint: pepperFingerprint,
  };
  await recordOfficeEvent(
    tx,
    { actor, action: 'office.created', subject: 'office', origin, payload: settings },
    {
      actor,
      action: 'company.added',
      subject: office.companyCode,
      origin,
      payload: { name: office.companyName.trim() },
    },
    {
      actor,
      action: 'user.added',
      subject: actor,
      origin,
      payload: { email: normalEmail(email), roles: ['admin'], place: null },
    },
  );
}

/** The refusal of an office that cannot be set up like this. */
export const invalidOffice = (faults: readonly string[]) =>
  usage('OFFICE_INVALID', 'The office cannot be set up like this.', {
    unchanged: 'Nothing was created.',
    fix: 'treasury init --help',
    faults,
  });
