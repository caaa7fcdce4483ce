import { assign, components, type Edge } from './assignment.ts';
import { accountDigits, identifierKey, isCutName, isMistyped, nameBeginning, nameKey, phonesIn } from './evidence.ts';
import { SCORES, type EntryFacts, type LineFacts, type Reason } from './facts.ts';
import { grouped, type OpenItems } from './open-items.ts';
import { idsContradict } from './reference-pass.ts';

/** A payment to this payee counts from the day before the entry to five days after it: a long weekend. */
export const DAYS_BEFORE = 1;
export const DAYS_AFTER = 5;
const SCORE_OF_A_DAY = 10;

/**
 * Third pass: exact amount, the same phone, account or name, and near in time. A pair is taken when neither has another such partner,
 * or when equally many lines of one day and entries of one day cannot be told apart. Returns what is tied.
 */
export function payeePass(open: OpenItems): readonly Edge[] {
  const edges = payeeEdges(open);
  const { chosen, tied } = assign(edges.map((edge) => ({ ...edge, score: 0 })));
  const scores = new Map(edges.map((edge) => [`${edge.line} ${edge.entry}`, edge.score]));
  const take = ({ line, entry, reasons }: Edge): void =>
    open.take({
      lines: [line],
      entries: [entry],
      pass: 'payee_and_date',
      score: scores.get(`${line} ${entry}`) ?? 0,
      reasons,
    });
  chosen.forEach(take);
  const left: Edge[] = [];
  for (const component of components(tied)) {
    const twins = twinsOf(open, component);
    if (twins === null) left.push(...component.edges);
    else twins.forEach(take);
  }
  return left;
}

function payeeEdges(open: OpenItems): Edge[] {
  const entriesByKey = grouped(open.entries(), (entry) => keysOfEntry(entry));
  return open.lines().flatMap((line) => {
    const candidates = new Set<EntryFacts>();
    for (const key of keysOfLine(line)) for (const entry of entriesByKey.get(key) ?? []) candidates.add(entry);
    if (candidates.size > MOST_CANDIDATES) return [];
    return [...candidates].flatMap((entry) => edgeOf(line, entry) ?? []);
  });
}

/** With more payments of one amount to one payee than this, nobody could tell which is which. */
const MOST_CANDIDATES = 100;

function edgeOf(line: LineFacts, entry: EntryFacts): Edge | null {
  const days = line.day - entry.day;
  if (days < -DAYS_BEFORE || days > DAYS_AFTER || line.isCharge !== (entry.kind === 'fee')) return null;
  if (idsContradict(line, entry)) return null;
  const who = whoIs(line, entry);
  if (who.length === 0) return null;
  const mistyped =
    line.externalId !== null &&
    entry.externalId !== null &&
    isMistyped(identifierKey(line.externalId), identifierKey(entry.externalId));
  return {
    line: line.index,
    entry: entry.index,
    score: SCORES.payee_and_date - Math.abs(days) * SCORE_OF_A_DAY,
    reasons: [
      ...who,
      'same_amount',
      days === 0 ? 'same_day' : 'within_days',
      ...(mistyped ? (['identifier_mistyped'] as const) : []),
    ],
  };
}

function whoIs(line: LineFacts, entry: EntryFacts): Reason[] {
  const { destination, payee } = entry;
  const phones = linePhones(line);
  const phone = destination !== null && phonesIn(destination).some((own) => phones.includes(own));
  const account =
    destination !== null && lineAccount(line) !== null && accountDigits(destination) === lineAccount(line);
  const name =
    payee !== null &&
    line.counterparty !== null &&
    ((nameKey(payee) !== null && nameKey(payee) === nameKey(line.counterparty)) || isCutName(line.counterparty, payee));
  return [
    ...(phone ? (['same_phone'] as const) : []),
    ...(account && !phone ? (['same_account'] as const) : []),
    ...(name ? (['same_payee'] as const) : []),
  ];
}

function* keysOfEntry({ deltaMinor, destination, payee }: EntryFacts): Iterable<string> {
  if (destination !== null) {
    for (const phone of phonesIn(destination)) yield `${deltaMinor} phone ${phone}`;
    const account = accountDigits(destination);
    if (account !== null) yield `${deltaMinor} account ${account}`;
  }
  if (payee !== null) yield* nameKeys(deltaMinor, payee);
}

function* keysOfLine(line: LineFacts): Iterable<string> {
  for (const phone of linePhones(line)) yield `${line.amountMinor} phone ${phone}`;
  const account = lineAccount(line);
  if (account !== null) yield `${line.amountMinor} account ${account}`;
  if (line.counterparty !== null) yield* nameKeys(line.amountMinor, line.counterparty);
}

function* nameKeys(amountMinor: number, name: string): Iterable<string> {
  const whole = nameKey(name);
  if (whole !== null) yield `${amountMinor} name ${whole}`;
  const beginning = nameBeginning(name);
  if (beginning !== null) yield `${amountMinor} beginning ${beginning}`;
}

const linePhones = ({ counterpartyAccount, counterparty, description, references }: LineFacts): string[] =>
  [counterpartyAccount, counterparty, description, ...references].flatMap((text) =>
    text === null ? [] : phonesIn(text),
  );

const lineAccount = ({ counterpartyAccount }: LineFacts): string | null =>
  counterpartyAccount === null ? null : accountDigits(counterpartyAccount);

/** Pairs of lines and entries of which any could be any: as many of the one as of the other, all of one day, all fitting all. */
function twinsOf(open: OpenItems, { edges, lines, entries }: ReturnType<typeof components>[number]): Edge[] | null {
  const ofOneDay = (days: readonly (number | undefined)[]): boolean => new Set(days).size === 1;
  const alike =
    lines.length === entries.length &&
    edges.length === lines.length * entries.length &&
    ofOneDay(lines.map((line) => open.line(line)?.day)) &&
    ofOneDay(entries.map((entry) => open.entry(entry)?.day)) &&
    edges.every(({ reasons }) => !reasons.includes('identifier_mistyped'));
  if (!alike) return null;
  return lines.flatMap(
    (line, place) => edges.find((edge) => edge.line === line && edge.entry === entries[place]) ?? [],
  );
}
