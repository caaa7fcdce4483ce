import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/domain/access.ts';
import {
  CHANGE_STATUSES,
  commonPlace,
  completes,
  decidersOf,
  decisionChecks,
  decisionRefusalKind,
  isChangeStatus,
  movesMoney,
  opensDoors,
  whoConfirms,
  type DecisionFacts,
  type TimedGrant,
} from '../../src/domain/change.ts';

const person = (id: string) => ({ id, username: id });
const DAY = new Date('2026-12-31T21:00:00.000Z');
const DAY_AFTER = new Date('2027-01-01T21:00:00.000Z');

const grant = (role: Role, change: Partial<TimedGrant> = {}): TimedGrant => ({
  role,
  companyId: 'acme',
  regionId: null,
  branchId: null,
  endsAt: null,
  ...change,
});

/** Root proposed something about Carol; Esther is the CFO; Brian and Grace approve. */
const facts = (change: Partial<DecisionFacts> & { by?: string } = {}): DecisionFacts => ({
  act: 'confirm',
  change: { ref: 'chg_1', status: 'pending', decidedBy: null },
  actor: person(change.by ?? 'esther'),
  confirmedBy: [],
  proposedBy: 'root',
  concerned: ['carol'],
  cfos: [person('esther')],
  approvers: [person('brian'), person('grace')],
  ...change,
});

const failing = (given: DecisionFacts) => decisionChecks(given).flatMap(({ ok, code }) => (ok === false ? [code] : []));

test('statuses', () => {
  expect(CHANGE_STATUSES.every(isChangeStatus)).toBe(true);
  expect(isChangeStatus('open')).toBe(false);
});

describe('what opens doors', () => {
  test('approver, cashier, treasurer and cfo move money; requester, auditor and admin do not', () => {
    expect((['approver', 'cashier', 'treasurer', 'cfo'] as const).every(movesMoney)).toBe(true);
    expect((['requester', 'auditor', 'admin'] as const).some(movesMoney)).toBe(false);
    expect(opensDoors([], [grant('requester'), grant('admin', { companyId: null })])).toBe(false);
    expect(opensDoors([], [grant('cashier')])).toBe(true);
    expect(opensDoors([], [grant('requester'), grant('cashier')])).toBe(true);
  });

  test('a role that is held already opens nothing, another one does', () => {
    expect(opensDoors([grant('cashier')], [grant('cashier'), grant('requester')])).toBe(false);
    expect(opensDoors([grant('cashier')], [grant('treasurer')])).toBe(true);
  });

  test('the same role at a smaller place opens nothing, at a larger one it does', () => {
    const branch = { regionId: 'nbi', branchId: 'westlands' };
    expect(opensDoors([grant('cashier')], [grant('cashier', branch)])).toBe(false);
    expect(opensDoors([grant('cashier', branch)], [grant('cashier')])).toBe(true);
    expect(opensDoors([grant('cashier', { companyId: null })], [grant('cashier', { companyId: null })])).toBe(false);
    expect(opensDoors([grant('cashier')], [grant('cashier', { companyId: null })])).toBe(true);
    expect(opensDoors([grant('cashier', { companyId: null })], [grant('cashier')])).toBe(false);
    expect(opensDoors([grant('cashier')], [grant('cashier', { companyId: 'beta' })])).toBe(true);
  });

  test('the same role for a shorter or equal time opens nothing, for a longer one it does', () => {
    expect(opensDoors([grant('cashier')], [grant('cashier', { endsAt: DAY })])).toBe(false);
    expect(opensDoors([grant('cashier', { endsAt: DAY })], [grant('cashier', { endsAt: DAY })])).toBe(false);
    expect(opensDoors([grant('cashier', { endsAt: DAY })], [grant('cashier', { endsAt: DAY_AFTER })])).toBe(true);
    expect(opensDoors([grant('cashier', { endsAt: DAY })], [grant('cashier')])).toBe(true);
  });
});

describe('the place of a change about a person', () => {
  const at = (regionId: string | null, branchId: string | null = null, companyId: string | null = 'acme') =>
    grant('cashier', { companyId, regionId, branchId });

  test('is the lowest one above all their roles', () => {
    expect(commonPlace([at('nbi', 'westlands')])).toEqual({
      companyId: 'acme',
      regionId: 'nbi',
      branchId: 'westlands',
    });
    expect(commonPlace([at('nbi', 'westlands'), at('nbi')])).toEqual({
      companyId: 'acme',
      regionId: 'nbi',
      branchId: null,
    });
    expect(commonPlace([at('nbi', 'westlands'), at('coast')])).toEqual({
      companyId: 'acme',
      regionId: null,
      branchId: null,
    });
  });

  test('is the whole office for an admin, for two companies, and for nobody', () => {
    expect(commonPlace([at(null, null, null)])).toBe(null);
    expect(commonPlace([at(null), at(null, null, 'beta')])).toBe(null);
    expect(commonPlace([at(null), at(null, null, null)])).toBe(null);
    expect(commonPlace([])).toBe(null);
  });
});

