import { sql, type SQL } from 'drizzle-orm';
import { duplicateWindow, type Named, type PayeeFacts } from '../domain/payee-flags.ts';
import { hasAccount } from '../domain/payment.ts';
import type { Row } from './tables.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

/** One more than a flag names, so that it can say that there are more. */
const MOST_FOUND = 6;

/** What the office's other requisitions of the same company say about the payee and destination of one. */
export async function payeeFacts(tx: Tx, requisition: Row<'requisitions'>): Promise<PayeeFacts> {
  const { payee, method, destination } = requisition;
  const { from, to } = duplicateWindow(requisition.createdAt);
  const parameters = { ...requisition, from, to };
  const account = hasAccount(method);
  const [known, ofOthers, same] = await Promise.all([
    account ? knownThere(tx, parameters) : [],
    account ? destinationOfOthers(tx, parameters) : [],
    samePayeeAndAmount(tx, parameters),
  ]);
  const asked = account && known.length === 0;
  const elsewhere = asked ? await paidElsewhere(tx, parameters) : [];
  return { payee, method, destination, knownThere: known.length > 0, elsewhere, ofOthers, same };
}

/** A select of other requisitions of the company, newest first; what was approved counts as known. */
const others = (name: string, condition: (tx: Tx) => SQL): ((tx: Tx, parameters: object) => Promise<Named[]>) => {
  const rows = preparedRows<Named>(name, (tx) => {
    const { requisitions: r } = tx.t;
    return tx.db
      .select({ number: r.number, payee: r.payee, destination: r.destination })
      .from(r)
      .where(
        sql`${r.companyId} = ${bound(r.companyId, 'companyId')} and ${r.id} <> ${bound(r.id, 'id')} and ${condition(tx)}`,
      )
      .orderBy(sql`${r.createdAt} desc, ${r.number} desc`)
      .limit(MOST_FOUND);
  });
  return (tx, parameters) => rows(tx, { ...parameters });
};

/** Approved before this one was made, to an account. */
const approvedBefore = ({ t: { requisitions: r } }: Tx): SQL =>
  sql`${r.status} in ('approved', 'paid') and ${r.method} in ('mpesa', 'bank') and ${r.createdAt} <= ${bound(r.createdAt, 'createdAt')}`;

const samePayee = ({ t: { requisitions: r } }: Tx): SQL => sql`${r.payeeKey} = ${bound(r.payeeKey, 'payeeKey')}`;
const sameDestination = ({ t: { requisitions: r } }: Tx): SQL =>
  sql`${r.destinationKey} = ${bound(r.destinationKey, 'destinationKey')}`;

const knownThere = others(
  'payee_known_there',
  (tx) => sql`${sameDestination(tx)} and ${samePayee(tx)} and ${approvedBefore(tx)}`,
);

const paidElsewhere = others(
  'payee_elsewhere',
  (tx) => sql`${samePayee(tx)} and not (${sameDestination(tx)}) and ${approvedBefore(tx)}`,
);

const destinationOfOthers = others(
  'payee_others_there',
  (tx) => sql`${sameDestination(tx)} and not (${samePayee(tx)}) and ${approvedBefore(tx)}`,
);

const samePayeeAndAmount = others('payee_same_amount', (tx) => {
  const { requisitions: r } = tx.t;
  return sql`${samePayee(tx)} and ${r.amountMinor} = ${bound(r.amountMinor, 'amountMinor')} and ${r.currency} = ${bound(r.currency, 'currency')}
    and ${r.createdAt} >= ${bound(r.createdAt, 'from')} and ${r.createdAt} <= ${bound(r.createdAt, 'to')} and ${r.status} not in ('rejected', 'cancelled')`;
});
