const RANDOM_DIGITS = 15;
const NUMBER_DIGITS = 3;
const MOST_ATTEMPTS = 36 ** NUMBER_DIGITS - 1;

/**
 * The key under which a gateway knows an attempt: 19 characters of `[A-Z0-9-]`, which the narrowest of them takes. The random 74
 * bits of the payment's UUIDv7 (RFC 9562) and the attempt's number, each in base 36: the same for every try to send it, another
 * for each attempt.
 */
export function attemptKey(paymentId: string, number: number): string {
  const digits = paymentId.replaceAll('-', '');
  if (!/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(digits)) throw new Error(`${paymentId} is not a UUIDv7`);
  if (!Number.isInteger(number) || number < 1 || number > MOST_ATTEMPTS)
    throw new Error(`no attempt has number ${number}`);
  const early = BigInt(`0x${digits.slice(13, 16)}`);
  const late = BigInt(`0x${digits.slice(16)}`) & ((1n << 62n) - 1n);
  const random = ((early << 62n) | late).toString(36).padStart(RANDOM_DIGITS, '0');
  return `${random}-${number.toString(36).padStart(NUMBER_DIGITS, '0')}`.toUpperCase();
}
