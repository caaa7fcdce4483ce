import { NOTHING_SAID, type GatewayResult } from '../gateway-result.ts';
import { figuresMisfit, type FileFigures } from './file-figures.ts';
import {
  meaningOf,
  type FiledOrder,
  type Outcome,
  type ReportedStatus,
  type ReportedTransfer,
  type StatusReport,
} from './status-report.ts';

/** A report with the orders of the file that it speaks of: none of a file that nobody here knows. */
export interface ReportOfFile {
  readonly report: StatusReport;
  readonly orders: readonly FiledOrder[];
  /** What the file comes to; null for one that nobody here knows. */
  readonly file: FileFigures | null;
}

/** What a report says of the orders of its file, in the order of the file; and what it says of others. */
export interface ReportedResults {
  readonly results: readonly GatewayResult[];
  /** Transfers of which the file knows nothing. */
  readonly strays: readonly ReportedTransfer[];
}

/** One thing that is said of an order. */
interface Saying {
  readonly by: StatusReport;
  readonly outcome: Outcome;
  /** What says it: the nearest status, or the two that contradict each other, nearest first. */
  readonly statuses: readonly ReportedStatus[];
  /** The transfer by which it is said; null where it is only said of all of an instruction or file. */
  readonly transfer: ReportedTransfer | null;
  /** Whether it can decide; what is said under the name of another file, or above what counts before it, can only contradict. */
  readonly own: boolean;
}

/**
 * What reports that came together say of orders: one result for each order, with the report that decides it. A transfer counts, else
 * what stands above it, for a file that is rejected as a whole comes without transfers. The same thing said again is said once;
 * where two things are said that cannot both be, whichever comes first, nothing counts: the result is contradictory, and names both.
 * So it is where what is said of a whole file comes with a number or sum that is not the file's: it is not said of ours.
 */
export function reportedResults(reports: readonly ReportOfFile[]): ReportedResults[] {
  const told = new Told(reports);
  const strays = reports.map((one) => told.take(one));
  const results = new Map<StatusReport, GatewayResult[]>();
  for (const [order, sayings] of told.all()) {
    const decided = decide(order, sayings);
    if (decided === null) continue;
    const its = results.get(decided.by) ?? [];
    results.set(decided.by, its);
    its.push(decided.result);
  }
  return reports.map(({ report }, at) => ({ results: results.get(report) ?? [], strays: strays[at] ?? [] }));
}

/** Everything that is said of each order, in the order in which it is said. */
class Told {
  readonly #sayings = new Map<string, { readonly order: FiledOrder; readonly sayings: Saying[] }>();
  readonly #byUetr = new Map<string, FiledOrder>();

  constructor(reports: readonly ReportOfFile[]) {
    for (const { orders } of reports)
      for (const order of orders) {
        if (this.#sayings.has(order.key)) continue;
        this.#sayings.set(order.key, { order, sayings: [] });
        this.#byUetr.set(order.uetr, order);
      }
  }

  all(): (readonly [FiledOrder, readonly Saying[]])[] {
    return [...this.#sayings.values()].map(({ order, sayings }) => [order, sayings]);
  }

  /** Takes what one report says; answers the transfers that are not of its file. */
  take({ report: said, orders, file }: ReportOfFile): ReportedTransfer[] {
    const report = file === null ? said : measured(said, file);
    const ofFile = new Set(orders.map(({ key }) => key));
    const named = new Set<string>();
    const strays: ReportedTransfer[] = [];
    for (const part of report.parts) {
      for (const transfer of part.transfers) {
        const meant = this.#meantBy(transfer);
        if (!meant.some(({ key }) => ofFile.has(key))) strays.push(transfer);
        const statuses = [transfer.status, part.status, report.group].filter((status) => status !== null);
        for (const order of meant) {
          const own = ofFile.has(order.key);
          if (own) named.add(order.key);
          const misnamed = meant.length > 1 ? misnaming(transfer) : null;
          this.#say(order, misnamed === null ? statuses : [misnamed], { by: said, transfer, own });
        }
      }
    }
    for (const { statuses, whole } of saidAbove(report))
      for (const order of orders) {
        const own = !named.has(order.key);
        // A transfer counts before what stands above it: that can only contradict it, where it speaks of all of them.
        if (own || whole) this.#say(order, statuses, { by: said, transfer: null, own });
      }
    return strays;
  }

  /** The orders that a transfer names: by its key, or by its UETR where it has none; both, where they are of two orders. */
  #meantBy({ key, uetr }: ReportedTransfer): FiledOrder[] {
    const byKey = key === null ? undefined : this.#sayings.get(key)?.order;
    const byUetr = uetr === null ? undefined : this.#byUetr.get(uetr.toLowerCase());
    if (key !== null && byKey === undefined) return [];
    return [...new Set([byKey, byUetr])].filter((order) => order !== undefined);
  }

  #say(
    order: FiledOrder,
    statuses: readonly ReportedStatus[],
    { by, transfer, own }: Pick<Saying, 'by' | 'transfer' | 'own'>,
  ): void {
    const [nearest] = statuses;
    if (nearest === undefined) return;
    const against = statuses.find((status) => opposite(meaningOf(status), meaningOf(nearest)));
    // What is not said of this file decides nothing, and contradicts what else is said as it did.
    const odd = against !== undefined || (own && nearest.misfit !== undefined);
    this.#sayings.get(order.key)?.sayings.push({
      ...{ by, transfer, own },
      outcome: odd ? 'contradictory' : meaningOf(nearest),
      statuses: against === undefined ? [nearest] : [nearest, against],
    });
  }
}

