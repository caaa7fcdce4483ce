import { ALL_INVARIANTS } from '../../src/operations/all-invariants.ts';

/**
 * Offices of tests are set up without the events of it, and their statements come without a run: what `init`, `user add` and
 * `reconcile` leave is held against these in office-told.test.ts and reconcile.test.ts.
 */
export const OF_SET_UP: ReadonlySet<string> = new Set(['office_told', 'people_told', 'roles_told', 'lines_told']);

/** The invariants that hold in an office of tests. */
export const HELD_RULES = ALL_INVARIANTS.filter(({ id }) => !OF_SET_UP.has(id));
