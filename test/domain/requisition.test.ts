import { expect, test } from 'vitest';
import { destinationFault, normaliseDestination, textFault, tidyText } from '../../src/domain/destination.ts';
import { duplicateWarnings, headerFaults, IMPORT_COLUMNS, importLine } from '../../src/domain/payee-import.ts';
import { NO_POLICY } from '../../src/domain/policy.ts';
import {
  actChecks,
  actRefusalKind,
  approvedTerms,
  isRequisitionStatus,
  mayStep,
  REQUISITION_STATUSES,
  requisitionNumber,
  statusAfter,
  termsFaults,
  type ActFacts,
  type RequisitionAct,
} from '../../src/domain/requisition.ts';

const facts = (
  change: Omit<Partial<ActFacts>, 'actor'> & { actor?: Partial<ActFacts['actor']>; status?: string } = {},
): ActFacts => {
  const { actor, status, ...rest } = change;
  return {
    act: 'approve',
    policy: NO_POLICY,
    requisition: {
      ref: 'req_abc123',
      number: 'REQ-2026-00001',
      status: status ?? 'submitted',
      requester: 'amina',
      amountMinor: 100_000,
      currency: 'KES',
      approvals: status === 'approved' ? [{ approverId: 'abel', roles: ['approver'] }] : [],
    },
    payments: [],
    others: ['brian'],
    cfos: ['esther'],
    ...rest,
    actor: {
      username: 'brian',
      isRequester: false,
      isExecutor: false,
      hasDecided: false,
      roles: ['approver'],
      mayDecide: true,
      decidesElsewhere: true,
      ...actor,
    },
  };
};
const failing = (given: ActFacts) =>
  actChecks(given)
    .filter((check) => check.ok === false)
    .map((check) => check.code);

test('somebody else who may decide approves what is submitted', () => {
  expect(failing(facts())).toEqual([]);
});

test('the requester neither approves nor rejects their own requisition', () => {
  for (const act of ['approve', 'reject'] as const) {
    const checks = actChecks(facts({ act, actor: { isRequester: true } }));
    expect(checks.filter((check) => check.ok === false).map((check) => check.code)).toEqual(['APPROVER_IS_REQUESTER']);
    expect(actRefusalKind(checks)).toBe('forbidden');
  }
});

test('whoever executed a payment of it neither approves nor rejects it afterwards', () => {
  for (const act of ['approve', 'reject'] as const) {
    const checks = actChecks(facts({ act, actor: { isExecutor: true } }));
    expect(checks.filter((check) => check.ok === false).map((check) => check.code)).toEqual(['APPROVER_IS_EXECUTOR']);
    expect(actRefusalKind(checks)).toBe('forbidden');
  }
  expect(failing(facts({ act: 'cancel', actor: { isExecutor: true } }))).toEqual([]);
});

test('all failing checks are listed, people before figures', () => {
  const checks = actChecks(
    facts({ status: 'paid', actor: { isRequester: true, mayDecide: false, decidesElsewhere: false } }),
  );
  expect(checks.filter((check) => check.ok === false).map((check) => check.code)).toEqual([
    'REQUISITION_NOT_SUBMITTED',
    'APPROVER_IS_REQUESTER',
    'ROLE_MISSING',
  ]);
  expect(actRefusalKind(checks)).toBe('forbidden');
});

test('a decision elsewhere is out of scope, which differs from no role at all', () => {
  expect(failing(facts({ actor: { mayDecide: false } }))).toEqual(['OUT_OF_SCOPE']);
  expect(failing(facts({ actor: { mayDecide: false, decidesElsewhere: false } }))).toEqual(['ROLE_MISSING']);
});

test('only legal steps are possible', () => {
  const legal: Record<RequisitionAct, string[]> = {
    approve: ['submitted'],
    reject: ['submitted'],
    amend: ['submitted', 'approved', 'rejected'],
    cancel: ['submitted', 'approved'],
  };
  for (const act of ['approve', 'reject', 'amend', 'cancel'] as const) {
    for (const status of REQUISITION_STATUSES) {
      expect(mayStep(act, status), `${act} ${status}`).toBe(legal[act].includes(status));
      const checks = actChecks(facts({ act, status, actor: { isRequester: act === 'amend' } }));
      expect(checks.some((check) => check.ok === false)).toBe(!legal[act].includes(status));
    }
  }
  expect(statusAfter('amend')).toBe('submitted');
  expect(actRefusalKind(actChecks(facts({ status: 'unheard of' })))).toBe('refused');
});