describe('who may confirm', () => {
  test('a CFO; approvers are not asked while there is one', () => {
    expect(decidersOf(facts())).toEqual({ people: [person('esther')], needed: 1 });
    expect(whoConfirms(decidersOf(facts()))).toBe('esther');
  });

  test('two approvers where no CFO is uninvolved', () => {
    for (const given of [facts({ cfos: [] }), facts({ proposedBy: 'esther' }), facts({ concerned: ['esther'] })]) {
      expect(decidersOf(given)).toEqual({ people: [person('brian'), person('grace')], needed: 2 });
      expect(whoConfirms(decidersOf(given))).toBe('two of brian, grace');
    }
  });

  test('one approver is not enough, and none of them when involved', () => {
    expect(whoConfirms(decidersOf(facts({ cfos: [], approvers: [person('brian')] })))).toMatch(/^nobody yet/);
    expect(decidersOf(facts({ cfos: [], concerned: ['brian'] })).people).toEqual([person('grace')]);
  });

  test('where it takes a CFO, no approvers stand in for one', () => {
    expect(decidersOf(facts({ cfoOnly: true }))).toEqual({ people: [person('esther')], needed: 1 });
    const without = facts({ cfoOnly: true, cfos: [], by: 'brian', confirmedBy: ['grace'] });
    expect(decidersOf(without)).toEqual({ people: [], needed: 1 });
    expect(whoConfirms(decidersOf(without))).toBe(
      'nobody yet: it takes a cfo who neither proposed it nor is concerned',
    );
    expect(failing(without)).toEqual(['NOT_A_CONFIRMER']);
    expect(completes(without)).toBe(false);
    expect(failing(facts({ cfoOnly: true, proposedBy: 'brian', by: 'brian' }))).toEqual([
      'PROPOSER_MAY_NOT_CONFIRM',
      'NOT_A_CONFIRMER',
    ]);
    expect(failing(facts({ cfoOnly: true, proposedBy: 'esther' }))).toEqual(['PROPOSER_MAY_NOT_CONFIRM']);
  });
});

describe('confirming', () => {
  test('the CFO does, and nobody else is needed', () => {
    expect(failing(facts())).toEqual([]);
    expect(completes(facts())).toBe(true);
  });

  test('never the proposer, whatever their role', () => {
    expect(failing(facts({ proposedBy: 'esther' }))).toEqual(['PROPOSER_MAY_NOT_CONFIRM']);
    expect(failing(facts({ by: 'root' }))).toEqual(['PROPOSER_MAY_NOT_CONFIRM', 'NOT_A_CONFIRMER']);
  });

  test('never whom it concerns, whatever their role', () => {
    expect(failing(facts({ concerned: ['carol', 'esther'] }))).toEqual(['CONCERNED_MAY_NOT_DECIDE']);
    expect(failing(facts({ by: 'carol' }))).toEqual(['CONCERNED_MAY_NOT_DECIDE', 'NOT_A_CONFIRMER']);
  });

  test('nobody without a role that decides there', () => {
    expect(failing(facts({ by: 'david' }))).toEqual(['NOT_A_CONFIRMER']);
    expect(failing(facts({ by: 'brian' }))).toEqual(['NOT_A_CONFIRMER']);
    expect(decisionChecks(facts({ by: 'david' }))[2]?.fix?.who).toEqual(['esther']);
  });

  test('the first of two approvers is not enough, the second is; the same one twice never', () => {
    const two = { cfos: [], by: 'brian' };
    expect(failing(facts(two))).toEqual([]);
    expect(completes(facts(two))).toBe(false);
    expect(completes(facts({ ...two, confirmedBy: ['grace'] }))).toBe(true);
    expect(failing(facts({ ...two, confirmedBy: ['brian'] }))).toEqual(['CONFIRMED_ALREADY']);
    expect(completes(facts({ ...two, confirmedBy: ['brian'] }))).toBe(false);
  });

  test('somebody who confirmed and is no approver any more does not count', () => {
    const left = facts({
      cfos: [],
      by: 'brian',
      approvers: [person('brian'), person('hassan')],
      confirmedBy: ['grace'],
    });
    expect(completes(left)).toBe(false);
  });

  test('only what is pending', () => {
    const change = { ref: 'chg_1', status: 'confirmed', decidedBy: 'esther' };
    expect(failing(facts({ change, confirmedBy: ['esther'] }))).toEqual(['CHANGE_DECIDED']);
    expect(decisionChecks(facts({ change }))[0]?.message).toBe('chg_1 is confirmed already, by esther.');
  });
});

describe('rejecting', () => {
  const reject = (change: Parameters<typeof facts>[0] = {}) => facts({ act: 'reject', ...change });

  test('whoever may confirm may reject, and the proposer takes back', () => {
    expect(failing(reject())).toEqual([]);
    expect(failing(reject({ by: 'root' }))).toEqual([]);
    expect(failing(reject({ by: 'brian', cfos: [], confirmedBy: ['brian'] }))).toEqual([]);
  });

  test('a proposer whom it concerns as well may take it back', () => {
    expect(failing(reject({ by: 'root', concerned: ['root'] }))).toEqual([]);
  });

  test('nobody else', () => {
    expect(failing(reject({ by: 'david' }))).toEqual(['NOT_A_CONFIRMER']);
    expect(failing(reject({ by: 'carol' }))).toEqual(['CONCERNED_MAY_NOT_DECIDE', 'NOT_A_CONFIRMER']);
  });
});

test('people come before the state of things', () => {
  const decided = { ref: 'chg_1', status: 'rejected', decidedBy: 'root' };
  expect(decisionRefusalKind(decisionChecks(facts({ change: decided })))).toBe('refused');
  expect(decisionRefusalKind(decisionChecks(facts({ change: decided, by: 'david' })))).toBe('forbidden');
  expect(decisionRefusalKind(decisionChecks(facts({ by: 'carol', cfos: [person('carol')] })))).toBe('forbidden');
});
