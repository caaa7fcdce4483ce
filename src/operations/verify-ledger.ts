import { Problem, type Check } from '../domain/problem.ts';
import { getFund, listFundBooks, resolveFund } from '../store/funds.ts';
import { BOOK_INVARIANTS, judgeInvariants, type Verdict } from '../store/invariants.ts';
import { MOST_BROKEN } from '../store/invariants/invariant.ts';
import type { Store } from '../store/store.ts';
import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { TERMS } from './verify-terms.ts';

export interface VerifiedLedger {
  readonly fund: string | null;
  readonly funds: number;
  readonly entries: number;
  readonly verdicts: readonly Verdict[];
}

/**
 * Proves the books: balances, reservations, executions, attempts and vouchers, of one fund or all of them. Throws integrity
 * LEDGER_BROKEN with every invariant that does not hold.
 */
export async function verifyLedger(
  store: Store,
  actor: Actor,
  request: { readonly fund: string | null },
): Promise<VerifiedLedger> {
  const verified = await store.read(async (tx) => {
    const fund =
      request.fund === null ? null : (await getFund(tx, await resolveFund(tx, request.fund, actor.grants))).fund;
    if (fund !== null) requireAbilityAt(actor, 'books.read', fund);
    const books = await judgeInvariants(tx, BOOK_INVARIANTS, fund?.id ?? null);
    const terms =
      fund === null
        ? await judgeInvariants(
            tx,
            TERMS.filter((one) => one.number === 3),
            null,
          )
        : [];
    const entries = await listFundBooks(tx);
    const counted = entries.filter((row) => fund === null || row.code === fund.code);
    return {
      fund: fund?.code ?? null,
      funds: counted.length,
      entries: counted.reduce((sum, row) => sum + row.entrySeq, 0),
      verdicts: [...books, ...terms],
    };
  });
  const checks = verdictChecks(verified.verdicts);
  const broken = checks.filter((check) => check.ok === false);
  const [first] = broken;
  if (first === undefined) return verified;
  const rules =
    broken.length === 1 ? 'One rule of the books does not hold' : `${broken.length} rules of the books do not hold`;
  throw new Problem('integrity', 'LEDGER_BROKEN', `${rules}. First: ${first.message}`, {
    unchanged: 'Nothing was changed. Do not pay from these books until it is cleared up.',
    fix: 'treasury audit verify',
    checks,
  });
}

/** One check for each invariant; what breaks it is named, at most fifty of a kind. */
export const verdictChecks = (verdicts: readonly Verdict[]): Check[] =>
  verdicts.map(({ invariant, broken }) => {
    const [first] = broken;
    if (first === undefined)
      return { id: invariant.id, ok: true, code: null, message: `${invariant.title}.`, fix: null, facts: {} };
    const more =
      broken.length > MOST_BROKEN
        ? `; more than ${MOST_BROKEN} in all`
        : broken.length > 1
          ? `; ${broken.length} in all`
          : '';
    const others = broken.slice(1, 10).map((one) => one.subject);
    const named = others.length === 0 ? '' : `: also ${others.join(', ')}`;
    return {
      id: invariant.id,
      ok: false,
      code: 'INVARIANT_BROKEN',
      message: `${invariant.title}, but ${first.message}${more}${named}.`,
      fix: null,
      facts: { subject: first.subject, count: broken.length, ...first.facts },
    };
  });
