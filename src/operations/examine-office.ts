import { advice, broken, fine, type Finding } from '../domain/finding.ts';
import { Problem, type Check } from '../domain/problem.ts';
import { sentence } from '../domain/sentence.ts';
import type { FoundSecrets } from '../gateways/daraja-secrets.ts';
import { reachMail } from '../gateways/reach-mail.ts';
import type { SmsSender } from '../gateways/sms.ts';
import { examineDatabase } from '../store/examine.ts';
import { BOOK_INVARIANTS, judgeInvariants } from '../store/invariants.ts';
import { findOffice } from '../store/office.ts';
import { findOpenMatters } from '../store/open-matters.ts';
import { migrateStore } from '../store/open.ts';
import { proveAudit } from '../store/prove-audit.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import { ALL_INVARIANTS } from './all-invariants.ts';
import { examineChanges } from './examine-changes.ts';
import { examineDaraja } from './examine-daraja.ts';
import { examineGateways } from './examine-gateways.ts';
import { examineGuards } from './examine-guards.ts';
import { examineSms } from './examine-sms.ts';
import { examineTokens } from './examine-tokens.ts';
import { examinePepper } from './examine-pepper.ts';
import { faultsOf } from './verify-audit.ts';
import { verdictChecks } from './verify-ledger.ts';

/** An outcome that is open for longer than this shows here. */
const STUCK_AFTER_MS = 24 * 60 * 60 * 1000;

export interface Examination {
  readonly databaseUrl: string;
  readonly pepperFile: string;
  readonly headsDirectory: string;
  readonly now: Date;
  readonly node: string;
  readonly openStore: () => Promise<Store>;
  /** Opens the way to send texts that this machine has. */
  readonly openSms: () => Promise<SmsSender>;
  /** Looks at what this machine has of Daraja's secrets. */
  readonly lookAtSecrets: () => Promise<FoundSecrets>;
}

/** Runs every check there is, whatever the others found; none throws. */
export async function examineOffice(examination: Examination): Promise<Finding[]> {
  const node = fine('node', `Node ${examination.node} is new enough.`);
  const database = await tried('database', () => reachDatabase(examination));
  const guards = allWell(database) ? await tried('guards', () => examineDatabase(examination.databaseUrl)) : [];
  const opened = allWell(database) ? await open(examination) : { findings: [], store: null, office: null };
  const { store, office } = opened;
  return [
    node,
    ...database,
    ...guards,
    ...opened.findings,
    ...(await tried('pepper', () => examinePepper(examination.pepperFile, office))),
    ...(office === null ? [] : await tried('mail', () => examineMail(office))),
    ...(store === null ? [] : await tried('sms', () => examineSms(store, examination.openSms))),
    ...(store === null ? [] : await tried('daraja', () => examineDaraja(store, examination))),
    ...(store === null ? [] : await tried('books', () => examineBooks(store))),
    ...(store === null ? [] : await tried('audit', () => examineAudit(store))),
    ...(store === null ? [] : await tried('guards', () => examineGuards(store, examination.headsDirectory))),
    ...(store === null ? [] : await tried('confirmers', () => examineChanges(store))),
    ...(store === null ? [] : await tried('tokens', () => examineTokens(store, examination.now))),
    ...(store === null ? [] : await tried('gateways', () => examineGateways(store, examination.now))),
    ...(store === null ? [] : await tried('open_matters', () => examineOpenMatters(store, examination.now))),
  ];
}

const allWell = (findings: readonly Finding[]): boolean => findings.every((finding) => finding.status === 'ok');

interface OpenedOffice {
  readonly findings: Finding[];
  /** Null when it cannot be opened or holds no office: the checks that need it have nothing to look at. */
  readonly store: Store | null;
  readonly office: Row<'office'> | null;
}

async function open(examination: Examination): Promise<OpenedOffice> {
  const opened: { store: Store | null; office: Row<'office'> | null } = { store: null, office: null };
  const findings = await tried('office', async () => {
    const store = await examination.openStore();
    const office = await store.read(findOffice);
    if (office === undefined) return [advice('office', 'The office has not been set up.', 'treasury init --help')];
    Object.assign(opened, { store, office });
    return [];
  });
  return { findings, ...opened };
}

