import { Problem } from '../domain/problem.ts';

/** Refuses a database that another release has moved on. */
export const newerSchema = (location: string, name: string): Problem =>
  new Problem('conflict', 'SCHEMA_NEWER', `${location} was moved on by a newer treasury (${name}).`, {
    unchanged: 'Nothing was opened.',
    fix: 'install the newer release of treasury',
  });

/** Refuses a database that lacks migrations. */
export const olderSchema = (location: string): Problem =>
  new Problem('conflict', 'SCHEMA_OLDER', `${location} has not been prepared for this release of treasury.`, {
    unchanged: 'Nothing was opened.',
    fix: 'treasury migrate',
  });
