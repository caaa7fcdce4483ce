// npm run bench            every figure        npm run bench -- NAME...    some of them
// npm run bench -- --large adds the ten million rows of `ledger`.

const FIGURES: Readonly<Record<string, () => Promise<void>>> = {
  'start-up': async () => (await import('./start-up.ts')).measureStartUp(),
  executions: async () => (await import('./executions.ts')).measureExecutions(),
  writers: async () => (await import('./writers.ts')).measureWriters(),
  audit: async () => (await import('./audit.ts')).measureAudit(),
  ledger: async () => (await import('./ledger.ts')).measureLedger({ large: process.argv.includes('--large') }),
  table: async () => (await import('./table.ts')).measureTable(),
  policy: async () => (await import('./policy.ts')).measurePolicy(),
  postgres: async () => (await import('./postgres.ts')).measurePostgres(),
  reconcile: async () => (await import('./reconcile.ts')).measureReconcile(),
  'reconcile-worlds': async () => (await import('./reconcile-worlds.ts')).measureWorlds(),
  batches: async () => (await import('./batches.ts')).measureBatches(),
  rails: async () => (await import('./rails.ts')).measureRails(),
  statements: async () => (await import('./statements.ts')).measureStatements(),
};

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = words.filter((word) => FIGURES[word] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(FIGURES).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const [name, measure] of Object.entries(FIGURES)) {
    if (words.length === 0 || words.includes(name)) await measure();
  }
}
