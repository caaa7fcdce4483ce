import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Says `N passed, N failed` alone on the very last line, for people and scripts that read nothing else. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    // A file that does not load, and an error between tests, is a failure too.
    let failed = errors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
      }
    }
    if (failed > 0) process.exitCode = 1;
    process.once('exit', () => writeSync(1, `${passed} passed, ${failed} failed\n`));
  }
}
