import { LONGEST_DESCRIPTION, MOST_REFERENCES } from './limits.ts';
import { isoMoment, type Moment } from './moment.ts';
import type { Wanted } from './xml.ts';

/** A party of a movement, as far as it is named. */
export interface Party {
  readonly name: string | null;
  readonly account: string | null;
}

/** An entry of a camt file as it is written. */
export interface CamtEntry {
  readonly position: number;
  amount: string | null;
  currency: string | null;
  direction: string | null;
  isReversal: boolean;
  status: string | null;
  booked: Moment | null;
  value: Moment | null;
  servicerReference: string | null;
  reference: string | null;
  /** References of the bank for the parts; the entry's own when it has one part. */
  partReference: string | null;
  parts: number;
  readonly references: References;
  /** Whether its own code says that it is a charge, and how many of its parts say so. */
  isCharge: boolean;
  chargeParts: number;
  debtor: Party | null;
  creditor: Party | null;
  readonly texts: string[];
  textLength: number;
}

const blankEntry = (position: number): CamtEntry => ({
  position,
  amount: null,
  currency: null,
  direction: null,
  isReversal: false,
  status: null,
  booked: null,
  value: null,
  servicerReference: null,
  reference: null,
  partReference: null,
  parts: 0,
  references: new References(),
  isCharge: false,
  chargeParts: 0,
  debtor: null,
  creditor: null,
  texts: [],
  textLength: 0,
});

/** The element `Ntry`. Its parts (`TxDtls`) explain it; their amounts are never added to it. */
export function entryWanted(line: () => number, done: (entry: CamtEntry) => void): Wanted {
  let now = blankEntry(0);
  const text = (take: (text: string) => void): Wanted => ({ text: take });
  const reference = text((written) => addReference(now, written));
  const remark = text((written) => addText(now, written));
  const moment = (take: (moment: Moment) => void): Wanted => {
    const either = text((written) => take(isoMoment(written)));
    return { ...either, inside: { Dt: either, DtTm: either } };
  };
  const status = text((written) => (now.status = written));
  const part = partWanted({ entry: () => now, reference, remark });
  return {
    begin: () => (now = blankEntry(line())),
    inside: {
      NtryRef: text((written) => (now.reference = meant(written))),
      Amt: { begin: ({ Ccy = null }) => (now.currency = Ccy), text: (written) => (now.amount = written) },
      CdtDbtInd: text((written) => (now.direction = written)),
      RvslInd: text((written) => (now.isReversal = written === 'true' || written === '1')),
      Sts: { ...status, inside: { Cd: status, Prtry: status } },
      BookgDt: moment((booked) => (now.booked = booked)),
      ValDt: moment((value) => (now.value = value)),
      AcctSvcrRef: text((written) => (now.servicerReference = meant(written))),
      BkTxCd: codesWanted((code) => (now.isCharge ||= isChargeCode(code))),
      NtryDtls: { inside: { Btch: { inside: { MsgId: reference, PmtInfId: reference } }, TxDtls: part } },
      // The first version has the parts here.
      TxDtls: part,
      AddtlNtryInf: remark,
    },
    end: () => done(now),
  };
}

function addReference(entry: CamtEntry, written: string): void {
  const reference = meant(written);
  if (reference !== null) entry.references.add(reference);
}

/** What banks write where a reference must stand and there is none: as an identity it would be that of many movements. */
const NO_REFERENCE = /^(?:NON-?REF|NOT[ -]?PROVIDED|NOT[ -]?AVAILABLE|NONE)$/i;
const LONGEST_NO_REFERENCE = 13;

/** A reference; null where it says that there is none. */
function meant(written: string): string | null {
  // Most references are longer, or begin with another letter.
  const first = written.charCodeAt(0);
  const isNone =
    written.length <= LONGEST_NO_REFERENCE && (first === 0x4e || first === 0x6e) && NO_REFERENCE.test(written);
  return isNone ? null : written;
}

/** Most entries have one to three references, which are quicker looked through than kept in a set. */
const FEW = 16;

/** Different references in their order. */
class References {
  readonly #all: string[] = [];
  #known: Set<string> | null = null;

  get all(): readonly string[] {
    return this.#all;
  }

