import { MINUTE, type Code, type Payment, type Person, type World } from '../world.ts';

const LIFETIME = 5 * MINUTE;

/** The newest code of a person for a payment; one voids the last. */
export const newestCode = ({ codes }: World, payment: Payment, person: Person): Code | undefined =>
  codes.findLast((code) => code.payment === payment.id && code.person === person.name);

/** Whether a code, and what it allows, is over: five minutes after it was sent it is good, a millisecond later it is not. */
export const isOver = ({ now }: World, { sentAt }: Code): boolean => now > sentAt + LIFETIME;

/** Every code of somebody that was not used is worthless from now on. */
export function voidCodes({ codes }: World, name: string): void {
  for (const code of codes) if (code.person === name && !code.used) code.void = true;
}
