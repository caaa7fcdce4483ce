import { expect, test } from 'vitest';
import { isOfficeKey, OFFICE_KEYS } from '../../src/domain/office-setting.ts';

test("mail transport, sender and zone are settings of the office, a person's zone is not", () => {
  expect(OFFICE_KEYS.every(isOfficeKey)).toBe(true);
  expect(OFFICE_KEYS).toEqual(['office.mail_url', 'office.timezone', 'office.mail_from']);
  expect(isOfficeKey('tz')).toBe(false);
});
