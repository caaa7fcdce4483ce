/** Phones without a country code are read as Kenyan. */
const HOME = 'KE';

/** The digits of a phone in E.164, such as 254712345678; null when it cannot be one. */
export async function normalPhone(text: string): Promise<string | null> {
  if (text.length > 40) return null;
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  const phone = parsePhoneNumberFromString(text, { defaultCountry: HOME, extract: false });
  return phone?.isValid() === true && phone.ext === undefined ? phone.number.replace('+', '') : null;
}
