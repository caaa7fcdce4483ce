import { registerHooks, type ResolveFnOutput } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SABOTAGES } from '../sabotages.ts';
import type { Sabotages, Spoiled } from '../sabotages/spoiled.ts';
import { deskHere, desks } from './desk.ts';

const PROJECT = path.resolve(import.meta.dirname, '../../..');

/** Files of src and what stands in for each while thousands of commands run in one process; src itself knows nothing of it. */
const SEAMS: Readonly<Record<string, string>> = {
  'src/gateways/passwords.ts': 'passwords.ts',
  'src/gateways/code-hash.ts': 'code-hash.ts',
  'src/gateways/open-mailer.ts': 'open-mailer.ts',
  'src/main/stdin.ts': 'stdin.ts',
  'src/store/open.ts': 'open-store.ts',
  'src/store/sqlite/connect.ts': 'connect.ts',
};

/** Drizzle asks it of every piece of every statement. */
const DRIZZLE_KINDS = import.meta.resolve('drizzle-orm/entity');

const urlOf = (file: string): string => pathToFileURL(path.join(PROJECT, file)).href;

const REPLACED = new Map(
  [
    ...Object.entries(SEAMS).map(([file, seam]) => [urlOf(file), seam] as const),
    [DRIZZLE_KINDS, 'drizzle-kinds.ts'] as const,
  ].map(([url, seam]) => [url, urlOf(`test/model/real/seams/${seam}`)]),
);

/** Puts the seams in place; what is imported from now on gets them. With `spoilable`, a sabotage can break rules later on. */
export function placeSeams({
  spoilable,
  sabotages = SABOTAGES,
}: {
  readonly spoilable: boolean;
  readonly sabotages?: Sabotages;
}): void {
  known = sabotages;
  const functions = spoilable ? spoilableFunctions() : new Map<string, Set<string>>();
  const resolutions = new Map<string, ResolveFnOutput>();
  registerHooks({
    resolve(specifier, context, next) {
      // Every command imports anew what it needs; Node looks at files each time.
      const asked = `${context.parentURL} ${specifier}`;
      const known = resolutions.get(asked);
      if (known !== undefined) return known;
      const { url, ...resolved } = next(specifier, context);
      const seam = REPLACED.get(url);
      // A seam itself imports what it stands in for.
      const stands = seam !== undefined && seam !== context.parentURL;
      const found = stands
        ? { ...resolved, url: seam, format: 'module-typescript' }
        : { ...resolved, url: functions.has(url) ? `${url}?spoilable` : url };
      resolutions.set(asked, { ...found, shortCircuit: true });
      return found;
    },
    load(url, context, next) {
      const honest = url.replace('?spoilable', '');
      const names = honest === url ? undefined : functions.get(honest);
      if (names === undefined) return next(url, context);
      return { format: 'module', source: sourceOf(honest, [...names]), shortCircuit: true };
    },
  });
  giveCodes();
}

/** The functions that any sabotage replaces, by the URL of their file. */
function spoilableFunctions(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { file, functions } of Object.values(known).flat()) {
    const names = found.get(urlOf(file)) ?? new Set();
    found.set(urlOf(file), names);
    for (const name of functions) names.add(name);
  }
  return found;
}

let known: Sabotages = {};
let active: readonly Spoiled[] = [];

/** Breaks the rule of a sabotage from now on, and no other; null breaks none. */
export function sabotage(name: string | null): void {
  const found = name === null ? [] : known[name];
  if (found === undefined) throw new Error(`there is no sabotage ${name}`);
  active = found;
}

/** The function that counts now: a sabotage's, or the honest one. */
function functionNow(url: string, name: string, honest: object): unknown {
  const spoiled = active.find((one) => urlOf(one.file) === url && one.functions.includes(name));
  return ((spoiled?.spoil(honest) ?? honest) as Record<string, unknown>)[name];
}

const FUNCTION_NOW = 'treasury.model.functionNow';
Object.assign(globalThis, { [Symbol.for(FUNCTION_NOW)]: functionNow });

/** A module that is another one, but asks at each call of some functions which one counts. */
const sourceOf = (url: string, names: readonly string[]): string => `
  import * as honest from '${url}?honest';
  export * from '${url}?honest';
  const functionNow = globalThis[Symbol.for('${FUNCTION_NOW}')];
  ${names.map((name) => `export const ${name} = (...given) => functionNow('${url}', '${name}', honest)(...given);`).join('\n  ')}
`;

function giveCodes(): void {
  const crypto = process.getBuiltinModule('node:crypto');
  const { randomInt } = crypto;
  // Codes of commands; whatever else is random stays so.
  Object.assign(crypto, {
    randomInt: (...range: [number]) => (desks.getStore() === undefined ? randomInt(...range) : deskHere().nextCode()),
  });
}
