import { wishedFile } from '../../src/domain/bank-file/bank-file-format.ts';
import type { Actor } from '../../src/domain/access.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { exportBankFile, type ExportedBankFile, type ExportRequest } from '../../src/operations/export-bank-file.ts';
import { readBankOutcomes } from '../../src/operations/read-bank-outcomes.ts';
import { importStatusReport, type ImportedReport } from '../../src/operations/import-status-report.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { sha256Hex } from '../../src/store/sha256.ts';
import type { Row } from '../../src/store/tables.ts';
import { readStatusReports } from '../../src/statements/pain002.ts';
import type { PayingOffice } from './an-office.ts';

let admins = 0;

/** Lets an office pay through files for its bank, from this account. */
export async function payByBankFile(
  { store, people, person }: PayingOffice,
  { debtorAccount = '9988776655', highestFee = '50' } = {},
): Promise<void> {
  const admin = await person(`bankadmin${(admins += 1)}`, ['admin']);
  const answer = await setGateway(store, admin, {
    method: 'bank',
    kind: 'bankfile',
    typed: { debtorName: 'Acme Ltd', debtorAccount, debtorBank: '01100', debtorBic: 'KCBLKENX', highestFee },
    reason: null,
  });
  if (isProposed(answer))
    await confirmChange(store, people.esther, { change: answer.proposed.change.ref, reason: null });
}

/** Exports a fund's payments; whatever a test does not say is right and does not matter. */
export const exportFile = (
  { store, people, dayAt }: PayingOffice,
  fund: Row<'funds'>,
  wish: Partial<ExportRequest> & { readonly actor?: Actor } = {},
): Promise<ExportedBankFile> => {
  const { actor = people.carol, ...request } = wish;
  return exportBankFile(store, actor, {
    fund: fund.code,
    payments: [],
    kind: wishedFile(null, null),
    messageId: null,
    payOn: null,
    dayAt,
    taken: null,
    ...request,
  });
};

/** What a bank says of one transfer. */
export const transferSaid = (key: string, status: string, more = ''): string =>
  `<TxInfAndSts><OrgnlEndToEndId>${key}</OrgnlEndToEndId><TxSts>${status}</TxSts>${more}</TxInfAndSts>`;

/** How many payments a bank says were sent, and of how much. */
export const figuresSaid = (count: string | number, sum: string): string =>
  `<OrgnlNbOfTxs>${count}</OrgnlNbOfTxs><OrgnlCtrlSum>${sum}</OrgnlCtrlSum>`;

/** A pain.002 on a file. */
export const statusReport = (
  messageId: string,
  {
    group = '',
    transfers = '',
    id = 'R1',
    figures = '',
  }: { group?: string; transfers?: string; id?: string; figures?: string } = {},
): string =>
  [
    `<Document><CstmrPmtStsRpt><GrpHdr><MsgId>${id}</MsgId></GrpHdr>`,
    `<OrgnlGrpInfAndSts><OrgnlMsgId>${messageId}</OrgnlMsgId>${figures}${group === '' ? '' : `<GrpSts>${group}</GrpSts>`}</OrgnlGrpInfAndSts>`,
    transfers === ''
      ? ''
      : `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${messageId}</OrgnlPmtInfId>${transfers}</OrgnlPmtInfAndSts>`,
    '</CstmrPmtStsRpt></Document>',
  ].join('');

/** Imports a report, as a treasurer who executed nothing. */
export const importReport = (
  { store, people, dayAt }: PayingOffice,
  xml: string,
  { actor = people.david, rehearsal = false } = {},
): Promise<ImportedReport[]> =>
  importStatusReport(store, actor, {
    ...readStatusReports([Buffer.from(xml)]),
    raw: xml,
    sha256: sha256Hex(xml),
    layout: null,
    dayAt,
    rehearsal,
  });

/** Imports a bank's CSV by a layout, as a treasurer who executed nothing. */
export async function importOutcomes(
  { store, people, dayAt }: PayingOffice,
  { layout: name, csv }: { readonly layout: string; readonly csv: string | Uint8Array },
  { actor = people.david, rehearsal = false } = {},
): Promise<ImportedReport[]> {
  const bytes = Buffer.from(csv);
  const read = await readBankOutcomes(store, actor, { name, pieces: [bytes] });
  return importStatusReport(store, actor, {
    ...read,
    raw: bytes.toString('latin1'),
    sha256: sha256Hex(bytes.toString('latin1')),
    dayAt,
    rehearsal,
  });
}
