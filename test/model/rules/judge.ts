import type { Act, DeedOf, What } from '../acts.ts';
import type { Person, World } from '../world.ts';
import type { Verdict } from '../verdict.ts';

/** A rule of the model: what a command of this person ends with, as things are. It changes nothing; the verdict's `effect` does. */
export type Judge<W extends What> = (world: World, person: Person, deed: DeedOf<W>, act: Act) => Verdict;

export type Judges<W extends What> = { readonly [Name in W]: Judge<Name> };
