import type { Store } from '../store/store.ts';

/** How far a command got with changing the books, so that an interruption can say what is true. */
export type Progress = 'nothing' | 'writing' | 'saved';

/** A store that notes when a transaction is under way and when one has been kept. */
export const watched = (store: Store, note: (progress: Progress) => void, dryRun: boolean): Store => {
  let saved = false;
  return {
    dialect: store.dialect,
    location: store.location,
    read: (work) => store.read(work),
    write: async (work, options) => {
      note('writing');
      try {
        const result = await store.write(work, options);
        saved ||= !dryRun;
        return result;
      } finally {
        note(saved ? 'saved' : 'nothing');
      }
    },
    close: () => store.close(),
  };
};
