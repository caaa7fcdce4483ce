import { failed } from './check.ts';
import { Problem, type Check } from './problem.ts';

/** The newest link of a chain, as it was kept outside the database. */
export interface KeptHead {
  readonly seq: number;
  readonly hash: string;
}

/** Stands for all funds together: their links are counted, so that a chain nobody looks at is missed too. */
export const ALL_FUNDS = 'funds';

/** A head that was kept and that the database does not have. */
export interface MissingHead extends KeptHead {
  readonly chain: string;
  /** The last link that the database has of the chain; 0 when it has none. */
  readonly presentSeq: number;
}

/** Whether a database lacks a kept head: its chain is shorter, or `linkAtKept` is another one. */
export const lacksHead = (kept: KeptHead, present: { readonly seq: number; readonly linkAtKept: string | null }) =>
  kept.seq > 0 && (kept.seq > present.seq || kept.hash !== present.linkAtKept);

/** A head that is missing, as a failing check. */
export function missingHeadCheck({ chain, seq, hash, presentSeq }: MissingHead): Check {
  const facts = { chain, kept_seq: seq, kept_hash: hash, present_seq: presentSeq };
  return presentSeq < seq
    ? failed('copy', 'DATABASE_BEHIND', `Chain ${chain} ends at event ${presentSeq}; event ${seq} was kept.`, {}, facts)
    : failed('copy', 'DATABASE_DIFFERS', `Event ${seq} of chain ${chain} is not the one that was kept.`, {}, facts);
}

/** The fix that every refusal of an old copy names. */
export const COPY_FIX =
  'bring the newest database back; if it is lost, reconcile, then a CFO: treasury guard accept copy --reason REASON';

/** The refusal of whatever writes to a database that lacks heads which this machine has kept (exit 11). */
export function copyRefusal(missing: readonly MissingHead[]): Problem {
  const checks = missing.map(missingHeadCheck);
  const [first] = checks;
  const more = checks.length > 1 ? ` ${checks.length} chains in all.` : '';
  return new Problem(
    'integrity',
    first?.code ?? 'DATABASE_BEHIND',
    `This database is an old copy. ${first?.message}${more}`,
    {
      unchanged: 'Nothing was changed. Money may have left that this database does not know of.',
      fix: COPY_FIX,
      checks,
    },
  );
}
