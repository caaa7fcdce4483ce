import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { withPlaceholders } from '../support/transcript-lines.ts';
import type { DemoOffice, Person } from './demo-office.ts';

const README = join(import.meta.dirname, '..', '..', 'README.md');

/** What stands between `<!-- name -->` and its end in the README, without the fence. Throws when there is nothing. */
export function readmeBlock(name: string): string {
  const found = new RegExp(`<!-- ${name} -->\\n\`\`\`\\w+\\n(.*?)\`\`\`\\n<!-- /${name} -->`, 's').exec(
    readFileSync(README, 'utf8'),
  );
  if (found?.[1] === undefined) throw new Error(`the README has no block ${name}`);
  return found[1];
}

const REFERENCE = /\b(?:pay|var|chg|stl|mat|led|rec|fee|sta|bat)_[0-9a-z]+/g;

/**
 * Plays the `person$ treasury ...` lines of a block in an office, and expects that they print what the block says. References differ
 * from office to office: those of the block stand for those that were made here, in their order; `known` says those from before.
 */
export async function playBlock(
  office: DemoOffice,
  name: string,
  {
    known,
    exits = {},
  }: { readonly known: Readonly<Record<string, string>>; readonly exits?: Readonly<Record<string, number>> },
): Promise<void> {
  const lines = readmeBlock(name).trimEnd().split('\n');
  const here = new Map(Object.entries(known));
  const played: string[] = [];
  for (const [at, line] of lines.entries()) {
    const [, person, command = ''] = /^([a-z]+)\$ treasury (.*)$/.exec(line) ?? [];
    if (person === undefined) continue;
    const asHere = command.replaceAll(REFERENCE, (ref) => here.get(ref) ?? ref);
    const words = [...asHere.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const run = await office.as(person as Person, words, { env: { COLUMNS: '100' }, cwd: office.home });
    const exit = Object.entries(exits).find(([start]) => command.startsWith(start))?.[1] ?? 0;
    expect(run.exitCode, `${line}\n${run.stdout}${run.stderr}`).toBe(exit);
    const printed = `${run.stdout}${run.stderr}`.trimEnd();
    learn(here, printed, outputBelow(lines, at));
    played.push(line, ...printed.split('\n').map((one) => `  ${one}`.trimEnd()), '');
  }
  const plain = (all: readonly string[]): string[] => all.map(withPlaceholders);
  expect(plain(played.join('\n').trimEnd().split('\n'))).toEqual(plain(lines));
}

function outputBelow(lines: readonly string[], at: number): string {
  const next = lines.findIndex((line, index) => index > at && /^[a-z]+\$ /.test(line));
  return lines.slice(at + 1, next === -1 ? undefined : next).join('\n');
}

/** References that an output shows for the first time, here and in the block. */
function learn(here: Map<string, string>, printed: string, shown: string): void {
  const fresh = (text: string, old: readonly string[]): string[] =>
    [...new Set(text.match(REFERENCE))].filter((ref) => !old.includes(ref));
  const made = fresh(printed, [...here.values()]);
  for (const [at, ref] of fresh(shown, [...here.keys()]).entries()) here.set(ref, made[at] ?? ref);
}
