import type { GlobalFlags, Places } from '../commands/context.ts';
import { keptHeads } from '../gateways/kept-heads.ts';
import type { TokenInUse } from '../domain/token.ts';
import type { KeyedStore } from '../operations/keyed-store.ts';
import type { Store } from '../store/store.ts';
import { once } from './once.ts';
import { type Progress, watched } from './watched-store.ts';

export interface DatabaseOptions {
  readonly places: Places;
  readonly flags: Pick<GlobalFlags, 'dryRun' | 'readOnly' | 'idempotencyKey'>;
  readonly clock: () => Date;
  readonly warn: (text: string) => void;
  /** The token that acts; undefined as long as nobody is known, and for a person. */
  readonly token: () => TokenInUse | undefined;
}

/** The office's database, opened at its first use. */
export interface OfficeDatabase {
  /** As the frame uses it itself: who acts, and what the office has set. */
  readonly frame: () => Promise<Store>;
  /** As commands use it. */
  readonly store: () => Promise<Store>;
  /** For a command that is run under an idempotency key. */
  readonly keyed: () => Promise<KeyedStore>;
  readonly progress: () => Progress;
  readonly close: () => Promise<void>;
}

/** A database that is opened for one command. */
export function databaseOf({ places, flags, clock, warn, token }: DatabaseOptions): OfficeDatabase {
  let progress: Progress = 'nothing';
  let opened: Store | undefined;
  let held: KeyedStore | undefined;
  const plain = once(async () => {
    const { openStore } = await import('../store/open.ts');
    const { dryRun, readOnly } = flags;
    const heads = keptHeads(places.headsDirectory, (why) =>
      warn(`The heads of the audit chains cannot be kept, so an old copy of the database would go unnoticed. ${why}`),
    );
    return (opened = await openStore(places.databaseUrl, { clock, heads, dryRun, readOnly }));
  });
  const keyed = once(async () => {
    const { keyedStore } = await import('../operations/keyed-store.ts');
    return (held = keyedStore(await plain()));
  });
  const frame = once(async () => (flags.idempotencyKey === null ? plain() : (await keyed()).store));
  const guarded = once(async () => {
    if (places.tokenFile === null) return frame();
    const { whileTokenLives } = await import('../operations/authenticate-token.ts');
    return whileTokenLives(await frame(), token);
  });
  return {
    frame,
    store: once(async () => watched(await guarded(), (now) => (progress = now), flags.dryRun)),
    keyed,
    // What is held open is not saved yet.
    progress: () => (held?.holding === true ? 'writing' : progress),
    close: async () => {
      await held?.abandon();
      await opened?.close();
    },
  };
}
