import { usage } from './problem.ts';
import { quoted } from './quoted.ts';

/**
 * The active codes of ISO 4217 (list one, 2026), by number of decimals. Metals, fund units and test codes such as XAU,
 * XDR and XXX have no minor unit: no fund can hold them, so they are left out.
 */
const CODES_BY_EXPONENT: readonly string[] = [
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  '',
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP ' +
    'COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
    'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL ' +
    'THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  'BHD IQD JOD KWD LYD OMR TND',
  'CLF UYW',
];

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  CODES_BY_EXPONENT.flatMap((codes, exponent) =>
    codes.split(' ').flatMap((code): [string, number][] => (code === '' ? [] : [[code, exponent]])),
  ),
);

/** Every currency a fund can be held in, in alphabetical order. */
export const CURRENCIES: readonly string[] = [...EXPONENTS.keys()].toSorted();

/** Whether this is an active ISO 4217 code with a minor unit, in capitals. */
export const isCurrency = (text: string): boolean => EXPONENTS.has(text);

/** How many decimals a currency has: KES 2, UGX 0, KWD 3. Throws usage UNKNOWN_CURRENCY. */
export const exponentOf = (currency: string): number => {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined) throw unknownCurrency(currency);
  return exponent;
};

const unknownCurrency = (currency: string) => {
  const capitals = currency.slice(0, 3).toUpperCase();
  const meant = currency.length === 3 && EXPONENTS.has(capitals) ? ` Did you mean ${capitals}?` : '';
  return usage(
    'UNKNOWN_CURRENCY',
    `${quoted(currency)} is not a currency code of ISO 4217.${meant} Write three capitals, such as KES, UGX or USD.`,
  );
};
