import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Loaded with --import, in JavaScript as what takes types out would weigh 30 MB itself: says on standard error, when the process ends, how many kilobytes it held at most.

if (isMainThread) process.on('exit', () => process.stderr.write(`peak ${peakKilobytes()}\n`));

/** On Linux `maxRSS` begins with what the parent held when it started the process, so its own mark is read. */
function peakKilobytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes);
}
