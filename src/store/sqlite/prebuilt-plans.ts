import type { PrebuiltPlans } from '../plans.ts';

/** The plans of a release for SQLite; the build puts them here (see rolldown.config.ts). */
export const prebuiltPlans: PrebuiltPlans = null;
