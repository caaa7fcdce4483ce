import type { GatewayResult } from '../gateway-result.ts';

/** A status at some level of a bank's report, with the reasons given for it. */
export interface ReportedStatus {
  readonly code: string;
  readonly reasons: readonly string[];
  /** What a bank's own word for it means; a code of ISO 20022 says that by itself. */
  readonly outcome?: Outcome;
}

/** What the report says of one transfer. */
export interface ReportedTransfer {
  /** Line of the file, from 1. */
  readonly position: number;
  /** The end-to-end id and the UETR, as far as the bank repeats them. */
  readonly key: string | null;
  readonly uetr: string | null;
  readonly status: ReportedStatus | null;
  readonly amount: { readonly minor: number; readonly currency: string } | null;
  readonly account: string | null;
  /** The bank's own reference, which its statement may carry. */
  readonly bankReference: string | null;
}

/** What the report says of one instruction of the file, and of transfers in it. */
export interface ReportedPart {
  readonly id: string | null;
  readonly status: ReportedStatus | null;
  readonly transfers: readonly ReportedTransfer[];
}

/** What a bank says became of one file: a pain.002 message, or its rows in a CSV of outcomes. */
export interface StatusReport {
  readonly id: string | null;
  /** The message id of the file that it speaks of. */
  readonly originalMessageId: string;
  readonly originalFormat: string | null;
  readonly group: ReportedStatus | null;
  readonly parts: readonly ReportedPart[];
}

/** An order of the file that a report speaks of. */
export interface FiledOrder {
  readonly key: string;
  readonly uetr: string;
  readonly account: string;
  /** How the attempt names its receiver, which `account` is a part of. */
  readonly receiver: string;
}

type Outcome = 'paid' | 'failed' | 'in_progress' | 'unknown' | 'contradictory';

/**
 * ISO 20022's external code set of payment statuses, as far as each is certain. Settled is only what was booked (ACSC on the debtor's
 * side, ACCC on the creditor's); ACTC says that the file could be read, and no more. Codes that may mean either, such as BLCK
 * (neither posted nor returned), PART or a bank's own, are not here: unknown.
 */
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ['ACSC', 'paid'],
  ['ACCC', 'paid'],
  ['RJCT', 'failed'],
  ['CANC', 'failed'],
  ['RCVD', 'in_progress'],
  ['ACTC', 'in_progress'],
  ['PATC', 'in_progress'],
  ['ACCP', 'in_progress'],
  ['ACFC', 'in_progress'],
  ['ACPD', 'in_progress'],
  ['ACSP', 'in_progress'],
  ['ACWC', 'in_progress'],
  ['ACWP', 'in_progress'],
  ['PDNG', 'in_progress'],
]);

/** What a status code proves. The list is open: what it does not have is unknown. */
export const outcomeOfStatus = (code: string): Outcome => OUTCOMES.get(code) ?? 'unknown';

const meaning = ({ code, outcome }: ReportedStatus): Outcome => outcome ?? outcomeOfStatus(code);

/** What a report says of the orders of its file, in the order of the file; and what it says of others. */
export interface ReportedResults {
  readonly results: readonly GatewayResult[];
  /** Transfers of which the file knows nothing. */
  readonly strays: readonly ReportedTransfer[];
}

/** A transfer, with what stands above it. */
interface Told {
  readonly part: ReportedPart;
  readonly transfer: ReportedTransfer;
}

/**
 * A result for each thing that the report says of an order: of its own transfers, else what stands above it, for a file that is
 * rejected as a whole comes without transfers. Where one level says that it was paid and another that it was not, nothing is certain.
 */
export function reportedResults(report: StatusReport, orders: readonly FiledOrder[]): ReportedResults {
  const byKey = new Map(orders.map((order) => [order.key, order]));
  const byUetr = new Map(orders.map((order) => [order.uetr, order]));
  const told = new Map<FiledOrder, Told[]>();
  const strays: ReportedTransfer[] = [];
  for (const part of report.parts) {
    for (const transfer of part.transfers) {
      const order = transfer.key === null ? byUetr.get(transfer.uetr?.toLowerCase() ?? '') : byKey.get(transfer.key);
      if (order === undefined) strays.push(transfer);
      else told.set(order, [...(told.get(order) ?? []), { part, transfer }]);
    }
  }
  // A file of ours has one instruction, named like the message; not every bank repeats its name.
  const own = report.parts.find(({ id }) => id === report.originalMessageId || id === null);
  const results = orders.flatMap((order) => {
    const transfers = told.get(order);
    if (transfers === undefined) return resultOf(report, order, own ?? null, null);
    return transfers.flatMap(({ part, transfer }) => resultOf(report, order, part, transfer));
  });
  return { results, strays };
}

function resultOf(
  report: StatusReport,
  order: FiledOrder,
  part: ReportedPart | null,
  transfer: ReportedTransfer | null,
): GatewayResult[] {
  const statuses = [transfer?.status ?? null, part?.status ?? null, report.group].filter((status) => status !== null);
  const [nearest] = statuses;
  if (nearest === undefined) return [];
  const contradicts = contradict(statuses);
  const outcome = contradicts ? 'unknown' : meaning(nearest);
  const said = contradicts ? statuses : [nearest];
  return [
    {
      key: order.key,
      conversation: report.originalMessageId,
      code: said.map(({ code }) => code).join(' within '),
      description: said.flatMap(({ reasons }) => reasons).join('; ') || 'no reason given',
      outcome,
      stops: false,
      // The bank's own reference may be that of the whole file: the key is on the statement too, and names one payment for ever.
      reference: outcome === 'paid' ? order.key : null,
      amountMinor: transfer?.amount?.minor ?? null,
      currency: transfer?.amount?.currency ?? null,
      receiver: receiverOf(order, transfer?.account ?? null),
      feeMinor: null,
      completedAt: null,
    },
  ];
}

function contradict(statuses: readonly ReportedStatus[]): boolean {
  const outcomes = new Set(statuses.map(meaning));
  return outcomes.has('paid') && outcomes.has('failed');
}

const receiverOf = ({ account, receiver }: FiledOrder, told: string | null): string | null =>
  told === null ? null : plain(told) === account ? receiver : told;

/** Banks write accounts with or without spaces and dashes. */
const plain = (account: string): string => account.replaceAll(/[ \-.:]/g, '');
