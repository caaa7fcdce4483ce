import type { TestProject } from 'vitest/node';
import { buildIfStale } from './build.ts';
import { makeTemplates, type Templates } from './database-templates.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's Postgres: `createDatabase(inject('postgresUrl'))` of postgres-server.ts makes a database on it. */
    postgresUrl: string;
    /** What new databases are copied from. */
    templates: Templates;
  }
}

interface SharedRun {
  users: number;
  readonly server: Promise<PostgresServer>;
  templates?: ReturnType<typeof makeTemplates>;
  build?: Promise<void>;
}

/** Every vitest project loads this file anew, so what they share hangs on the process. */
const SHARED = Symbol.for('treasury.test-run');
const holder = globalThis as { [SHARED]?: SharedRun };

/**
 * Starts one Postgres for the whole run, however many projects ask, and for the acceptance tests builds the tool. If either
 * fails the run fails: no test is skipped for want of a server. POSTGRES_BINARIES names a directory of other binaries.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = (holder[SHARED] ??= { users: 0, server: startServer() });
  run.users += 1;
  if (project.name !== 'store') await (run.build ??= buildIfStale());
  const { url } = await run.server;
  project.provide('postgresUrl', url);
  project.provide('templates', (await (run.templates ??= makeTemplates(url))).templates);
  return () => leave(run);
}

function startServer(): Promise<PostgresServer> {
  const binaries = process.env['POSTGRES_BINARIES'];
  const server = startPostgres(binaries === undefined ? {} : { binaries });
  // Awaited by setup; without this a failing build would leave its rejection unhandled.
  server.catch(() => undefined);
  return server;
}

async function leave(run: SharedRun): Promise<void> {
  run.users -= 1;
  if (run.users > 0) return;
  delete holder[SHARED];
  (await run.templates)?.remove();
  await (await run.server).stop();
}
