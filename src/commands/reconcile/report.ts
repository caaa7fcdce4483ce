import path from 'node:path';
import { PASSES, type Pass } from '../../domain/reconciliation/facts.ts';
import { EXCEPTION_KINDS } from '../../domain/reconciliation/outcome.ts';
import { usage } from '../../domain/problem.ts';
import type { ExceptionDocument, MatchDocument, ReconciliationDocument } from '../../documents/reconciliation.ts';
import { requireWritable, writeSecretFile } from '../../gateways/secret-file.ts';
import type { Reconciled } from '../../operations/reconcile-statement.ts';
import { getOfficeZone } from '../../store/office.ts';
import { allCompanies } from '../../store/places.ts';
import {
  reconciliationReport,
  type ReportedException,
  type ReportedPass,
} from '../../terminal/reconciliation-report.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Input, OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { KIND_TITLES } from './kinds.ts';

export const REPORT_OPTION: OptionSpec = {
  flags: '--report <file>',
  about: 'write it as one page of HTML, to be printed and signed',
};

/** Writes what a reconciliation came to. */
export type ReportWriter = (done: Reconciled, document: ReconciliationDocument) => Promise<void>;

/**
 * How the report that somebody asks for is written, or null. Throws usage REPORT_NOT_WRITABLE at once, before anything is saved that it
 * should tell of.
 */
export async function reportWriter(context: Context, input: Input): Promise<ReportWriter | null> {
  const name = input.optional('report');
  if (name === undefined || context.flags.dryRun) return null;
  const file = path.resolve(name);
  const others = [input.text('statement'), input.optional('out') ?? '-'].filter((other) => other !== '-');
  if (others.some((other) => path.resolve(other) === file)) {
    throw usage('REPORT_NOT_WRITABLE', 'The report would take the place of another file that was named.', {
      unchanged: 'Nothing was saved.',
      fix: 'give --report a name of its own, such as report.html',
    });
  }
  await requireWritable(file);
  return async (done, document) => {
    const text = await reportText(context, { done, document, file: input.text('statement') });
    const write = async () => {
      await writeSecretFile(file, text);
      context.say(`The report is in ${file}.`);
    };
    if (done.applied === null) return write();
    // The books are saved: what happens to the report changes nothing about that.
    context.afterwards(async () => {
      try {
        await write();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        context.warn(`Everything was saved, but not the report: ${why} Make it again without --auto.`);
      }
    });
  };
}

async function reportText(
  context: Context,
  { done, document, file }: { done: Reconciled; document: ReconciliationDocument; file: string },
): Promise<string> {
  const { view, read } = done;
  const { fund } = view;
  const { office, zone } = await (
    await context.store()
  ).read(async (tx) => ({
    office: (await allCompanies(tx)).find(({ id }) => id === fund.companyId)?.name ?? view.company,
    zone: (await getOfficeZone(tx)).timezone,
  }));
  const { username, token } = await context.actor();
  const { statement, agreement, summary } = document;
  return reconciliationReport({
    office: `${office} (${view.company})`,
    fund: `${fund.code}, ${fund.name}`,
    currency: fund.currency,
    state: stateOf(document),
    about: [
      ['Account', statement.account ?? 'not told'],
      ['Period', `${statement.period.from ?? 'not told'} to ${statement.period.to ?? 'not told'}`],
      ['Lines', `${statement.lines}, of which ${statement.skipped_already_seen} were imported before`],
      ['File', `${file === '-' ? 'standard input' : path.basename(file)}, ${statement.type}`],
      ['SHA-256 of the file', read.digest],
      ['Made by', token === undefined ? username : `${username}, by the token ${token.name}`],
      ['Made at', formatInstant(context.now(), zone)],
    ],
    statement: {
      openingMinor: statement.opening_minor,
      creditsMinor: statement.credits_minor,
      debitsMinor: statement.debits_minor,
      closingMinor: statement.closing_minor,
      ties: statement.ties,
    },
    agreement: agreement === null ? null : agreementOf(agreement),
    passes: passesOf(document.matched),
    kinds: EXCEPTION_KINDS.flatMap((kind) => {
      const exceptions = document.exceptions.filter((one) => one.kind === kind).map(reportedException);
      return exceptions.length === 0 ? [] : [{ title: KIND_TITLES[kind], exceptions }];
    }),
    inTransit: summary.in_transit,
  });
}

function stateOf({ applied, reconciliation, summary, statement }: ReconciliationDocument): string {
  if (!applied) return 'A preview: nothing was saved.';
  const parts = [
    ...(reconciliation === null ? [] : [`reconciliation ${reconciliation}`]),
    ...(statement.ref === null ? [] : [`statement ${statement.ref}`]),
    ...(summary.fees_booked === 0
      ? []
      : [`${summary.fees_booked} ${summary.fees_booked === 1 ? 'fee' : 'fees'} booked`]),
    ...summary.variances_recorded.map((variance) => `variance ${variance} recorded`),
  ];
  return parts.length === 0 ? 'Saved: there was nothing new.' : `Saved: ${parts.join(', ')}.`;
}

const agreementOf = (agreement: NonNullable<ReconciliationDocument['agreement']>) => ({
  day: agreement.day,
  ledgerMinor: agreement.ledger_minor,
  ledgerOnlyMinor: agreement.ledger_only_minor,
  statementOnlyMinor: agreement.statement_only_minor,
  differsMinor: agreement.differs_minor,
  closingMinor: agreement.closing_minor,
  unexplainedMinor: agreement.unexplained_minor,
});

const PASS_TITLES: Readonly<Record<Pass, string>> = {
  external_id: 'Same identifier and amount',
  reference: 'Reference in the text, same amount',
  payee_and_date: 'Same payee, phone or account, same amount',
  fee_tolerance: 'Payment with its fee on one line',
  group: 'Several that come to one sum',
  fee_rule: 'Charges by a fee rule',
  amount_differs: 'Same identifier, other amount',
  by_hand: 'By hand',
};

/** Matches by how they were found, in the order of fidelity. */
function passesOf(matched: readonly MatchDocument[]): ReportedPass[] {
  const byPass = Map.groupBy(matched, ({ pass }) => pass);
  return PASSES.flatMap((pass) => {
    const of = byPass.get(pass) ?? [];
    const lines = of.flatMap((match) => match.lines);
    const sumMinor = lines.reduce((sum, { amount_minor: minor }) => sum + minor, 0);
    return of.length === 0 ? [] : [{ title: PASS_TITLES[pass], matches: of.length, lines: lines.length, sumMinor }];
  });
}

function reportedException(exception: ExceptionDocument): ReportedException {
  const { line } = exception;
  return {
    line: line === null ? null : (line.ref ?? `line ${line.position}`),
    day: line?.booked_on ?? null,
    reference: line?.external_id ?? null,
    about: line === null ? null : [line.counterparty, line.description].filter(Boolean).join(': '),
    entry: exception.payment ?? exception.entry,
    amountMinor: exception.amount_minor,
    message: exception.message,
    next: exception.suggested_command,
  };
}