  add(reference: string): void {
    const all = this.#all;
    if (all.length >= MOST_REFERENCES || (this.#known?.has(reference) ?? all.includes(reference))) return;
    all.push(reference);
    if (all.length >= FEW) this.#known ??= new Set(all);
    this.#known?.add(reference);
  }
}

function addText(entry: CamtEntry, written: string): void {
  if (entry.textLength > LONGEST_DESCRIPTION) return;
  entry.textLength += written.length;
  entry.texts.push(written);
}

/** Codes of what kind of movement it is: of the ISO families and of the bank's own. */
const codesWanted = (add: (code: string) => void): Wanted => {
  const code: Wanted = { text: add };
  const family: Wanted = { inside: { Cd: code, SubFmlyCd: code } };
  return { inside: { Domn: { inside: { Cd: code, Fmly: family } }, Prtry: { inside: { Cd: code } } } };
};

/** Charges, commissions and fees in the external code list of ISO 20022, and NCHG of those who carry SWIFT codes along. */
const isChargeCode = (code: string): boolean => {
  // Most codes begin with another letter, and are then not looked up.
  const first = code.charCodeAt(0);
  if (first === CAPITAL_C || first === CAPITAL_F) return CHARGES.has(code);
  return first === CAPITAL_N && code.startsWith('NCHG');
};
const [CAPITAL_C, CAPITAL_F, CAPITAL_N] = [0x43, 0x46, 0x4e];
const CHARGES: ReadonlySet<string> = new Set(['CHRG', 'COMM', 'COME', 'COMI', 'COMT', 'FEES']);

interface PartReader {
  readonly entry: () => CamtEntry;
  readonly reference: Wanted;
  readonly remark: Wanted;
}

/** One part of an entry: references, parties and texts. */
function partWanted({ entry, reference, remark }: PartReader): Wanted {
  let debtor = aParty();
  let creditor = aParty();
  let isCharge = false;
  const referenceNames = ['MsgId', 'PmtInfId', 'InstrId', 'EndToEndId', 'UETR', 'TxId', 'MndtId', 'ChqNb', 'ClrSysRef']
    .concat(['AcctOwnrTxId', 'AcctSvcrTxId', 'MktInfrstrctrTxId', 'PrcgId'])
    .map((name) => [name, reference] as const);
  const bankReference: Wanted = {
    text: (written) => {
      entry().partReference = meant(written);
      addReference(entry(), written);
    },
  };
  const structured: Wanted = {
    inside: {
      CdtrRefInf: { inside: { Ref: reference, CdtrRef: reference } },
      RfrdDocInf: { inside: { Nb: reference } },
      AddtlRmtInf: remark,
    },
  };
  return {
    begin: () => {
      [debtor, creditor] = [aParty(), aParty()];
      isCharge = false;
      entry().parts += 1;
    },
    inside: {
      Refs: {
        inside: {
          ...Object.fromEntries(referenceNames),
          AcctSvcrRef: bankReference,
          Prtry: { inside: { Ref: reference } },
        },
      },
      BkTxCd: codesWanted((code) => (isCharge ||= isChargeCode(code))),
      RltdPties: {
        inside: {
          Dbtr: nameWanted((name) => (debtor.name = name)),
          DbtrAcct: accountWanted((account) => (debtor.account = account)),
          Cdtr: nameWanted((name) => (creditor.name = name)),
          CdtrAcct: accountWanted((account) => (creditor.account = account)),
        },
      },
      RmtInf: { inside: { Ustrd: remark, Strd: structured } },
      AddtlTxInf: remark,
    },
    end: () => {
      const whole = entry();
      if (isCharge) whole.chargeParts += 1;
      whole.debtor = whole.parts === 1 ? debtor : common(whole.debtor, debtor);
      whole.creditor = whole.parts === 1 ? creditor : common(whole.creditor, creditor);
    },
  };
}

const aParty = (): { name: string | null; account: string | null } => ({ name: null, account: null });

/** Who is the same in all parts of an entry; a batch to many people is to nobody in particular. */
const common = (before: Party | null, now: Party): Party => ({
  name: before?.name === now.name ? now.name : null,
  account: before?.account === now.account ? now.account : null,
});

/** A name stands directly in the party, or from version 8 on one step deeper, where it may also be a bank's. */
const nameWanted = (take: (name: string) => void): Wanted => {
  const name: Wanted = { text: take };
  const bank: Wanted = { inside: { FinInstnId: { inside: { Nm: name } } } };
  return { inside: { Nm: name, Pty: { inside: { Nm: name } }, Agt: bank } };
};

/** The number of an account, of whichever kind. */
export const accountWanted = (take: (account: string) => void): Wanted => {
  const account: Wanted = { text: take };
  const other: Wanted = { inside: { Id: account } };
  return { inside: { Id: { inside: { IBAN: account, BBAN: account, Othr: other, PrtryAcct: other } } } };
};
