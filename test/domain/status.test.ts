import { describe, expect, test } from 'vitest';
import { grantsFor, type Grant, type Role } from '../../src/domain/access.ts';
import { grantsForMatter, mayConfirm } from '../../src/domain/status.ts';

const at = (role: Role, branchId: string | null = null): Grant => ({ role, companyId: 'c', regionId: null, branchId });
const actor = (...grants: Grant[]) => ({ grants });

describe('what concerns somebody', () => {
  test('is what a role of theirs may do, each at its own place', () => {
    const both = actor(at('cashier', 'west'), at('approver', 'east'));
    expect(grantsForMatter(both, 'to_pay')).toEqual([at('cashier', 'west')]);
    expect(grantsForMatter(both, 'to_approve')).toEqual([at('approver', 'east')]);
    expect(grantsForMatter(both, 'to_fund')).toEqual([]);
  });

  test('is nothing that only another role may do', () => {
    for (const role of ['requester', 'auditor', 'admin'] as const) {
      for (const matter of ['to_pay', 'to_approve', 'to_retry', 'to_fund', 'to_approve_replenishment'] as const)
        expect(grantsForMatter(actor(at(role)), matter), `${role} ${matter}`).toEqual([]);
    }
    expect(grantsForMatter(actor(at('treasurer')), 'to_approve_variance')).toEqual([]);
    expect(grantsForMatter(actor(at('cfo')), 'to_approve_variance')).toEqual([at('cfo')]);
    expect(grantsForMatter(actor(at('cfo')), 'locked_people')).toEqual([]);
    expect(grantsForMatter(actor(at('admin')), 'locked_people')).toHaveLength(1);
  });

  test('open outcomes are a treasurer’s, a CFO’s and an auditor’s, but not an admin’s', () => {
    for (const role of ['treasurer', 'cfo', 'auditor'] as const)
      for (const matter of ['in_flight', 'in_suspense'] as const)
        expect(grantsForMatter(actor(at(role)), matter), role).toEqual([at(role)]);
    for (const role of ['cashier', 'admin', 'approver', 'requester'] as const)
      for (const matter of ['in_flight', 'in_suspense'] as const)
        expect(grantsForMatter(actor(at(role)), matter), role).toEqual([]);
  });

  test('a token lends no more than its scopes say', () => {
    const lent: Grant = { ...at('cashier'), only: ['books.read'] };
    expect(grantsForMatter(actor(lent), 'to_pay')).toEqual([]);
    expect(grantsFor(actor(lent), 'books.read')).toEqual([lent]);
  });

  test('only CFOs and approvers are asked to confirm', () => {
    expect(mayConfirm(actor(at('cfo')))).toBe(true);
    expect(mayConfirm(actor(at('approver')))).toBe(true);
    for (const role of ['treasurer', 'auditor', 'admin', 'cashier'] as const)
      expect(mayConfirm(actor(at(role))), role).toBe(false);
  });
});
