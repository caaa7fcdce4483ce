import { bigint, boolean, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';

// Money is an integer number of minor units, instants are UTC with milliseconds, ids are UUIDv7.

/** A primary key. */
export const id = () => uuid('id').primaryKey();
/** A short reference. */
export const ref = () => text('ref').notNull();
/** An instant with milliseconds. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
/** An amount in minor units. */
export const minor = (name: string) => bigint(name, { mode: 'number' });
/** Yes or no. */
export const flag = (name: string) => boolean(name);
/** A small whole number. */
export const count = (name: string) => integer(name);