test('only its requester amends a requisition', () => {
  expect(failing(facts({ act: 'amend' }))).toEqual(['NOT_THE_REQUESTER']);
  expect(failing(facts({ act: 'amend', actor: { isRequester: true } }))).toEqual([]);
});

test('its requester or an approver cancels it, nobody else', () => {
  expect(failing(facts({ act: 'cancel', actor: { isRequester: true, mayDecide: false } }))).toEqual([]);
  expect(failing(facts({ act: 'cancel' }))).toEqual([]);
  expect(failing(facts({ act: 'cancel', actor: { mayDecide: false } }))).toEqual(['NOT_THE_REQUESTER']);
});

test('an open payment holds up a cancellation, an executed one does not', () => {
  for (const status of ['pending', 'executing', 'failed']) {
    const given = facts({ act: 'cancel', payments: [{ ref: 'pay_1', status }] });
    expect(failing(given)).toEqual(['PAYMENT_OPEN']);
    expect(actChecks(given).at(-1)?.message).toContain(`pay_1 (${status})`);
  }
  expect(failing(facts({ act: 'cancel', payments: [{ ref: 'pay_1', status: 'success' }] }))).toEqual([]);
});

test('any payment that is not cancelled holds up an amendment', () => {
  for (const status of ['pending', 'success', 'reversed']) {
    const given = facts({
      act: 'amend',
      actor: { isRequester: true },
      payments: [
        { ref: 'pay_1', status },
        { ref: 'pay_2', status },
      ],
    });
    expect(failing(given)).toEqual(['REQUISITION_HAS_PAYMENTS']);
    expect(actChecks(given).at(-1)?.message).toContain('pay_2');
  }
});

test('numbers count with five digits, and go on beyond', () => {
  expect(requisitionNumber(2026, 912)).toBe('REQ-2026-00912');
  expect(requisitionNumber(2026, 100_000)).toBe('REQ-2026-100000');
});

test('approved terms change with every term and revision', () => {
  const terms = {
    id: 'r',
    revision: 1,
    payee: 'Jane',
    amountMinor: 100,
    currency: 'KES',
    method: 'cash',
    destination: 'Jane',
    purpose: 'Taxi',
    category: null,
  } as const;
  const digest = JSON.stringify(approvedTerms(terms));
  const others = {
    revision: 2,
    payee: 'J',
    amountMinor: 101,
    method: 'bank',
    destination: 'x',
    purpose: 'y',
    category: 'z',
    currency: 'USD',
  };
  for (const [term, value] of Object.entries(others)) {
    expect(JSON.stringify(approvedTerms({ ...terms, [term]: value })), term).not.toBe(digest);
  }
});

test('M-Pesa numbers are Kenyan mobiles, digit for digit', () => {
  for (const good of ['254712345678', '254112345678']) expect(destinationFault('mpesa', good)).toBeNull();
  for (const bad of [
    '25471234567',
    '2547123456789',
    '254212345678',
    '0712345678',
    '254 712345678',
    '254712345678 ',
    '',
  ]) {
    expect(destinationFault('mpesa', bad), bad).toContain('not a Kenyan mobile number');
  }
});

test('bank accounts have 4 to 64 letters, digits and a few signs', () => {
  for (const good of ['1234', 'KCB:110-123/4.5', 'x'.repeat(64), 'Société 1234'])
    expect(destinationFault('bank', good)).toBeNull();
  for (const bad of ['123', 'x'.repeat(65), 'KCB;1234', '12\n34', '=1234', 'a_bcd'])
    expect(destinationFault('bank', bad), bad).not.toBeNull();
});

test('cash names its receiver', () => {
  expect(destinationFault('cash', 'Jane Wanjiru')).toBeNull();
  expect(destinationFault('cash', '')).toContain('is empty');
});

test('text is kept whole up to its length, one character more is refused', () => {
  expect(textFault('the payee', 'x'.repeat(140), 140)).toBeNull();
  expect(textFault('the payee', 'x'.repeat(141), 140)).toContain('141 characters');
  expect(textFault('the payee', '😀'.repeat(140), 140)).toBeNull();
});

