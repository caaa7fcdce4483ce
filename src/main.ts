import { chunksOf } from './main/chunks.ts';
import { VERSION } from './main/version.ts';
import { standardOutput } from './terminal/standard-output.ts';

/** What is built apart from this file, so that only `start` loads it, with what was compiled of it. The build puts its name here. */
const ENTRY = 'app.cjs';

// Databases, sessions and exports are made for their owner only.
process.umask(0o077);
// Scripts ask for the version at every turn: it needs nothing else of the tool.
if (process.argv.length === 3 && process.argv[2] === '--version') tellVersion();
else start();

function tellVersion(): void {
  const stdout = standardOutput('stdout');
  stdout.on('error', () => undefined);
  // What does not take it is told of, or passed over, by the tool itself.
  stdout.write(`treasury ${VERSION}\n`, (error) => void (error && setImmediate(start)));
}

function start(): void {
  const chunks = chunksOf(import.meta.dirname, { entry: ENTRY, env: process.env });
  const { main } = chunks.load(ENTRY) as typeof import('./main/app.ts');
  void main((command) => chunks.keepFor(command));
}
