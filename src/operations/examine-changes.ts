import { advice, fine, type Finding } from '../domain/finding.ts';
import { quantity } from '../domain/quantity.ts';
import { findHolders } from '../store/payers.ts';
import type { Store } from '../store/store.ts';
import { needsTwo } from './two-people.ts';

/** Whether anybody is left who could confirm what needs two people. */
export const examineChanges = (store: Store): Promise<Finding[]> =>
  store.read(async (tx) => {
    if (!(await needsTwo(tx))) return [];
    const cfos = await findHolders(tx, ['cfo'], null);
    const approvers = await findHolders(tx, ['approver'], null);
    if (cfos.length > 0 || approvers.length > 1)
      return [fine('confirmers', 'Somebody can confirm what takes two people.')];
    const left = `${quantity(cfos.length, 'CFO')} and ${quantity(approvers.length, 'approver')} are left`;
    return [
      advice(
        'confirmers',
        `Nobody can confirm what takes two people: ${left}; it takes a CFO, or two approvers.`,
        'treasury user list --role cfo --status disabled; changes that let somebody in need the word of those who are left',
      ),
    ];
  });
