import type { IdArray } from '../store/id-array.ts';
import { liveLinesAmong } from '../store/matches.ts';
import { linesById } from '../store/statement-lines.ts';
import type { Tx } from '../store/transaction.ts';

/** What an earlier import has of a file's lines, which are counted from 0. */
export interface SeenLines {
  readonly count: number;
  /** Sum of those that no match explains, minor units. */
  readonly openMinor: number;
  isMatched(line: number): boolean;
  /** The reference under which a line is stored; null for a new one, and for one that is matched. */
  refOf(line: number): string | null;
}

/** Which lines of a file are stored already, and which of those are explained. */
export async function seenLines(tx: Tx, ids: IdArray, size: number): Promise<SeenLines> {
  const stored: [line: number, id: string][] = [];
  for (let line = 0; line < size; line += 1) if (ids.has(line)) stored.push([line, ids.at(line)]);
  const matched = await liveLinesAmong(
    tx,
    stored.map(([, id]) => id),
  );
  const open = new Map(stored.filter(([, id]) => !matched.has(id)));
  const rows = new Map((await linesById(tx, [...open.values()])).map((row) => [row.id, row]));
  return {
    count: stored.length,
    openMinor: [...rows.values()].reduce((sum, row) => sum + row.amountMinor, 0),
    isMatched: (line) => ids.has(line) && !open.has(line),
    refOf: (line) => rows.get(open.get(line) ?? '')?.ref ?? null,
  };
}
