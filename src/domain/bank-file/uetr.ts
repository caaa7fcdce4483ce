const KEY = /^[A-Z0-9-]{1,22}$/;
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** No digit is zero, so that keys of different lengths are different numbers. */
const BASE = BigInt(DIGITS.length + 1);
/** What a UUID of version 4 leaves free (RFC 9562). */
const FREE_BITS = 122n;
const FREE = 1n << FREE_BITS;
/** Odd, so that multiplying by it modulo a power of two loses nothing: 2^122 over the golden ratio. */
const SPREAD = 0x278dde6e5fd29f057ce73018173b721n;

/**
 * The unique end-to-end transaction reference (UETR, of the form of a UUID version 4) of an attempt: always the same for one key,
 * and never that of another, for the key's number is only spread over the bits. Throws for what is no key of an attempt.
 */
export function uetrOf(key: string): string {
  if (!KEY.test(key)) throw new Error(`${key} is not the key of an attempt`);
  const number = [...key].reduce((sum, digit) => sum * BASE + BigInt(DIGITS.indexOf(digit) + 1), 0n);
  const bits = (number * SPREAD) % FREE;
  const [head, middle, tail] = [bits >> 74n, (bits >> 62n) & 0xfffn, bits & ((1n << 62n) - 1n)];
  const digits = [
    head.toString(16).padStart(12, '0'),
    `4${middle.toString(16).padStart(3, '0')}`,
    ((2n << 62n) | tail).toString(16),
  ].join('');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digits.slice(from, to))
    .join('-');
}
