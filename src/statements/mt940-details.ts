import { digitsAt } from './calendar.ts';
import { meant } from './mt940-entry.ts';
import { spaced } from './text-lines.ts';

/** What a `:86:` says of its entry. */
export interface Details {
  readonly description: string;
  readonly counterparty: string | null;
  readonly counterpartyAccount: string | null;
  readonly references: readonly string[];
  /** The business code of German banks: 105 direct debit, 808 fees. */
  readonly businessCode: string | null;
}

const FREE_TEXT = { counterparty: null, counterpartyAccount: null, references: [], businessCode: null };

/** An entry without `:86:`. */
const NO_DETAILS: Details = { ...FREE_TEXT, description: '' };

const SLASH_CODES = /^\/[A-Z]{2,4}\//;
const SLASH = 0x2f;

/** Reads `:86:` in any of its three ways: German subfields (`166?00..?20..`), slash codes (`/EREF/../REMI/..`), free text. */
export function readDetails(lines: readonly string[]): Details {
  const first = lines[0] ?? '';
  const begins = subfieldsBegin(first);
  if (begins >= 0)
    return readSubfields(whole(lines), first.charAt(begins), begins === 0 ? null : first.slice(0, begins));
  if (first.charCodeAt(0) === SLASH && SLASH_CODES.test(first)) return readSlashCodes(whole(lines), unwrapped(lines));
  const description = unwrapped(lines);
  return description === '' ? NO_DETAILS : { ...FREE_TEXT, description };
}

/** Where the first subfield begins: at once, or behind the business code; -1 where there are none. */
const subfieldsBegin = (line: string): number => {
  const at = separates(line.charCodeAt(3)) && digitsAt(line, 0, 3) >= 0 ? 3 : 0;
  return separates(line.charCodeAt(at)) && digitsAt(line, at + 1, 2) >= 0 ? at : -1;
};

/** Lines that were broken wherever they were full. */
const whole = (lines: readonly string[]): string => {
  let text = lines[0] ?? '';
  for (let at = 1; at < lines.length; at += 1) text += lines[at] ?? '';
  return text;
};

const separates = (code: number): boolean =>
  code === 0x3f || code === 0x7e || code === 0x3c || code === 0x3e || code === 0x5e;

/** A line that is full was broken wherever it had to be, even within a word. */
const FULL_LINE = 65;
const FULL_SUBFIELD = 27;

const unwrapped = (lines: readonly string[]): string =>
  spaced(lines.length === 1 ? (lines[0] ?? '') : joined(lines, FULL_LINE));

const joined = (parts: readonly string[], full: number): string => {
  let text = '';
  let length = full;
  for (const part of parts) {
    text += length === full ? part : ` ${part}`;
    length = part.length;
  }
  return text;
};

/** The German subfields: 00 posting text, 20 to 29 and 60 to 63 purpose, 31 or 38 account, 32 and 33 name. */
function readSubfields(text: string, separator: string, businessCode: string | null): Details {
  let posting = '';
  let purpose = '';
  let last = FULL_SUBFIELD;
  let account = '';
  let iban = '';
  let name = '';
  let at = text.indexOf(separator);
  while (at >= 0) {
    const code = digitsAt(text, at + 1, 2);
    const end = nextSubfield(text, separator, at + 1);
    const to = end < 0 ? text.length : end;
    if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63)) {
      const value = text.slice(at + 3, to);
      purpose += last === FULL_SUBFIELD ? value : ` ${value}`;
      last = value.length;
    } else if (code === 0) posting = text.slice(at + 3, to);
    else if (code === 31) account = text.slice(at + 3, to);
    else if (code === 38) iban = text.slice(at + 3, to);
    else if (code === 32) name = text.slice(at + 3, to);
    else if (code === 33) name += `${name.length === FULL_SUBFIELD ? '' : ' '}${text.slice(at + 3, to)}`;
    at = end;
  }
  const sepa = purpose.includes('+') ? readSepa(purpose) : NO_SEPA;
  return {
    description: spaced(posting === '' ? purpose : `${posting} ${purpose}`),
    counterparty: orNull(spaced(name)) ?? sepa.payer,
    counterpartyAccount: orNull(iban.trim()) ?? orNull(account.trim()) ?? sepa.account,
    references: sepa.references,
    businessCode,
  };
}

