import { openStore as reallyOpen } from '../../../../src/store/open.ts';

export * from '../../../../src/store/open.ts';

const opened = new Map<string, ReturnType<typeof reallyOpen>>();

/**
 * A database is opened once, not by every command; rehearsals have a connection of their own. No heads are kept beside it: its
 * offices come and go, which is what heads are there to notice.
 */
export const openStore: typeof reallyOpen = async (url, { heads: _none, ...options }) => {
  const key = `${url} ${options.dryRun === true}`;
  let store = opened.get(key);
  if (store === undefined) opened.set(key, (store = reallyOpen(url, options)));
  return { ...(await store), close: async () => undefined };
};

/** Closes what was opened of a database. */
export async function closeStores(url: string): Promise<void> {
  for (const dryRun of [true, false]) {
    const store = opened.get(`${url} ${dryRun}`);
    opened.delete(`${url} ${dryRun}`);
    if (store !== undefined) await (await store).close();
  }
}
