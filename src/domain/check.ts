import type { Check, Fix } from './problem.ts';

/** A check that passed. */
export const passed = (id: string, message: string, facts: Check['facts'] = {}): Check => ({
  id,
  ok: true,
  code: null,
  message,
  fix: null,
  facts,
});

/** A check that cannot be judged yet, because an earlier one failed. */
export const notJudged = (id: string, message: string): Check => ({
  id,
  ok: null,
  code: null,
  message,
  fix: null,
  facts: {},
});

/** A check that failed, with how to put it right. */
export const failed = (
  id: string,
  code: string,
  message: string,
  fix: Partial<Fix> = {},
  facts: Check['facts'] = {},
): Check => ({
  id,
  ok: false,
  code,
  message,
  fix: { command: fix.command ?? null, who: fix.who ?? [] },
  facts,
});

/** Whether a check was judged and did not pass. */
export const isFailed = (check: Check): boolean => check.ok === false;