/** A report whose statuses of all of a file know that they are not said of this one, where its figures are others. */
function measured(report: StatusReport, file: FileFigures): StatusReport {
  const ownParts = report.parts.filter(({ id }) => id === report.originalMessageId || id === null);
  const misfits = [report, ...ownParts].map(({ figures }) => figuresMisfit(figures, file));
  const misfit = misfits.find((one) => one !== null);
  if (misfit === undefined) return report;
  const marked = (status: ReportedStatus | null) => (status === null ? null : { ...status, misfit });
  return {
    ...report,
    group: marked(report.group),
    parts: report.parts.map((part) => ({ ...part, status: marked(part.status) })),
  };
}

/** What is said above transfers, once each; `whole` where it comes without transfers, and so speaks of all of them. */
interface Above {
  readonly statuses: readonly ReportedStatus[];
  readonly whole: boolean;
}

/** A file of ours has one instruction, named like the message; not every bank repeats its name, and some repeat the instruction. */
function saidAbove({ parts, originalMessageId, group }: StatusReport): Above[] {
  const said = new Map<string, Above>();
  for (const { id, status, transfers } of parts) {
    if (status === null || (id !== originalMessageId && id !== null)) continue;
    const one = { statuses: group === null ? [status] : [status, group], whole: transfers.length === 0 };
    const kind = `${meaningOf(status)} ${one.whole}`;
    if (!said.has(kind)) said.set(kind, one);
  }
  return said.size > 0 || group === null ? [...said.values()] : [{ statuses: [group], whole: false }];
}

const misnaming = ({ position, key, uetr, status }: ReportedTransfer): ReportedStatus => ({
  position,
  code: status?.code ?? '',
  reasons: [`line ${position} names ${key ?? ''} with the UETR ${uetr ?? ''} of another payment`],
  outcome: 'contradictory',
});

const opposite = (one: Outcome, other: Outcome): boolean =>
  (one === 'paid' && other === 'failed') || (one === 'failed' && other === 'paid');

interface Decided {
  readonly by: StatusReport;
  readonly result: GatewayResult;
}

/** What all that is said of an order comes to; null where nothing is. */
function decide(order: FiledOrder, sayings: readonly Saying[]): Decided | null {
  const own = sayings.filter((saying) => saying.own);
  const [first] = own;
  const last = own.at(-1);
  if (first === undefined || last === undefined) return null;
  const odd = own.find(({ outcome }) => outcome === 'contradictory');
  if (odd !== undefined) return { by: odd.by, result: contradicting(order, odd.by, within(odd)) };
  const clash = clashOf(sayings);
  if (clash !== null) return { by: first.by, result: contradicting(order, first.by, between(clash)) };
  const deciding = own.find(({ outcome }) => outcome === 'paid' || outcome === 'failed') ?? last;
  const { by, outcome, statuses } = deciding;
  const amount = own.find(({ transfer }) => transfer !== null && transfer.amount !== null)?.transfer?.amount ?? null;
  const account = own.find(({ transfer }) => transfer !== null && transfer.account !== null)?.transfer?.account ?? null;
  const result: GatewayResult = {
    ...blank(order, by),
    code: statuses.map(({ code }) => code).join(' within '),
    description: statuses.flatMap(({ reasons }) => reasons).join('; ') || 'no reason given',
    outcome,
    // The bank's own reference may be that of the whole file: the key is on the statement too, and names one payment for ever.
    reference: outcome === 'paid' ? order.key : null,
    amountMinor: amount?.minor ?? null,
    currency: amount?.currency ?? null,
    receiver: receiverOf(order, account),
  };
  return { by, result };
}

