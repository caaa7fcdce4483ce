import { expect, test } from 'vitest';
import { settledBy, stepsInFlight, type Carrier } from '../../src/domain/in-flight.ts';

const of = (carrier: Carrier | null) => ({ ref: 'pay_7f3k2m', fund: 'NBI', carrier });
const WAIT = 'treasury payment wait pay_7f3k2m';

test.each([
  ['manual', 'reserved', 'treasury payment resolve pay_7f3k2m --gateway-reference REFERENCE'],
  ['manual', 'sent', 'treasury payment resolve pay_7f3k2m --gateway-reference REFERENCE'],
  ['bankfile', 'reserved', 'treasury bankfile export --fund NBI --out FILE'],
  ['bankfile', 'sent', 'treasury bankfile import REPORT'],
  ['daraja', 'reserved', 'treasury payment resolve pay_7f3k2m', WAIT],
  ['daraja', 'sent', 'treasury payment resolve pay_7f3k2m', WAIT],
  ['daraja', 'accepted', 'treasury payment resolve pay_7f3k2m', WAIT],
  ['daraja', 'unknown', 'treasury payment resolve pay_7f3k2m', WAIT],
])('what %s carries and is %s is settled by %s', (gateway, state, command, ...before) => {
  expect(settledBy(of({ gateway, state }))).toBe(command);
  expect(stepsInFlight(of({ gateway, state }))).toEqual([...before.filter((one) => one !== undefined), command]);
});

test('what nothing carries is for doctor to see', () => {
  expect(settledBy(of(null))).toBe('treasury doctor');
});
