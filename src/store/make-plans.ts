import { readdirSync } from 'node:fs';
import { Guard } from './guard.ts';
import { planOf, type DrizzleStatement } from './plan-of.ts';
import { READ } from './plans.ts';
import { postgresEngine } from './postgres/engine.ts';
import { postgresFace } from './postgres/face.ts';
import { sqliteEngine } from './sqlite/engine.ts';
import { sqliteFace } from './sqlite/face.ts';
import { steadyPlan } from './sqlite/steady-plan.ts';
import type { StatementPlan } from './statement-plan.ts';
import { declaredStatements, type Dialect, type Tx } from './transaction.ts';

// Run by the build, which keeps what this prints (see rolldown.config.ts): the plans of all statements, for both databases.

type Plans = Record<string, string>;

/** The plan of every statement that the store declares, as JSON by its name, for each database. */
async function makePlans(): Promise<Record<Dialect, Plans>> {
  for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'))) {
    if (file !== 'make-plans.ts') await import(`./${file}`);
  }
  // Statements are only put together, so there is nothing behind these connections.
  const sqlite = { prepare: () => undefined as never };
  const postgres = {} as never;
  return {
    sqlite: plansOf(
      { dialect: 'sqlite', engine: sqliteEngine(sqlite as never, undefined), ...sqliteFace(sqlite, undefined) },
      steadyPlan,
    ),
    postgres: plansOf(
      {
        dialect: 'postgres',
        engine: postgresEngine(postgres, { named: true, sending: () => undefined }),
        ...postgresFace(postgres, undefined),
      },
      (plan) => plan,
    ),
  };
}

function plansOf(
  face: Pick<Tx, 'dialect' | 'engine' | 'db' | 't'>,
  wanted: (plan: StatementPlan) => StatementPlan,
): Plans {
  const plans: Plans = {};
  const guard = new Guard({ clock: () => new Date(0) });
  for (const { name, build } of declaredStatements) {
    for (const access of ['write', 'read'] as const) {
      const called = access === 'read' ? `read_${name}` : name;
      const prepared = build({ now: new Date(0), guard, access, ...face }).prepare(
        called,
      ) as unknown as DrizzleStatement;
      const plan = JSON.stringify(wanted(planOf(called, prepared)));
      if (plan !== plans[called.replace(READ, '')]) plans[called] = plan;
    }
  }
  return plans;
}

process.stdout.write(JSON.stringify(await makePlans()));
