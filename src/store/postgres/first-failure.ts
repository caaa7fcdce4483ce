import pg from 'pg';
import { rootOf } from './errors.ts';

/** What every statement says that comes after the one that failed in its transaction. */
const IN_FAILED_TRANSACTION = '25P02';

/** A COMMIT that the server answered with ROLLBACK: nothing was saved, for a reason that a statement before was given. */
export class RolledBackAtCommit extends Error {
  constructor() {
    super('the transaction was rolled back at COMMIT');
  }
}

/**
 * Listens on a connection for the first error of a transaction. Statements travel together, so whoever waits for a later one hears
 * only that the transaction had failed already: `instead` answers the failure that it comes of, or the given one where it is that.
 */
export function firstFailure(client: pg.PoolClient): { instead(error: unknown): unknown; forget(): void } {
  let first: Error | undefined;
  const hear = (error: Error): void => void (first ??= error);
  client.connection.on('errorMessage', hear);
  return {
    instead: (error) =>
      error instanceof RolledBackAtCommit || rootOf(error).code === IN_FAILED_TRANSACTION ? (first ?? error) : error,
    forget: () => void client.connection.off('errorMessage', hear),
  };
}
