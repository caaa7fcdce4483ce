import { beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { resolvePayment } from '../../src/store/payments.ts';
import { resolveReplenishment } from '../../src/store/replenishments.ts';
import { resolveRequisition } from '../../src/store/requisitions.ts';
import { aPayingOffice, errorOf, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase((open) => {
  let office: PayingOffice;
  beforeAll(async () => {
    office = await aPayingOffice(open);
  });

  const find = { payment: resolvePayment, requisition: resolveRequisition, replenishment: resolveReplenishment };
  const fixFor = async (noun: keyof typeof find, text: string): Promise<string | undefined> => {
    const { david } = office.people;
    const refused = await errorOf(office.store.read((tx) => find[noun](tx, text, david.grants)));
    if (!(refused instanceof Problem) || refused.kind !== 'not_found') throw refused;
    return refused.details.fix;
  };

  describe('what is not found', () => {
    test.each([
      ['payment', 'REQ-2026-99999', 'treasury requisition show REQ-2026-99999'],
      ['payment', 'req_zzzzzz', 'treasury requisition show req_zzzzzz'],
      ['payment', 'bat_zzzzzz', 'treasury batch show bat_zzzzzz'],
      ['requisition', 'pay_zzzzzz', 'treasury payment show pay_zzzzzz'],
      ['replenishment', 'chg_zzzzzz', 'treasury change show chg_zzzzzz'],
    ] as const)('as a %s but is called as another kind, %s, is looked for there', async (noun, text, fix) => {
      expect(await fixFor(noun, text)).toBe(fix);
    });

    test.each([
      ['payment', 'pay_zzzzzz', 'treasury payment list'],
      ['payment', 'req_zzz', 'treasury payment list'],
      ['payment', 'REQ-2026-99999; rm -rf /', 'treasury payment list'],
      ['payment', 'stl_zzzzzz', 'treasury payment list'],
      ['requisition', 'REQ-2026-99999', 'treasury requisition list'],
      ['requisition', 'req_zzzzzz', 'treasury requisition list'],
      ['replenishment', 'rep_zzzzzz', 'treasury replenish list'],
    ] as const)(
      'as a %s and is called as one, or as nothing that is shown, %s, is in its list',
      async (noun, text, fix) => {
        expect(await fixFor(noun, text)).toBe(fix);
      },
    );
  });
});
