import { decimalOf } from '../money.ts';
import { controlSum, type BankFile, type BankOrder } from './bank-order.ts';
import type { BankAccount } from './bank-account.ts';
import { uetrOf } from './uetr.ts';

/** Which version of the ISO 20022 customer credit transfer initiation a bank takes. */
export type Pain001Version = '03' | '09';

/** One line of the file for each element; a branch indents what lies in it. */
type Lines = readonly string[];

/**
 * A pain.001.001.03 or .09 message: one instruction with one transfer for each order, in the order of the XSD's elements. The same
 * facts give the same text, to the letter. Throws for a file without orders.
 */
export function pain001(file: BankFile, version: Pain001Version): string {
  if (file.orders.length === 0) throw new Error(`${file.messageId} has no orders`);
  const totals = [
    leaf('NbOfTxs', String(file.orders.length)),
    leaf('CtrlSum', decimalOf(controlSum(file.orders), file.currency)),
  ];
  const header = branch(
    'GrpHdr',
    leaf('MsgId', file.messageId),
    leaf('CreDtTm', file.createdAt.toISOString()),
    ...totals,
    branch('InitgPty', leaf('Nm', file.debtor.name)),
  );
  const instruction = branch(
    'PmtInf',
    // The file has one instruction, so its id tells nothing that the message's does not.
    leaf('PmtInfId', file.messageId),
    leaf('PmtMtd', 'TRF'),
    ...totals,
    version === '03' ? leaf('ReqdExctnDt', file.payOn) : branch('ReqdExctnDt', leaf('Dt', file.payOn)),
    branch('Dbtr', leaf('Nm', file.debtor.name)),
    branch('DbtrAcct', accountId(file.debtor.account), leaf('Ccy', file.currency)),
    branch('DbtrAgt', institution(file.debtor.account, version)),
    leaf('ChrgBr', 'SHAR'),
    ...file.orders.map((order) => transfer(order, file.currency, version)),
  );
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.${version}">`,
    ...indented(branch('CstmrCdtTrfInitn', header, instruction)),
    '</Document>',
    '',
  ];
  return lines.join('\n');
}

const transfer = (
  { key, amountMinor, payee, account, remarks }: BankOrder,
  currency: string,
  version: Pain001Version,
) =>
  branch(
    'CdtTrfTxInf',
    branch('PmtId', leaf('EndToEndId', key), ...(version === '09' ? [leaf('UETR', uetrOf(key))] : [])),
    branch('Amt', leaf('InstdAmt', decimalOf(amountMinor, currency), ` Ccy="${currency}"`)),
    branch('CdtrAgt', institution(account, version)),
    branch('Cdtr', leaf('Nm', payee)),
    branch('CdtrAcct', accountId(account)),
    ...(remarks === null ? [] : [branch('RmtInf', leaf('Ustrd', remarks))]),
  );

const accountId = ({ number }: BankAccount): Lines => branch('Id', branch('Othr', leaf('Id', number)));

const institution = ({ bic, code, name }: BankAccount, version: Pain001Version): Lines =>
  branch(
    'FinInstnId',
    ...(bic === null ? [] : [leaf(version === '03' ? 'BIC' : 'BICFI', bic)]),
    ...(code === null ? [] : [branch('ClrSysMmbId', leaf('MmbId', code))]),
    ...(name === null ? [] : [leaf('Nm', name)]),
  );

const leaf = (name: string, text: string, attributes = ''): Lines => [
  `<${name}${attributes}>${escaped(text)}</${name}>`,
];

const branch = (name: string, ...inside: readonly Lines[]): Lines => [
  `<${name}>`,
  ...indented(inside.flat()),
  `</${name}>`,
];

const indented = (lines: Lines): Lines => lines.map((line) => `  ${line}`);

/** What has come so far is safe already; a text that is not must break neither the file nor an order. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