/** A check that cannot even be run is a finding like any other. */
async function tried(id: string, examine: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const faults = error instanceof Problem ? (error.details.faults ?? []) : [];
    const named = faults.length === 0 ? '' : ` ${sentence(faults.join('; '))}`;
    const fix =
      error instanceof Problem
        ? (error.details.fix ?? 'put right what the message says, and run treasury doctor again')
        : 'run it again with --debug';
    const kind = error instanceof Problem && error.kind !== 'integrity' ? advice : broken;
    return [kind(id, `This could not be checked: ${message}${named}`, fix)];
  }
}

async function reachDatabase({ databaseUrl, now }: Examination): Promise<Finding[]> {
  const { location, pending } = await migrateStore(databaseUrl, { now, create: false, onlyLook: true });
  return pending.length === 0
    ? [fine('database', `${location} answers and is prepared for this release.`)]
    : [advice('database', `${location} lacks ${pending.length} migrations.`, 'treasury migrate')];
}

async function examineMail({ mailUrl }: Row<'office'>): Promise<Finding[]> {
  await reachMail(mailUrl);
  return [fine('mail', `Mail can be handed to ${mailUrl.replace(/\/\/[^@/]*@/, '//')}.`)];
}

async function examineBooks(store: Store): Promise<Finding[]> {
  const verdicts = await store.read((tx) => judgeInvariants(tx, ALL_INVARIANTS, null));
  return verdictChecks(verdicts).map((check) =>
    check.ok === false ? broken(check.id, check.message, whatToLookAt(check)) : fine(check.id, check.message),
  );
}

/** What `ledger verify` proves, it tells in full; of what else is wrong with a thing the trail tells how it came about. */
function whatToLookAt({ id, facts: { subject } }: Check): string {
  if (BOOK_INVARIANTS.some((invariant) => invariant.id === id)) return 'treasury ledger verify';
  return typeof subject === 'string' && /^[\w-]+$/.test(subject)
    ? `treasury audit list --subject ${subject}`
    : 'treasury audit verify';
}

async function examineAudit(store: Store): Promise<Finding[]> {
  const faults = faultsOf(await proveAudit(store, () => true));
  const [first] = faults;
  if (first === undefined) return [fine('audit', 'Every link of the audit trail recomputes.')];
  return [
    broken('audit', `${faults.length} faults in the audit trail; the first: ${first.message}`, 'treasury audit verify'),
  ];
}

/** What waits in the outbox, in plain words, and how to learn why. */
const MESSAGES: Readonly<Record<string, readonly [kind: string, fix: string]>> = {
  mail: [
    'by mail',
    'treasury worker run --once says why; another way for mail: treasury config set office.mail_url URL',
  ],
  sms: ['by SMS', 'treasury worker run --once says why'],
  webhook: ['for webhooks', 'treasury webhook list'],
};

async function examineOpenMatters(store: Store, now: Date): Promise<Finding[]> {
  const matters = await store.read((tx) => findOpenMatters(tx, new Date(now.getTime() - STUCK_AFTER_MS)));
  return [
    matters.stuck.length === 0
      ? fine('stuck', 'No outcome is open for longer than a day.')
      : advice(
          'stuck',
          `The outcome has been open for more than a day: ${matters.stuck.join(', ')}.`,
          `treasury payment show ${matters.stuck[0] ?? 'REF'}`,
        ),
    ...(matters.undelivered.length === 0
      ? [fine('outbox', 'No message waits to be delivered.')]
      : matters.undelivered.map(({ topic, count }) => {
          const [kind, fix] = MESSAGES[topic] ?? [topic, 'treasury worker run --once'];
          return advice('outbox', `Have waited for more than a day: ${count} ${kind}.`, fix);
        })),
    matters.overdrawn.length === 0
      ? fine('overdrawn', 'No fund owes more than it holds.')
      : advice(
          'overdrawn',
          `Overdrawn, and paying nothing: ${matters.overdrawn.join(', ')}.`,
          `treasury replenish request ${matters.overdrawn[0] ?? 'FUND'} --reason REASON`,
        ),
    matters.variances.length === 0
      ? fine('variances', 'No difference has waited for longer than a day.')
      : advice(
          'variances',
          `Have waited for a CFO for more than a day: ${matters.variances.join(', ')}.`,
          'treasury variance list --status pending',
        ),
  ];
}
