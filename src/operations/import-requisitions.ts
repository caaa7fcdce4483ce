import { mayAt, requireAbility, type Actor, type Place } from '../domain/access.ts';
import {
  MOST_IMPORT_BYTES,
  MOST_IMPORT_ROWS,
  duplicateWarnings,
  headerFaults,
  importLine,
  type ImportLine,
} from '../domain/payee-import.ts';
import { usage } from '../domain/problem.ts';
import type { Terms } from '../domain/requisition.ts';
import { sentence } from '../domain/sentence.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { lockOffice } from '../store/office.ts';
import { readPlaces, type PlaceBook } from '../store/place-codes.ts';
import { newIdentities } from '../store/references.ts';
import {
  getRequisitionViews,
  insertRequisitions,
  takeRequisitionNumbers,
  type RequisitionView,
} from '../store/requisitions.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { choosePlace, knownTo } from './choose-place.ts';
import { creationEvent, requisitionRow, yearIn } from './create-requisition.ts';
import { csvLines } from './csv-lines.ts';
import { readTerms, withPhone, type PhonedDraft } from './read-terms.ts';

export interface Imported {
  readonly views: readonly RequisitionView[];
  /** Lines that say the same as an earlier one. */
  readonly warnings: readonly string[];
}

/** Submits a whole payee list, or nothing: every fault of every line is named (usage IMPORT_INVALID). `text` is CSV. */
export async function importRequisitions(store: Store, actor: Actor, text: string): Promise<Imported> {
  requireAbility(actor, 'requisition.create');
  const { lines, faults } = await readLines(text);
  const drafts = await Promise.all(lines.map(async (line) => ({ ...line, phone: (await withPhone(line)).phone })));
  return store.write(async (tx) => {
    const office = await lockOffice(tx);
    const places = await readPlaces(tx, knownTo(actor));
    const read = drafts.map((draft) => readLine(draft, { actor, places, currency: office.currency }));
    const all = [...faults, ...read.flatMap((one) => ('faults' in one ? one.faults : []))].toSorted(byLine);
    if (all.length > 0) throw invalid(all, lines.length);
    const wishes = read.flatMap((one) => ('faults' in one ? [] : [one]));
    const ids = await submit(tx, actor, wishes, office);
    return { views: await getRequisitionViews(tx, ids), warnings: duplicateWarnings(lines) };
  });
}

interface Wish {
  readonly terms: Terms;
  readonly place: Place;
}

interface Reading {
  readonly actor: Actor;
  readonly places: PlaceBook;
  readonly currency: string;
}

/** What a line asks for, or all its faults, each with its line's number. */
function readLine(
  line: ImportLine & PhonedDraft,
  { actor, places, currency }: Reading,
): Wish | { readonly faults: string[] } {
  const read = readTerms(line, currency);
  const code = (text: string) => (text.trim() === '' ? undefined : text);
  const codes = { company: code(line.company), region: code(line.region), branch: code(line.branch) };
  const found = choosePlace(places, codes, actor, 'requisition.create');
  const reached = 'fault' in found || mayAt(actor, 'requisition.create', found.place);
  const faults = [
    ...('faults' in read ? read.faults : []),
    ...('fault' in found ? [found.fault] : []),
    ...(reached ? [] : [`${actor.username} is no requester at this place`]),
  ];
  if ('faults' in read || 'fault' in found || faults.length > 0)
    return { faults: faults.map((fault) => `line ${line.line}: ${fault}`) };
  return { terms: read.terms, place: found.place };
}

async function submit(
  tx: Tx,
  actor: Actor,
  wishes: readonly Wish[],
  office: { timezone: string; currency: string },
): Promise<string[]> {
  const numbers = await takeRequisitionNumbers(tx, yearIn(tx.now, office.timezone), wishes.length);
  const identities = await newIdentities(tx, 'requisitions', wishes.length);
  const rows = wishes.flatMap((wish, index) => {
    const [identity, number] = [identities[index], numbers[index]];
    if (identity === undefined || number === undefined) throw new Error('fewer numbers than lines');
    return [requisitionRow(tx, actor, { ...identity, number }, { ...wish, currency: office.currency })];
  });
  await insertRequisitions(tx, rows);
  await recordOfficeEvent(tx, ...rows.map((row) => creationEvent(actor, row)));
  return rows.map((row) => row.id);
}

/** The lines of a payee list, and what is wrong with its form. */
async function readLines(text: string): Promise<{ lines: ImportLine[]; faults: string[] }> {
  if (Buffer.byteLength(text) > MOST_IMPORT_BYTES)
    throw invalid([`the list is longer than ${MOST_IMPORT_BYTES / 1024 / 1024} MiB`], 0);
  const [first, ...rest] = await csvLines(text, (fault, lines) => invalid([fault], lines));
  if (first === undefined) throw invalid(['the list is empty: not even a header'], 0);
  const header = first.cells.map((name) => name.trim().toLowerCase());
  const wrong = headerFaults(header);
  if (rest.length === 0) wrong.push('the list has a header but no lines');
  if (rest.length > MOST_IMPORT_ROWS) wrong.push(`the list has ${rest.length} lines; ${MOST_IMPORT_ROWS} are the most`);
  if (wrong.length > 0) throw invalid(wrong, rest.length);
  const lines: ImportLine[] = [];
  const faults: string[] = [];
  for (const { cells, line } of rest) {
    const read = importLine(header, cells, line);
    if (typeof read === 'string') faults.push(read);
    else lines.push(read);
  }
  return { lines, faults };
}

const lineOf = (fault: string): number => Number(/^line (\d+)/.exec(fault)?.[1] ?? 0);
const byLine = (a: string, b: string): number => lineOf(a) - lineOf(b);

const invalid = (faults: readonly string[], lines: number) =>
  usage(
    'IMPORT_INVALID',
    faults.length === 1
      ? `The list cannot be imported: ${sentence(faults[0])}`
      : `The list of ${lines} lines has ${faults.length} faults.`,
    { unchanged: 'Nothing was submitted.', fix: 'treasury requisition import --help', faults },
  );