/** The first two things that cannot both be, in the order in which they are said; null where everything fits. */
function clashOf(sayings: readonly Saying[]): readonly [Saying, Saying] | null {
  // One of each kind: without it, a file that says the same a hundred thousand times would be compared with itself.
  const kinds = new Map<string, Saying>();
  for (const saying of sayings) {
    for (const earlier of kinds.values()) if (clash(earlier, saying)) return [earlier, saying];
    const kind = kindOf(saying);
    if (!kinds.has(kind)) kinds.set(kind, saying);
  }
  return null;
}

const kindOf = (saying: Saying): string => {
  const { outcome, transfer } = saying;
  const { minor, currency } = transfer?.amount ?? {};
  return JSON.stringify([outcome, ofItself(saying), minor, currency, accountOf(transfer)]);
};

/** Whether it is said of this order, and not only of all of an instruction or file. */
const ofItself = ({ transfer }: Saying): boolean => transfer !== null && transfer.status !== null;

/** Whether two things cannot both be said of one order; `earlier` stands before `later`. */
function clash(earlier: Saying, later: Saying): boolean {
  if (opposite(earlier.outcome, later.outcome)) return true;
  const [one, other] = [earlier.transfer, later.transfer];
  if (differ(one?.amount?.minor, other?.amount?.minor)) return true;
  if (differ(one?.amount?.currency, other?.amount?.currency)) return true;
  if (differ(accountOf(one), accountOf(other))) return true;
  // What is said of a whole file holds for most of it: that one of its orders goes on otherwise is no contradiction, unless it ended.
  const compared = ofItself(later) && (ofItself(earlier) || earlier.outcome === 'failed');
  return compared && !goesOn(earlier.outcome, later.outcome);
}

/** What is silent contradicts nothing. */
const differ = <T>(one: T | undefined, other: T | undefined): boolean =>
  one !== undefined && other !== undefined && one !== other;

const accountOf = (transfer: ReportedTransfer | null): string | undefined =>
  transfer === null || transfer.account === null ? undefined : plain(transfer.account);

/** What was on its way comes to some end, and what is paid was on its way; but what was rejected is on its way no more. */
const goesOn = (earlier: Outcome, later: Outcome): boolean =>
  earlier === later || earlier === 'in_progress' || (earlier === 'paid' && later === 'in_progress');

interface Contradiction {
  readonly code: string;
  readonly description: string;
}

const within = ({ statuses }: Saying): Contradiction => {
  const [one, other] = statuses;
  const reasons = statuses.flatMap(({ misfit, reasons: its }) => (misfit === undefined ? its : [misfit, ...its]));
  const code = statuses.map((status) => status.code).join(' within ');
  if (one === undefined || other === undefined) return { code, description: reasons.join('; ') };
  return { code, description: [differently(one, other), ...reasons].join('; ') };
};

function between([earlier, later]: readonly [Saying, Saying]): Contradiction {
  const [one, other] = [earlier.statuses[0], later.statuses[0]];
  if (one === undefined || other === undefined) throw new Error('said without a status');
  return { code: `${one.code} against ${other.code}`, description: differently(one, other) };
}

function differently(one: ReportedStatus, other: ReportedStatus): string {
  const [first, second] = [one.position, other.position].toSorted((a, b) => a - b);
  return first === second
    ? `line ${first} says different things of it`
    : `lines ${first} and ${second} say different things of it`;
}

const contradicting = (order: FiledOrder, by: StatusReport, said: Contradiction): GatewayResult => ({
  ...blank(order, by),
  ...said,
  outcome: 'contradictory',
});

const blank = ({ key }: FiledOrder, { originalMessageId }: StatusReport) => ({
  ...NOTHING_SAID,
  key,
  conversation: originalMessageId,
});

const receiverOf = ({ account, receiver }: FiledOrder, told: string | null): string | null =>
  told === null ? null : plain(told) === account ? receiver : told;

/** Banks write accounts with or without spaces and dashes. */
const plain = (account: string): string => account.replaceAll(/[ \-.:]/g, '');
