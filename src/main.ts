import { VERSION } from './main/version.ts';
import { standardOutput } from './terminal/standard-output.ts';
import { installEpipeGuard, writeAll } from './terminal/output.ts';

// Databases, sessions and exports are made for their owner only.
process.umask(0o077);
const [stdout, stderr] = [standardOutput('stdout'), standardOutput('stderr')];
installEpipeGuard(stdout, stderr);
// Scripts ask for the version at every turn: it needs nothing else of the tool.
if (process.argv.length === 3 && process.argv[2] === '--version') void writeAll(stdout, `treasury ${VERSION}\n`);
else void start();

async function start(): Promise<void> {
  const { chunksOf } = await import('./main/chunks.ts');
  const chunks = chunksOf(import.meta.dirname, process.env);
  // The build's other entry, which only the line above can load with what was compiled of it.
  const { main } = chunks.load('app.cjs') as typeof import('./main/app.ts');
  await main(stdout, stderr, (command) => chunks.keepFor(command));
}
