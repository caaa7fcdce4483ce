import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/access.ts';
import { addPlace } from '../../src/operations/add-place.ts';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { changeSetting } from '../../src/operations/change-setting.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { editFund } from '../../src/operations/edit-fund.ts';
import { editUser } from '../../src/operations/edit-user.ts';
import { enableUser } from '../../src/operations/enable-user.ts';
import { freezeFund, unfreezeFund } from '../../src/operations/freeze-fund.ts';
import { replacePepper } from '../../src/operations/replace-pepper.ts';
import { ALL_INVARIANTS } from '../../src/operations/all-invariants.ts';
import { INVARIANTS, judgeInvariants } from '../../src/store/invariants.ts';
import type { Store } from '../../src/store/store.ts';
import { aFund } from '../support/a-fund.ts';
import { agreed } from '../support/changes.ts';
import { eachDatabase } from '../support/databases.ts';
import { actorOf, anOfficeWithAdmin, aPerson } from '../support/people.ts';
import { aTamperer, type Tamperer } from '../support/tampering.ts';

eachDatabase((open, dialect) => {
  let store: Store;
  let url: string;
  let minute: number;
  let root: Actor;
  let dora: Actor;
  let eve: Actor;

  const setUp = async (): Promise<void> => {
    minute = 0;
    ({ store, url } = await open({ clock: () => new Date(Date.UTC(2026, 9, 5, 6, (minute += 1))) }));
    root = await anOfficeWithAdmin(store);
    await addPlace(store, root, { kind: 'branch', code: 'WEST', name: 'Westlands', within: { company: 'ACME' } });
    await aPerson(store, root, 'ann', { roles: 'cashier,requester', phone: '0722 000 111' });
    await aPerson(store, root, 'bob', { roles: 'approver', place: { branch: 'WEST' } });
    await aPerson(store, root, 'dora', { roles: 'treasurer' });
    await aPerson(store, root, 'eve', { roles: 'cfo', endsAt: new Date('2027-01-31T21:00:00.000Z') });
    [dora, eve] = [await actorOf(store, 'dora'), await actorOf(store, 'eve')];
    await aFund(store, dora, { code: 'PETTY', dailyLimit: '5,000' });
  };

  const broken = (rules = INVARIANTS): Promise<string[]> =>
    store.read(async (tx) =>
      (await judgeInvariants(tx, rules, null)).flatMap(({ invariant, broken: found }) =>
        found.map(({ message }) => `${invariant.id}: ${message}`),
      ),
    );

  /** Does everything that changes what an office is; what two people must agree on, eve confirms. */
  async function doEverything(): Promise<void> {
    const reason = 'as agreed';
    const both = (work: Promise<object>): Promise<void> => agreed(store, eve, work);
    await both(editUser(store, root, { username: 'ann', email: 'ann2@acme.example', phone: 'none', reason }));
    await both(editUser(store, root, { username: 'root-admin', name: 'Root' }));
    const west = { roles: 'cashier,treasurer', place: { branch: 'WEST' }, reason };
    await both(changeRoles(store, root, { username: 'ann', ...west, endsAt: new Date('2026-12-31T21:00:00.000Z') }));
    await both(changeRoles(store, root, { username: 'bob', roles: 'requester', place: {}, reason }));
    await disableUser(store, root, { username: 'ann' });
    await disableUser(store, root, { username: 'bob' });
    await both(enableUser(store, root, { username: 'ann', reason }));
    await both(changeSetting(store, root, { key: 'office.mail_from', value: 'till@acme.example', reason }));
    await both(changeSetting(store, root, { key: 'office.timezone', value: 'UTC', reason }));
    await both(replacePepper(store, root, { fingerprint: 'fedcba9876543210', reason }));
    const edit = { paymentLimit: '900', dailyLimit: 'none', otpThreshold: '100', name: 'Till' };
    await both(editFund(store, dora, { fund: 'PETTY', edit, reason }));
    await freezeFund(store, dora, { fund: 'PETTY', reason });
    await both(unfreezeFund(store, dora, { fund: 'PETTY', reason }));
    await freezeFund(store, dora, { fund: 'PETTY', reason });
  }

  describe('an office is what its events say', () => {
    beforeEach(setUp);

    test('after everything that one person may do', async () => {
      expect(await broken(ALL_INVARIANTS)).toEqual([]);
      await doEverything();
      expect(await broken(ALL_INVARIANTS)).toEqual([]);
    });

    test('after everything that takes two people, once it has paid', async () => {
      const tamperer = await aTamperer(url, dialect);
      await tamperer.run(aPaymentMade(dialect, eve.userId, dora.userId));
      await doEverything();
      await tamperer.run('delete from payment_executions');
      await tamperer.close();
      expect(await broken(ALL_INVARIANTS)).toEqual([]);
    });
  });

  describe('whoever gets past the guards is found', () => {
    let tamperer: Tamperer;
    beforeAll(async () => {
      await setUp();
      await changeRoles(store, root, { username: 'dora', roles: 'treasurer', place: {}, reason: 'at every place' });
      tamperer = await aTamperer(url, dialect);
    });
    afterAll(() => tamperer.close());

    const rulesBrokenBy = async (table: string, statement: string): Promise<string[]> => {
      const found = await tamperer.during([table], statement, [], () => broken());
      return [...new Set(found.map((one) => one.split(':')[0] ?? ''))];
    };
    const [later, yes, no] = dialect === 'sqlite' ? ['+ 2001', '1', '0'] : ["+ interval '2001 ms'", 'true', 'false'];
    const ann = "(select id from users where username = 'ann')";
    const breaks: Record<string, readonly [table: string, ...statements: string[]]> = {
      office_told: [
        'office',
        ...['mail_url', 'mail_from', 'timezone', 'currency', 'pepper_fingerprint'].map(
          (column) => `update office set ${column} = 'x'`,
        ),
      ],
      people_told: [
        'users',
        "update users set email = 'x@elsewhere.example' where username = 'ann'",
        "update users set phone = null where username = 'ann'",
        "update users set display_name = 'Eve' where username = 'ann'",
        "update users set disabled_at = created_at where username = 'ann'",
        "update users set username = 'anna' where username = 'ann'",
      ],
      roles_told: [
        'role_grants',
        `update role_grants set role = 'cfo' where user_id = ${ann} and role = 'cashier'`,
        "update role_grants set branch_id = null where role = 'approver'",
        `update role_grants set user_id = ${ann} where role = 'cfo'`,
        "update role_grants set ends_at = null where role = 'cfo'",
        "update role_grants set granted_by = 'ann' where role = 'cfo'",
        `update role_grants set granted_at = granted_at ${later} where role = 'cfo'`,
        "update role_grants set revoked_at = granted_at where role = 'cfo'",
        "delete from role_grants where role = 'approver'",
        // What was so once, and was taken away since.
        "update role_grants set role = 'cfo' where revoked_at is not null",
      ],
      funds_told: [
        'funds',
        ...['imprest_level_minor', 'otp_threshold_minor', 'daily_limit_minor'].map(
          (column) => `update funds set ${column} = 123456789`,
        ),
        'update funds set payment_limit_minor = 1',
        'update funds set reorder_level_minor = 0',
        'update funds set daily_limit_minor = null',
        "update funds set name = 'Elsewhere'",
        "update funds set state = 'frozen'",
        `update funds set auto_replenish = case when auto_replenish = ${yes} then ${no} else ${yes} end`,
      ],
    };
    for (const [rule, [table, ...statements]] of Object.entries(breaks)) {
      test.each(statements)(`${rule}: %s`, async (statement) => {
        expect(await rulesBrokenBy(table, statement)).toContain(rule);
      });
    }
  });
});

/** A payment as far as the office looks when it asks whether it has paid. */
const aPaymentMade = (dialect: 'sqlite' | 'postgres', executor: string, requester: string): string => {
  const id = "'01890000-0000-7000-8000-000000000001'";
  return `insert into payment_executions (id, ref, payment_id, attempt_id, fund_id, requester_id, executor_id, amount_minor, currency,
      gateway, gateway_account, gateway_reference, gateway_status, user_agent, voucher_number, created_at)
    values (${id}, 'exe_000001', ${id}, ${id}, ${id}, '${requester}', '${executor}', 1, 'KES', 'cash', 'x', 'x', 'x', 'x', 'V-1',
      ${dialect === 'sqlite' ? 0 : "'1970-01-01'"})`;
};
