import { hiddenFault } from './invisible.ts';
import type { Method } from './payment.ts';

/** Longest name, purpose and account, in characters. */
export const LONGEST_NAME = 140;
export const LONGEST_PURPOSE = 500;
export const LONGEST_ACCOUNT = 64;

/** A Kenyan mobile number as Safaricom writes it: 2547XXXXXXXX or 2541XXXXXXXX. */
const MPESA_NUMBER = /^254[17]\d{8}$/;
/**
 * Letters of any language, but only the digits that banks write: the same number in full-width or Arabic digits, or with a ²,
 * would be another account to every comparison, and the same one to whoever pays it. Without either there is no account.
 */
const BANK_ACCOUNT = /^(?=.*[\p{L}0-9])[\p{L}0-9 \-/:.]{4,64}$/u;
/** What steers a terminal or starts a line, and halves of characters. */
const UNPRINTABLE = /[\p{Control}\p{Line_Separator}\p{Paragraph_Separator}\p{Surrogate}]/u;

/** Spaces, and characters that are nothing to see: zero-width ones, fillers, marks that only turn the direction of text. */
const INVISIBLE = /^[\s\p{Default_Ignorable_Code_Point}\p{Format}]*$/u;

/** Text as it is kept: composed letters, no space around it. */
export const tidyText = (text: string): string => text.normalize('NFC').trim();

/** What is wrong with a text that people wrote (a payee, a purpose), or null. `text` is tidy already. */
export function textFault(name: string, text: string, longest: number): string | null {
  if (INVISIBLE.test(text)) return `${name} is empty`;
  const characters = [...text].length;
  if (characters > longest) return `${name} has ${characters} characters; ${longest} is the most`;
  if (UNPRINTABLE.test(text)) return `${name} has a control character or line break in it`;
  return hiddenFault(name, text);
}

/** A destination as it is kept and compared: single spaces; M-Pesa numbers have been read as phone numbers before. */
export const normaliseDestination = (destination: string): string => tidyText(destination).replaceAll(/ {2,}/g, ' ');

/** What of a phone is never written differently: the last nine digits of 254712345678. */
const NATIONAL_DIGITS = 9;

/** Whether an account is a phone, or one that a bank keeps under it, however it is written. `phone` is in E.164 without a plus. */
export const isAccountOfPhone = (account: string, phone: string): boolean =>
  account.replaceAll(/\D/g, '').includes(phone.slice(-NATIONAL_DIGITS));

/** What is wrong with where money shall go, or null. `destination` is normalised already. */
export function destinationFault(method: Method, destination: string): string | null {
  switch (method) {
    case 'mpesa':
      return MPESA_NUMBER.test(destination)
        ? null
        : 'the destination is not a Kenyan mobile number; write it like 0712345678 or +254712345678';
    case 'bank':
      return BANK_ACCOUNT.test(destination)
        ? hiddenFault('the destination', destination)
        : `the destination is not a bank account: 4 to ${LONGEST_ACCOUNT} letters, digits 0 to 9, spaces, dashes, slashes, colons or dots, such as KCB:1234567890`;
    case 'cash':
      return textFault('the destination (who receives the cash)', destination, LONGEST_NAME);
  }
}
