import pg from 'pg';
import { Problem } from '../../domain/problem.ts';
import { Guard, underGuards, type Waiver } from '../guard.ts';
import type { OpenOptions } from '../store.ts';
import type { Tx } from '../transaction.ts';
import { postgresEngine } from './engine.ts';
import { postgresFace } from './face.ts';
import { firstFailure, RolledBackAtCommit } from './first-failure.ts';
import { postgresSchemaGuard } from './schema-guard.ts';

/** Whatever a role or database was altered to say, names mean the office's own tables and the server's own functions. */
const NAMES = 'SET LOCAL search_path = public, pg_temp';
const LIMITS =
  "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15s'; SET LOCAL idle_in_transaction_session_timeout = '30s'";
const BEGIN_WRITE = `BEGIN ISOLATION LEVEL READ COMMITTED; ${NAMES}; ${LIMITS}`;
const BEGIN_READ = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${NAMES}`;

interface Connection {
  /** Made at its first use: whoever runs planned statements only never needs it. */
  readonly face: () => ReturnType<typeof postgresFace>;
  readonly engine: ReturnType<typeof postgresEngine>;
  readonly sending: () => void;
}

type RunOnce = <T>(access: Tx['access'], work: (tx: Tx) => Promise<T>, waives?: readonly Waiver[]) => Promise<T>;

/** How one transaction is run on a connection of the pool: once, without any retry. */
export function transactionsOn(
  pool: pg.Pool,
  options: OpenOptions & { readonly named: boolean; readonly location: string },
): RunOnce {
  const connectionOf = rememberedConnections(options);
  const guardOf = postgresSchemaGuard(options.location, options);
  return async (access, work, waives) => {
    const client = await pool.connect();
    let broken: Error | undefined;
    let guarded: Promise<void> | undefined;
    // What the server says between two statements, before it goes: without a listener it would end the process.
    const lost = (error: Error): void => void (broken ??= error);
    client.on('error', lost);
    const failure = firstFailure(client);
    try {
      const { sending, engine, face } = connectionOf(client);
      // Not awaited alone: on a pipelined connection BEGIN travels with the first statement.
      sending();
      const begun = client.query(access === 'write' ? BEGIN_WRITE : BEGIN_READ);
      begun.catch(() => undefined);
      const guard = new Guard({ clock: options.clock, heads: options.heads, waives });
      const tx: Tx = {
        ...{ guard, access, dialect: 'postgres', engine },
        get now() {
          return guard.now;
        },
        get db() {
          return face().db;
        },
        get t() {
          return face().t;
        },
      };
      // Both travel with BEGIN as well, and nothing is kept before their answers. A repair comes before everything else.
      guarded = access === 'write' ? guardOf(client) : undefined;
      guarded?.catch(() => undefined);
      if (options.repair !== undefined) await guarded;
      if (access === 'write') void guard.judge(tx);
      const result = await underGuards(tx, work);
      await begun;
      await guarded;
      const keep = access === 'write' && !options.dryRun;
      await finish(client, keep);
      if (keep) guard.keep();
      return result;
    } catch (caught) {
      const error = failure.instead(await rootOfTrouble(caught, guarded));
      const said = broken;
      await client.query('ROLLBACK').catch(lost);
      // The driver only knows that it cannot ask any more; why, the server had said before.
      throw error instanceof Problem ? error : (said ?? error);
    } finally {
      failure.forget();
      if (broken === undefined) client.off('error', lost);
      client.release(broken);
    }
  };
}

/** Where the guards are not the released ones, whatever else went wrong may come of that. */
async function rootOfTrouble(caught: unknown, guarded: Promise<void> | undefined): Promise<unknown> {
  try {
    await guarded;
    return caught;
  } catch (altered) {
    return altered instanceof Problem ? altered : caught;
  }
}

/** Each connection keeps its Drizzle and its prepared statements. */
function rememberedConnections({
  named,
  onStatement,
}: OpenOptions & { readonly named: boolean }): (client: pg.PoolClient) => Connection {
  const connections = new WeakMap<pg.PoolClient, Connection>();

  return (client) => {
    let connection = connections.get(client);
    if (connection === undefined) {
      const sending = packets(client);
      let made: ReturnType<typeof postgresFace> | undefined;
      connection = {
        face: () => (made ??= postgresFace(client, onStatement)),
        engine: postgresEngine(client, { named, sending, onStatement }),
        sending,
      };
      connections.set(client, connection);
    }
    return connection;
  };
}

/**
 * What is sent in one turn of the event loop travels as one packet: a system call, and a waking of the server, for each
 * statement costs more than most statements. Answers what is to be called before sending.
 */
function packets(client: pg.PoolClient): () => void {
  const { stream } = client.connection;
  let open = false;
  return () => {
    if (open) return;
    open = true;
    stream.cork();
    process.nextTick(() => {
      open = false;
      stream.uncork();
    });
  };
}

/** What a server says that shuts down or lost its way, which may be after it committed. */
const isFarewell = (code: string | undefined): boolean => code === undefined || /^(?:57P|08)/.test(code);

/** A COMMIT whose answer is lost leaves the outcome open: it is never tried again blindly. */
async function finish(client: pg.PoolClient, keep: boolean): Promise<void> {
  try {
    const result = await client.query(keep ? 'COMMIT' : 'ROLLBACK');
    if (keep && result.command !== 'COMMIT') throw new RolledBackAtCommit();
  } catch (error) {
    const known = error instanceof RolledBackAtCommit || (error instanceof pg.DatabaseError && !isFarewell(error.code));
    if (!keep || known) throw error;
    throw new Problem(
      'pending',
      'COMMIT_UNKNOWN',
      'The database went away while the change was being saved: it may or may not be saved.',
      {
        fix: 'treasury payment show REF',
      },
    );
  }
}