test('control characters and line breaks are refused, letters of any script are not', () => {
  for (const bad of ['a\u0000b', 'a\u001b[31m', 'a\nb', 'a\u2028b', 'a\u009bb', 'a\ud800b']) {
    expect(textFault('the payee', bad, 140), JSON.stringify(bad)).toContain('control character');
  }
  for (const good of ['Ζωή', 'جين', 'O’Brien & Sons', 'ඩෙන්']) expect(textFault('the payee', good, 140)).toBeNull();
});

test('every fault of the words is named', () => {
  expect(termsFaults({ payee: '', purpose: '', category: '', method: 'mpesa', destination: 'x' })).toHaveLength(4);
  expect(termsFaults({ payee: 'a', purpose: 'b', category: null, method: null, destination: '' })).toEqual([]);
});

test('text is composed, trimmed and single-spaced', () => {
  expect(tidyText('  Cafe\u0301 ')).toBe('Café');
  expect(normaliseDestination(' KCB   12 34 ')).toBe('KCB 12 34');
});

test('statuses are known by name', () => {
  expect(isRequisitionStatus('paid')).toBe(true);
  expect(isRequisitionStatus('lost')).toBe(false);
});

test('a payee list has each column once and no other', () => {
  expect(headerFaults(IMPORT_COLUMNS)).toEqual([]);
  expect(headerFaults([...IMPORT_COLUMNS].toReversed())).toEqual([]);
  expect(headerFaults(IMPORT_COLUMNS.slice(2))).toEqual(['line 1: missing columns payee, amount']);
  expect(headerFaults([...IMPORT_COLUMNS, 'iban', 'payee'])).toEqual([
    'line 1: unknown columns "iban"',
    'line 1: columns given twice payee',
  ]);
});

test('a line with more or fewer cells than the header is refused', () => {
  expect(importLine(['payee', 'amount'], ['Jane'], 7)).toBe('line 7: 1 cells where the header has 2');
  expect(importLine(['amount', 'payee'], ['5', 'Jane'], 2)).toMatchObject({
    line: 2,
    payee: 'Jane',
    amount: '5',
    branch: '',
  });
});

test('lines that say the same are pointed out', () => {
  const line = importLine(['payee'], ['Jane'], 2);
  const other = importLine(['payee'], ['Jo'], 3);
  const again = importLine(['payee'], [' Jane '], 4);
  const lines = [line, other, again].filter((one) => typeof one !== 'string');
  expect(duplicateWarnings(lines)).toEqual(['Line 4 is the same as line 2.']);
});

test('what passes says why', () => {
  expect(actChecks(facts()).map(({ id, message, facts: figures, fix }) => [id, message, figures, fix])).toEqual([
    ['status', 'REQ-2026-00001 is submitted.', { requisition: 'REQ-2026-00001', status: 'submitted' }, null],
    ['segregation', 'brian did not request it.', { requester: 'amina' }, null],
    ['role', 'brian may decide at this place.', {}, null],
    ['once', 'brian has not decided on these terms before.', {}, null],
  ]);
  expect(
    actChecks(facts({ act: 'amend', actor: { isRequester: true } }))
      .slice(1)
      .map(({ id, message }) => [id, message]),
  ).toEqual([
    ['segregation', 'brian requested it.'],
    ['payments', 'No payment stands in the way.'],
  ]);
  expect(actChecks(facts({ act: 'cancel' }))[1]).toMatchObject({
    message: 'brian may cancel it.',
    facts: { requester: 'amina' },
  });
});

test.each([
  [
    'reject',
    'approved',
    'submitted',
    'rejected',
    'REQUISITION_NOT_SUBMITTED',
    'treasury payment create --requisition REQ-2026-00001 --fund FUND',
  ],
  [
    'approve',
    'rejected',
    'submitted',
    'approved',
    'REQUISITION_NOT_SUBMITTED',
    'treasury requisition amend REQ-2026-00001',
  ],
  ['approve', 'cancelled', 'submitted', 'approved', 'REQUISITION_NOT_SUBMITTED', 'treasury requisition create --help'],
  [
    'amend',
    'paid',
    'submitted or rejected or approved',
    'amended',
    'REQUISITION_CLOSED',
    'treasury requisition show REQ-2026-00001',
  ],
  [
    'cancel',
    'rejected',
    'submitted or approved',
    'cancelled',
    'REQUISITION_CLOSED',
    'treasury requisition amend REQ-2026-00001',
  ],
  ['cancel', 'lost', 'submitted or approved', 'cancelled', 'REQUISITION_CLOSED', null],
] as const)(
  '%s of one that is %s says what could be, and the next command',
  (act, status, wanted, past, code, command) => {
    expect(actChecks(facts({ act, status, actor: { isRequester: act === 'amend' } }))[0]).toEqual({
      id: 'status',
      ok: false,
      code,
      message: `REQ-2026-00001 is ${status}; only what is ${wanted} can be ${past}.`,
      fix: { command, who: [] },
      facts: { requisition: 'REQ-2026-00001', status },
    });
  },
);

