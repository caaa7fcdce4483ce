import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { installedPostgres, scratchRootFor, serverOwner, type ServerOwner } from './postgres-binaries.ts';

export interface PostgresOptions {
  /** Keeps fsync and full page writes on, for crash tests and benches; off by default, because tests do not lose power. */
  readonly durable?: boolean;
  /** A directory with `initdb` and `postgres` to use instead of the installed package, such as Debian's. */
  readonly binaries?: string;
}

export interface PostgresServer {
  /** postgres://postgres@127.0.0.1:PORT/postgres, no password. */
  readonly url: string;
  readonly port: number;
  createDatabase(name?: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** Stops the server and removes its directory; a second call does nothing. */
  stop(): Promise<void>;
  /** Fast stop, as whoever administers it does: sessions are ended, and told so. */
  halt(): Promise<void>;
  /** Immediate stop, as after a power cut: sessions are cut off and the next start recovers from the log. */
  crash(): Promise<void>;
  /** Starts again on the same port and data, after a fast stop if it still runs. */
  restart(): Promise<void>;
}

/** Starts a Postgres of our own, which ends when this process does, however it ends. Throws with the server's log. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const site = await prepareSite(options);
  let running: Running | undefined = await startOnFreePort(site);
  const { port } = running;
  const end = async (signal: StopSignal): Promise<void> => {
    const ending = running;
    running = undefined;
    if (ending !== undefined) await endServer(ending, signal);
  };
  const url = serverUrl(port);
  return {
    url,
    port,
    createDatabase: (name, template) => createDatabase(url, name, template),
    dropDatabase: (name) => dropDatabase(url, name),
    stop: async () => {
      await end('INT');
      await rm(site.directory, { recursive: true, force: true });
    },
    halt: () => end('INT'),
    crash: () => end('QUIT'),
    restart: async () => {
      await end('INT');
      running = await launch(site, port);
    },
  };
}

/**
 * Creates a database on the server of that URL and returns the new database's URL. Its files are copied as they are: to write each of
 * their pages into the log costs five times as much.
 */
export async function createDatabase(server: string, name = freshName(), template = 'template1'): Promise<string> {
  const from = pg.escapeIdentifier(template);
  await administer(server, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${from} STRATEGY file_copy`);
  const url = new URL(server);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/** Drops a database of that server if it exists, disconnecting whoever still uses it. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await administer(server, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
}

const START_DEADLINE_MS = 60_000;

/** Postgres calls these fast and immediate stop. */
type StopSignal = 'INT' | 'QUIT';

interface Site {
  readonly owner: ServerOwner;
  readonly binaries: string;
  readonly directory: string;
  readonly durable: boolean;
}

interface Running {
  readonly port: number;
  readonly supervisor: ChildProcess;
  /** Resolves when the supervisor is gone, and with it the server. */
  readonly gone: Promise<unknown>;
}

/**
 * The server's parent. It reads one word from this process: the signal to stop with. When this process dies instead, even
 * by SIGKILL, the pipe closes: then it stops the server and removes the directory. Its standard output reaches the server
 * only, so that the end of that stream tells that the server is gone.
 */
const SUPERVISOR = `
cd "$1" || exit 1
binaries=$2; initdb_flag=$3; shift 3
server=
abandon() { [ -z "$server" ] || { kill -QUIT "$server"; wait "$server"; }; here=$PWD; cd /; rm -rf "$here"; exit 1; }
trap abandon TERM HUP
if [ ! -d data ]; then
  "$binaries/initdb" -D data -U postgres --auth=trust --no-locale -E UTF8 $initdb_flag >>log 2>&1 </dev/null || exit 1
fi
"$binaries/postgres" -D data "$@" 2>>log </dev/null &
server=$!
exec >&-
read -r signal || abandon
kill "-$signal" "$server"
wait "$server"
`;

async function prepareSite(options: PostgresOptions): Promise<Site> {
  if (process.platform === 'win32') throw new Error('The test server needs a Unix: it is supervised by a shell.');
  const owner = serverOwner();
  const root = scratchRootFor(owner);
  const binaries = options.binaries ?? (await installedPostgres(owner, root));
  const directory = await mkdtemp(path.join(root, 'treasury-test-'));
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(directory, owner.uid, owner.gid);
  return { owner, binaries, directory, durable: options.durable ?? false };
}

/** Another process may take the port between our look and the server's start, so a few ports are tried. */
async function startOnFreePort(site: Site): Promise<Running> {
  for (let triesLeft = 4; ; triesLeft -= 1) {
    try {
      return await launch(site, await freePort());
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes('Address already in use');
      if (portTaken && triesLeft > 0) continue;
      await rm(site.directory, { recursive: true, force: true });
      throw error;
    }
  }
}

/** Below the range from which systems take ports for outgoing connections, so that a restart finds it free again. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = net.createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

async function launch(site: Site, port: number): Promise<Running> {
  const initdbFlag = site.durable ? '' : '--no-sync';
  const args = [
    '-c',
    SUPERVISOR,
    'supervisor',
    site.directory,
    site.binaries,
    initdbFlag,
    ...serverSettings(site, port),
  ];
  const supervisor = spawn('/bin/sh', args, {
    ...site.owner,
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = once(supervisor, 'exit');
  let serverEnded = false;
  supervisor.stdout.resume().once('end', () => (serverEnded = true));
  try {
    await answering(site, port, () => serverEnded);
  } catch (error) {
    await endServer({ port, supervisor, gone }, 'QUIT');
    throw error;
  }
  letProcessEnd(supervisor);
  return { port, supervisor, gone };
}

/** What only a server needs that lives long: each of hundreds of databases would be looked at in turn for rows to clean up. */
const HASTE = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', autovacuum: 'off' };

function serverSettings(site: Site, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 300,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(site.durable
      ? { shared_buffers: '128MB' }
      : { shared_buffers: '32MB', wal_level: 'minimal', max_wal_senders: 0, ...HASTE }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Waits until this very server answers: on a port we lost, another run's server would answer too. */
async function answering(site: Site, port: number, serverEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (!serverEnded() && performance.now() < deadline) {
    const data = await dataDirectory(port);
    if (data === path.join(site.directory, 'data')) return;
    await pause(20);
  }
  const log = await readFile(path.join(site.directory, 'log'), 'utf8').catch(() => '');
  throw new Error(`Postgres from ${site.binaries} did not start on port ${port}:\n${log.slice(-4000)}`);
}

async function dataDirectory(port: number): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: serverUrl(port), connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A process that forgot to stop its server still ends, and the server with it. */
function letProcessEnd(supervisor: ChildProcess): void {
  supervisor.unref();
  for (const stream of [supervisor.stdin, supervisor.stdout]) if (stream instanceof net.Socket) stream.unref();
}

async function endServer({ supervisor, gone }: Running, signal: StopSignal): Promise<void> {
  supervisor.ref();
  // The pipe breaks when the supervisor ended before we asked: that is what was wanted.
  supervisor.stdin?.on('error', () => undefined).end(`${signal}\n`);
  await gone;
}

function serverUrl(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

function freshName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
