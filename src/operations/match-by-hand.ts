import { requireAbility, type Actor } from '../domain/access.ts';
import { entryDelta, type EntryType } from '../domain/ledger.ts';
import { Problem } from '../domain/problem.ts';
import { pairChecks } from '../domain/reconciliation/by-hand.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import { resolveEntry } from '../store/ledger.ts';
import { getLine, getMatchedEntry, resolveLine } from '../store/matched-views.ts';
import { movePayments } from '../store/matches.ts';
import { lockPayment, resolvePayment } from '../store/payments.ts';
import { openAdjustments } from '../store/open-entries.ts';
import { getPaidOut } from '../store/reversals.ts';
import { fundCodeOf } from '../store/statement-lines.ts';
import type { Store } from '../store/store.ts';
import type { Tx } from '../store/transaction.ts';
import { usableReason } from './decide-requisition.ts';
import { PAID, reconciler, refuseFailingMatch, storePair, type HandMatch } from './judge-match.ts';

/** Ties an open line to an open entry of the same amount. Throws forbidden or refused MATCH_REFUSED with every check, not found. */
export async function matchByHand(
  store: Store,
  actor: Actor,
  wish: { readonly line: string; readonly entry: string; readonly reason: string | null },
): Promise<HandMatch> {
  requireAbility(actor, 'reconcile.run');
  const reason = usableReason(wish.reason);
  return store.write(async (tx) => {
    const lineId = await resolveLine(tx, wish.line, actor.grants);
    const { line, entry, fund, payment, adjustments } = await lockPair(tx, actor, { lineId, entry: wish.entry });
    const match = await storePair(tx, actor, {
      ...{ fund, lineId, statementId: line.statementId, pass: 'by_hand' },
      entryIds: [entry.id, ...adjustments.map(({ id }) => id)],
    });
    const reconciles = payment !== null && entry.kind === 'payment' && payment.status === 'success';
    if (reconciles) await movePayments(tx, [payment.id], { from: 'success', to: 'reconciled' });
    await recordFundEvent(tx, fund, {
      actor: actor.username,
      action: 'statement.matched',
      subject: match.ref,
      origin: actor.origin,
      payload: {
        fund: fund.code,
        line: line.ref,
        entry: entry.ref,
        payment: payment?.ref ?? null,
        amount_minor: line.amountMinor,
        reason,
      },
    });
    return {
      ...{
        match,
        line: line.ref,
        entry: entry.ref,
        payment: payment?.ref ?? null,
        fund,
        amountMinor: line.amountMinor,
      },
      before: payment?.status ?? null,
      after: reconciles ? 'reconciled' : (payment?.status ?? null),
    };
  });
}

async function lockPair(tx: Tx, actor: Actor, { lineId, entry: named }: { lineId: string; entry: string }) {
  const entryId = await entryIdOf(tx, named, actor);
  const { entry: unlocked, payment: its } = await getMatchedEntry(tx, entryId);
  const payment = its === null ? null : await lockPayment(tx, its.id);
  const fund = await lockFund(tx, unlocked.fundId);
  const { line, matchedBy: lineMatch, droppedBy } = await getLine(tx, lineId);
  const { entry, matchedBy: entryMatch } = await getMatchedEntry(tx, entryId);
  const adjustments =
    entry.kind === 'payment' ? (await openAdjustments(tx, fund.id)).filter((one) => one.paymentId === payment?.id) : [];
  // The database allows no other types.
  const delta = entryDelta(entry.type as EntryType, entry.amountMinor);
  // The line may be of a fund that this person does not reach: then it is another one, and that is said.
  const lineFund = line.fundId === fund.id ? fund.code : await fundCodeOf(tx, line.fundId);
  refuseFailingMatch(
    `${line.ref} and ${entry.ref} cannot be matched`,
    pairChecks({
      currency: fund.currency,
      line: { ref: line.ref, amountMinor: line.amountMinor, fundCode: lineFund, matchedBy: lineMatch, droppedBy },
      entry: {
        ref: entry.ref,
        deltaMinor: adjustments.reduce((sum, { amountMinor }) => sum + amountMinor, delta),
        fundCode: fund.code,
        matchedBy: entryMatch,
        onStatements: entry.kind !== 'opening' && entry.kind !== 'variance',
        payment: payment?.ref ?? null,
      },
      person: await reconciler(tx, actor, fund, payment),
    }),
    'MATCH_REFUSED',
    'Nothing was matched.',
  );
  return { line, entry, fund, payment, adjustments };
}

/** An entry may be named by itself, or by the payment that it is the debit of. */
async function entryIdOf(tx: Tx, text: string, actor: Actor): Promise<string> {
  if (!text.toLowerCase().startsWith('pay_')) return resolveEntry(tx, text, actor.grants);
  const payment = await lockPayment(tx, await resolvePayment(tx, text, actor.grants));
  if (!PAID.has(payment.status)) {
    throw new Problem(
      'refused',
      'PAYMENT_NOT_PAID',
      `${payment.ref} is ${payment.status}; only what was paid can be matched.`,
      {
        unchanged: 'Nothing was matched.',
        fix: `treasury payment show ${payment.ref}`,
      },
    );
  }
  return (await getPaidOut(tx, payment.id)).debit.id;
}
