/**
 * Loaded into the tool by Node (`--import`), before anything of its own: the process stands still at one exact point, says so by a
 * file, and waits there until it is killed or the file is taken away. The tool is the built one, and knows nothing of it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isReached, type Moment } from './moments.ts';

const settings = process.env['STOP_INSIDE'];
if (settings === undefined) throw new Error('STOP_INSIDE does not say where to stop');
const { moment, sign } = JSON.parse(settings) as { readonly moment: Moment; readonly sign: string };

let stopped = false;

/** Stands still, once. */
function stop(): void {
  if (stopped) return;
  stopped = true;
  writeFileSync(sign, '');
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(sign)) Atomics.wait(cell, 0, 0, 5);
}

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** Puts a method in the place of another, which it may call. */
function instead(of: object, name: string, work: (method: Method, self: unknown, given: unknown[]) => unknown): void {
  const method = Reflect.get(of, name) as Method;
  Reflect.set(of, name, function replaced(this: unknown, ...given: unknown[]) {
    return work(method, this, given);
  });
}

/** What has run in the transaction of each connection. */
const ran = new WeakMap<object, string[]>();

function watchDatabase(Database: { readonly prototype: object }): void {
  instead(Database.prototype, 'exec', (exec, self, given) => {
    const sql = String(given[0]);
    if (sql.startsWith('BEGIN')) ran.set(self as object, []);
    if (sql !== 'COMMIT') return exec.apply(self, given);
    const statements = ran.get(self as object) ?? [];
    if (isReached(moment, statements, 'before_commit')) stop();
    const answer = exec.apply(self, given);
    if (isReached(moment, statements, 'after_commit')) stop();
    return answer;
  });
  instead(Database.prototype, 'prepare', (prepare, self, given) => {
    const statement = prepare.apply(self, given) as object;
    for (const name of ['run', 'all', 'get'])
      instead(statement, name, (run, of, values) => {
        const answer = run.apply(of, values);
        const statements = ran.get(self as object);
        statements?.push(String(given[0]));
        if (isReached(moment, statements ?? [], 'inside')) stop();
        return answer;
      });
    return statement;
  });
}

if (moment.at === 'linked') {
  // Whoever takes the module by name afterwards, gets this one.
  instead(createRequire(import.meta.url)('node:fs/promises') as object, 'link', (link, self, given) => {
    stop();
    return link.apply(self, given);
  });
} else {
  instead(process, 'dlopen', (dlopen, self, given) => {
    const answer = dlopen.apply(self, given);
    const { exports } = given[0] as { readonly exports: { readonly Database?: { readonly prototype: object } } };
    if (/better[-_]sqlite3/.test(String(given[1])) && exports.Database !== undefined) watchDatabase(exports.Database);
    return answer;
  });
}
