/** What the model expects of a command: its exit code and why; `effect` is what it leaves behind, also where it is refused. */
export interface Verdict {
  readonly exit: number;
  readonly why: string;
  /** The act became a change that somebody else confirms. */
  readonly proposed?: boolean;
  /** Codes of all failing checks, where the model predicts them. */
  readonly codes?: readonly string[];
  readonly effect?: () => void;
}

/** A command that is refused and changes nothing. */
export const refuse = (exit: number, why: string): Verdict => ({ exit, why });

/** A command that works. */
export const done = (effect: () => void, exit = 0): Verdict => ({ exit, why: 'done', effect });

/** A check that fails: the exit code that it alone would make, and its code where CLI.md names one. */
export interface Fault {
  readonly exit: 4 | 5 | 6 | 8;
  readonly why: string;
  readonly code?: string;
}

/** A check: the fault when it fails. */
export const check = (ok: boolean, exit: Fault['exit'], why: string, code?: string): Fault | null =>
  ok ? null : { exit, why, ...(code === undefined ? {} : { code }) };

/**
 * The refusal that failing checks make together, undefined when none fails. CLI.md: 5 if any segregation, role or limit check
 * fails; else 8 for what is in flight; else 4 if any OTP check fails; else 6.
 */
export function refusalOf(checks: readonly (Fault | null)[]): Verdict | undefined {
  const faults = checks.filter((fault) => fault !== null);
  const exit = [5, 8, 4, 6].find((code) => faults.some((fault) => fault.exit === code));
  if (exit === undefined) return undefined;
  const codes = faults.flatMap(({ code }) => (code === undefined ? [] : [code]));
  return { exit, why: faults.map(({ why }) => why).join('; '), codes };
}