test('acts lead to their statuses', () => {
  expect((['approve', 'reject', 'amend', 'cancel'] as const).map(statusAfter)).toEqual([
    'approved',
    'rejected',
    'submitted',
    'cancelled',
  ]);
});

test('who may not act is told who may', () => {
  const refused = (change: Parameters<typeof facts>[0], id: string) => {
    const { ok, message, fix, facts: figures } = actChecks(facts(change)).find((check) => check.id === id) ?? {};
    return [ok, message, fix, figures];
  };
  const requester = { requester: 'amina' };
  expect(refused({ actor: { isRequester: true } }, 'segregation')).toEqual([
    false,
    'brian requested it; somebody else decides.',
    { command: null, who: ['brian'] },
    requester,
  ]);
  expect(refused({ act: 'amend' }, 'segregation')).toEqual([
    false,
    'Only amina, who requested it, may amend it.',
    { command: null, who: ['amina'] },
    requester,
  ]);
  expect(refused({ act: 'cancel', actor: { mayDecide: false } }, 'segregation')).toEqual([
    false,
    'Only amina, who requested it, or an approver may cancel it.',
    { command: null, who: ['amina', 'brian'] },
    requester,
  ]);
  expect(refused({ actor: { mayDecide: false } }, 'role')).toEqual([
    false,
    'brian decides elsewhere, but not at this place.',
    { command: null, who: ['brian'] },
    {},
  ]);
  expect(refused({ actor: { mayDecide: false, decidesElsewhere: false } }, 'role')[1]).toBe(
    'brian is not an approver or cfo.',
  );
});

test('payments in the way are named with what can be done about them', () => {
  const paid = { ref: 'pay_1', status: 'success' };
  const open = { ref: 'pay_2', status: 'pending' };
  expect(actChecks(facts({ act: 'cancel', payments: [paid, open] }))[2]).toEqual({
    id: 'payments',
    ok: false,
    code: 'PAYMENT_OPEN',
    message: 'REQ-2026-00001 has a payment: pay_2 (pending).',
    fix: { command: 'treasury payment cancel pay_2', who: [] },
    facts: { payments: 1 },
  });
  expect(actChecks(facts({ act: 'amend', actor: { isRequester: true }, payments: [paid, open] }))[2]).toEqual({
    id: 'payments',
    ok: false,
    code: 'REQUISITION_HAS_PAYMENTS',
    message: 'REQ-2026-00001 has payments: pay_1 (success), pay_2 (pending).',
    fix: { command: 'treasury requisition create --help', who: [] },
    facts: { payments: 2 },
  });
});

test('people come first when several kinds fail, and what passed has no say', () => {
  const [status] = actChecks(facts({ status: 'paid' }));
  if (status === undefined) throw new Error('no check');
  for (const id of ['segregation', 'role']) {
    expect(actRefusalKind([status, { ...status, id }])).toBe('forbidden');
    expect(actRefusalKind([status, { ...status, id, ok: true }])).toBe('refused');
  }
});

test('the words of a wish are named in their faults', () => {
  expect(termsFaults({ payee: '', purpose: 'x'.repeat(501), category: '', method: 'cash', destination: '' })).toEqual([
    'the payee is empty',
    'the purpose has 501 characters; 500 is the most',
    'the category is empty',
    'the destination (who receives the cash) is empty',
  ]);
});

test('what is approved is written down term by term', () => {
  const terms = {
    payee: 'Jane',
    amountMinor: 100,
    method: 'cash',
    destination: 'Jane W',
    purpose: 'Taxi',
    category: 'travel',
  } as const;
  expect(approvedTerms({ ...terms, id: 'r', revision: 1, currency: 'KES' })).toEqual({
    requisition: 'r',
    revision: 1,
    payee: 'Jane',
    amount_minor: 100,
    currency: 'KES',
    method: 'cash',
    destination: 'Jane W',
    purpose: 'Taxi',
    category: 'travel',
  });
});
