import { exponentOf, isCurrency } from '../domain/currency.ts';
import { NO_FIGURES, type StatedFigures } from '../domain/bank-file/file-figures.ts';
import { quoted } from '../domain/quoted.ts';
import type {
  ReportedPart,
  ReportedStatus,
  ReportedTransfer,
  StatusReport,
} from '../domain/bank-file/status-report.ts';
import { notAStatement, unreadable } from './faults.ts';
import { withinSize } from './limits.ts';
import { figureReading, minorBetween } from './minor-units.ts';
import { aStatus, LONGEST_ID, once, same, statedFigures, text } from './pain002-levels.ts';
import { readXml, type Wanted, type XmlPlace } from './xml.ts';

const MEBIBYTE = 1024 * 1024;

/** The report of a hundred thousand transfers has half of it. */
export const MOST_REPORT_BYTES = 64 * MEBIBYTE;
export const MOST_TRANSFERS = 200_000;
export interface StatusReports {
  readonly reports: readonly StatusReport[];
  readonly warnings: readonly string[];
}

/**
 * ISO 20022 pain.002 (customer payment status report) of versions .03 to .10 and later, known by its local names, whatever it is
 * wrapped in; nothing is held against the XSD. Throws usage NOT_A_STATEMENT for XML that is none, STATEMENT_UNREADABLE for what is
 * not plain XML or cannot be read without guessing.
 */
export function readStatusReports(pieces: Iterable<Uint8Array>, mostBytes = MOST_REPORT_BYTES): StatusReports {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const reports = [...readXml<StatusReport>(withinSize(pieces, mostBytes), reportsWanted, warn)];
  if (reports.length === 0) throw notAStatement('It is XML, but no pain.002: no payment status report is in it.');
  return { reports, warnings };
}

/** A report as far as it has been read. */
interface Reading {
  readonly position: number;
  id: string | null;
  originalMessageId: string | null;
  originalFormat: string | null;
  group: ReportedStatus | null;
  figures: StatedFigures;
  readonly parts: ReportedPart[];
  transfers: number;
}

const blankReading = (position: number): Reading => ({
  position,
  id: null,
  originalMessageId: null,
  originalFormat: null,
  group: null,
  figures: NO_FIGURES,
  parts: [],
  transfers: 0,
});

function reportsWanted(place: XmlPlace<StatusReport>): Wanted {
  let now = blankReading(0);
  const group = aStatus('GrpSts', place.line);
  const stated = statedFigures(place.line);
  const report: Wanted = {
    begin: () => (now = blankReading(place.line())),
    inside: {
      GrpHdr: { inside: { MsgId: text((id) => (now.id = id)) } },
      OrgnlGrpInfAndSts: {
        begin: () => {
          group.begin();
          stated.begin();
        },
        inside: {
          ...stated.inside,
          OrgnlMsgId: once(
            place.line,
            'OrgnlMsgId',
            () => now.originalMessageId,
            (id) => (now.originalMessageId = id),
          ),
          OrgnlMsgNmId: text((name) => (now.originalFormat = name.slice(0, LONGEST_ID))),
          ...group.inside,
        },
        end: () => ([now.group, now.figures] = [group.status(), stated.figures()]),
      },
      OrgnlPmtInfAndSts: partWanted(place.line, {
        done: (part) => void now.parts.push(part),
        count: () => {
          now.transfers += 1;
          if (now.transfers > MOST_TRANSFERS)
            throw unreadable(place.line(), `it has more than ${MOST_TRANSFERS} transfers`);
        },
      }),
    },
    end: () => place.tell(wholeReport(now)),
  };
  return { anywhere: true, inside: { CstmrPmtStsRpt: report } };
}

function wholeReport({
  position,
  id,
  originalMessageId,
  originalFormat,
  group,
  figures,
  parts,
}: Reading): StatusReport {
  if (originalMessageId === null)
    throw unreadable(position, 'the report does not say of which file it speaks (OrgnlMsgId)');
  return { id, originalMessageId, originalFormat, group, figures, parts };
}

function partWanted(
  line: () => number,
  { done, count }: { readonly done: (part: ReportedPart) => void; readonly count: () => void },
): Wanted {
  let id: string | null = null;
  let transfers: ReportedTransfer[] = [];
  const own = aStatus('PmtInfSts', line);
  const stated = statedFigures(line);
  return {
    begin: () => {
      own.begin();
      stated.begin();
      [id, transfers] = [null, []];
    },
    inside: {
      OrgnlPmtInfId: text((written) => (id = written)),
      ...own.inside,
      ...stated.inside,
      TxInfAndSts: transferWanted(line, (transfer) => {
        count();
        transfers.push(transfer);
      }),
    },
    end: () => done({ id, status: own.status(), figures: stated.figures(), transfers }),
  };
}

interface TransferReading {
  readonly position: number;
  key: string | null;
  uetr: string | null;
  bankReference: string | null;
  currency: string | null;
  amount: string | null;
  account: string | null;
}

const blankTransfer = (position: number): TransferReading => ({
  position,
  key: null,
  uetr: null,
  bankReference: null,
  currency: null,
  amount: null,
  account: null,
});

function transferWanted(line: () => number, done: (transfer: ReportedTransfer) => void): Wanted {
  let now = blankTransfer(0);
  const own = aStatus('TxSts', line);
  const account = same(
    line,
    'the account',
    () => now.account,
    (written) => (now.account = written),
  );
  return {
    begin: () => {
      own.begin();
      now = blankTransfer(line());
    },
    inside: {
      OrgnlEndToEndId: once(
        line,
        'OrgnlEndToEndId',
        () => now.key,
        (written) => (now.key = written),
      ),
      OrgnlUETR: same(
        line,
        'OrgnlUETR',
        () => now.uetr,
        (written) => (now.uetr = written),
      ),
      AcctSvcrRef: text((written) => (now.bankReference = written)),
      ...own.inside,
      OrgnlTxRef: {
        inside: {
          Amt: {
            inside: {
              InstdAmt: {
                begin: ({ Ccy = null }) => {
                  if (now.amount !== null && now.currency !== Ccy)
                    throw unreadable(line(), 'the amount is said twice, in two currencies');
                  now.currency = Ccy;
                },
                ...same(
                  line,
                  'the amount',
                  () => now.amount,
                  (written) => (now.amount = written),
                ),
              },
            },
          },
          CdtrAcct: { inside: { Id: { inside: { IBAN: account, Othr: { inside: { Id: account } } } } } },
        },
      },
    },
    end: () => {
      const { position, key, uetr, bankReference } = now;
      // Not every bank takes what is silent as left out.
      const named = key === 'NOTPROVIDED' ? null : key;
      const amount = amountOf(now);
      done({ position, key: named, uetr, status: own.status(), amount, account: now.account, bankReference });
    },
  };
}

/** What was ordered, where the bank repeats it; what cannot be read exactly is refused, for it decides whether the report fits. */
function amountOf({ position, amount, currency }: TransferReading): ReportedTransfer['amount'] {
  if (amount === null) return null;
  if (currency === null || !isCurrency(currency))
    throw unreadable(position, `the amount is in ${quoted(currency ?? '')}, which is no currency`);
  const reading = figureReading({ decimal: '.', thousands: null }, currency, exponentOf(currency));
  const minor = minorBetween(amount, 0, amount.length, reading);
  if (typeof minor === 'string') throw unreadable(position, `the amount ${quoted(amount)}: ${minor}`);
  return { minor, currency };
}