/** Where the next subfield begins; a separator without two digits is text. */
function nextSubfield(text: string, separator: string, from: number): number {
  let at = text.indexOf(separator, from);
  while (at >= 0 && digitsAt(text, at + 1, 2) < 0) at = text.indexOf(separator, at + 1);
  return at;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

interface SepaFields {
  readonly references: readonly string[];
  readonly payer: string | null;
  readonly account: string | null;
}

const NO_SEPA: SepaFields = { references: [], payer: null, account: null };

/** What stands behind the codes of a SEPA purpose: `EREF+2026-77 SVWZ+Rent October`. */
function readSepa(purpose: string): SepaFields {
  const references: string[] = [];
  let payer: string | null = null;
  let account: string | null = null;
  let plus = sepaPlus(purpose, 0);
  while (plus >= 0) {
    const next = sepaPlus(purpose, plus + 1);
    const code = purpose.slice(plus - 4, plus);
    if (code !== 'SVWZ') {
      const value = meant(
        spaced(purpose.slice(plus + 1, next < 0 ? purpose.length : next - codeLength(purpose, next))),
      );
      if (value !== null && code.endsWith('REF')) references.push(value);
      else if (code === 'ABWA') payer = value;
      else if (code === 'IBAN') account = value;
    }
    plus = next;
  }
  return { references, payer, account };
}

/** The next plus sign that a code stands before. */
function sepaPlus(purpose: string, from: number): number {
  let plus = purpose.indexOf('+', from);
  while (plus >= 0 && codeLength(purpose, plus) === 0) plus = purpose.indexOf('+', plus + 1);
  return plus;
}

/** The length of the code that stands before a plus sign; 0 where it is only a plus sign. */
function codeLength(purpose: string, plus: number): number {
  // Few plus signs need a closer look: letters in capitals stand before the others.
  const before = purpose.charCodeAt(plus - 1);
  if (!(before >= 0x41 && before <= 0x5a)) return 0;
  switch (purpose.slice(Math.max(0, plus - 4), plus)) {
    case 'EREF':
    case 'KREF':
    case 'MREF':
    case 'CRED':
    case 'DEBT':
    case 'COAM':
    case 'OAMT':
    case 'SVWZ':
    case 'ABWA':
    case 'ABWE':
    case 'IBAN':
      return 4;
    default:
      return purpose.slice(Math.max(0, plus - 3), plus) === 'BIC' ? 3 : 0;
  }
}

/** Codes that begin a field; other words between slashes belong to what stands before them. */
const KNOWN = new Set(
  (
    'ACCW ADDR BENM BIC BUSP CHGS CNTP CREF CSID EREF EXCH IBAN ID INIT IREF ISDT KREF MARF MREF NAME NRTX OCMT ORDP ' +
    'PREF PURP REMI RREF RTRN SVCL TRCD TYPE ULTB ULTC ULTD'
  ).split(' '),
);

/** Where a code stands in a text, from its slash to behind its second one; what follows is its value. */
interface SlashCode {
  readonly code: string;
  readonly at: number;
  readonly value: number;
}

/** The next known code between two slashes; words between slashes that are none belong to what stands before them. */
function nextCode(text: string, from: number): SlashCode | null {
  let at = text.indexOf('/', from);
  while (at >= 0) {
    const next = text.indexOf('/', at + 1);
    if (next < 0) return null;
    if (next - at > 2 && next - at < 6 && KNOWN.has(text.slice(at + 1, next)))
      return { code: text.slice(at + 1, next), at, value: next + 1 };
    at = next;
  }
  return null;
}

function readSlashCodes(text: string, description: string): Details {
  const references: string[] = [];
  let name: string | null = null;
  let party: string | null = null;
  let account: string | null = null;
  let found = nextCode(text, 0);
  while (found !== null) {
    // The slash that ends a code may be the one that begins the next: /ORDP//NAME/ and /EREF/X/REMI/.
    const next = nextCode(text, found.value - 1);
    const value = text.slice(found.value, next === null ? text.length : Math.max(found.value, next.at));
    switch (found.code) {
      case 'REMI':
        break;
      case 'NAME':
        name ??= orNull(unslashed(value));
        break;
      case 'IBAN':
        account = orNull(unslashed(value)) ?? account;
        break;
      case 'ACCW':
        account ??= orNull(unslashed(value));
        break;
      case 'CNTP': {
        // Account, bank, name, town.
        const [number = '', , who = ''] = value.split('/');
        account ??= orNull(number.trim());
        name ??= orNull(spaced(who));
        break;
      }
      case 'BENM':
      case 'ORDP':
        party ??= orNull(unslashed(value));
        break;
      default: {
        const reference = REFERENCES.test(found.code) ? meant(unslashed(value)) : null;
        if (reference !== null) references.push(reference);
      }
    }
    found = next;
  }
  return { description, counterparty: name ?? party, counterpartyAccount: account, references, businessCode: null };
}

const REFERENCES = /^(?:[CEIKMPR]REF|MARF|ID)$/;

const unslashed = (value: string): string => {
  const text = spaced(value);
  return text.startsWith('/') || text.endsWith('/') ? text.replaceAll(/^\/+|\/+$/g, '') : text;
};
