import { integer, text } from 'drizzle-orm/sqlite-core';

// Money is an integer number of minor units, instants are UTC with milliseconds, ids are UUIDv7.

/** A primary key. */
export const id = () => text('id').primaryKey();
/** A short reference. */
export const ref = () => text('ref').notNull();
/** An instant with milliseconds. */
export const instant = (name: string) => integer(name, { mode: 'timestamp_ms' });
/** An amount in minor units. */
export const minor = (name: string) => integer(name, { mode: 'number' });
/** Yes or no. */
export const flag = (name: string) => integer(name, { mode: 'boolean' });
/** A small whole number. */
export const count = (name: string) => integer(name, { mode: 'number' });
