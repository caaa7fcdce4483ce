-- What the database itself refuses, whoever asks: changed or deleted records, illegal steps, people in two duties.

CREATE TRIGGER payment_executions_no_update BEFORE UPDATE ON payment_executions
BEGIN
  SELECT RAISE(ABORT, 'payment_executions are immutable');
END;

CREATE TRIGGER payment_executions_no_delete BEFORE DELETE ON payment_executions
BEGIN
  SELECT RAISE(ABORT, 'payment_executions are immutable');
END;

CREATE TRIGGER payment_executions_no_replace BEFORE INSERT ON payment_executions
WHEN EXISTS (SELECT 1 FROM payment_executions WHERE id = NEW.id OR ref = NEW.ref OR payment_id = NEW.payment_id OR attempt_id = NEW.attempt_id OR voucher_number = NEW.voucher_number
  OR (gateway = NEW.gateway AND gateway_account = NEW.gateway_account AND gateway_reference = NEW.gateway_reference))
BEGIN
  SELECT RAISE(ABORT, 'payment_executions are immutable');
END;

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries are immutable');
END;

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries are immutable');
END;

CREATE TRIGGER ledger_entries_no_replace BEFORE INSERT ON ledger_entries
WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE id = NEW.id OR ref = NEW.ref OR (fund_id = NEW.fund_id AND seq = NEW.seq))
  OR (NEW.kind = 'payment' AND EXISTS (SELECT 1 FROM ledger_entries WHERE payment_id = NEW.payment_id AND kind = 'payment'))
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries are immutable');
END;

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
  SELECT RAISE(ABORT, 'audit_events are immutable');
END;

CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
  SELECT RAISE(ABORT, 'audit_events are immutable');
END;

CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE (chain = NEW.chain AND seq = NEW.seq))
BEGIN
  SELECT RAISE(ABORT, 'audit_events are immutable');
END;

CREATE TRIGGER requisition_approvals_no_update BEFORE UPDATE ON requisition_approvals
BEGIN
  SELECT RAISE(ABORT, 'requisition_approvals are immutable');
END;

CREATE TRIGGER requisition_approvals_no_delete BEFORE DELETE ON requisition_approvals
BEGIN
  SELECT RAISE(ABORT, 'requisition_approvals are immutable');
END;

CREATE TRIGGER requisition_approvals_no_replace BEFORE INSERT ON requisition_approvals
WHEN EXISTS (SELECT 1 FROM requisition_approvals WHERE id = NEW.id OR (requisition_id = NEW.requisition_id AND revision = NEW.revision AND approver_id = NEW.approver_id))
BEGIN
  SELECT RAISE(ABORT, 'requisition_approvals are immutable');
END;

CREATE TRIGGER office_no_delete BEFORE DELETE ON office
BEGIN
  SELECT RAISE(ABORT, 'office are never deleted');
END;

CREATE TRIGGER office_no_replace BEFORE INSERT ON office
WHEN EXISTS (SELECT 1 FROM office WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'office are never replaced');
END;

CREATE TRIGGER companies_no_delete BEFORE DELETE ON companies
BEGIN
  SELECT RAISE(ABORT, 'companies are never deleted');
END;

CREATE TRIGGER companies_no_replace BEFORE INSERT ON companies
WHEN EXISTS (SELECT 1 FROM companies WHERE id = NEW.id OR code = NEW.code)
BEGIN
  SELECT RAISE(ABORT, 'companies are never replaced');
END;

CREATE TRIGGER regions_no_delete BEFORE DELETE ON regions
BEGIN
  SELECT RAISE(ABORT, 'regions are never deleted');
END;

CREATE TRIGGER regions_no_replace BEFORE INSERT ON regions
WHEN EXISTS (SELECT 1 FROM regions WHERE id = NEW.id OR code = NEW.code)
BEGIN
  SELECT RAISE(ABORT, 'regions are never replaced');
END;

CREATE TRIGGER branches_no_delete BEFORE DELETE ON branches
BEGIN
  SELECT RAISE(ABORT, 'branches are never deleted');
END;

CREATE TRIGGER branches_no_replace BEFORE INSERT ON branches
WHEN EXISTS (SELECT 1 FROM branches WHERE id = NEW.id OR code = NEW.code)
BEGIN
  SELECT RAISE(ABORT, 'branches are never replaced');
END;

CREATE TRIGGER users_no_delete BEFORE DELETE ON users
BEGIN
  SELECT RAISE(ABORT, 'users are never deleted');
END;

CREATE TRIGGER users_no_replace BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.id OR ref = NEW.ref OR username = NEW.username OR email = NEW.email OR phone = NEW.phone)
BEGIN
  SELECT RAISE(ABORT, 'users are never replaced');
END;

CREATE TRIGGER role_grants_no_delete BEFORE DELETE ON role_grants
BEGIN
  SELECT RAISE(ABORT, 'role_grants are never deleted');
END;

CREATE TRIGGER role_grants_no_replace BEFORE INSERT ON role_grants
WHEN EXISTS (SELECT 1 FROM role_grants WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'role_grants are never replaced');
END;

CREATE TRIGGER funds_no_delete BEFORE DELETE ON funds
BEGIN
  SELECT RAISE(ABORT, 'funds are never deleted');
END;

CREATE TRIGGER funds_no_replace BEFORE INSERT ON funds
WHEN EXISTS (SELECT 1 FROM funds WHERE id = NEW.id OR ref = NEW.ref OR code = NEW.code)
BEGIN
  SELECT RAISE(ABORT, 'funds are never replaced');
END;

CREATE TRIGGER requisitions_no_delete BEFORE DELETE ON requisitions
BEGIN
  SELECT RAISE(ABORT, 'requisitions are never deleted');
END;

CREATE TRIGGER requisitions_no_replace BEFORE INSERT ON requisitions
WHEN EXISTS (SELECT 1 FROM requisitions WHERE id = NEW.id OR ref = NEW.ref OR number = NEW.number)
BEGIN
  SELECT RAISE(ABORT, 'requisitions are never replaced');
END;

CREATE TRIGGER payments_no_delete BEFORE DELETE ON payments
BEGIN
  SELECT RAISE(ABORT, 'payments are never deleted');
END;

CREATE TRIGGER payments_no_replace BEFORE INSERT ON payments
WHEN EXISTS (SELECT 1 FROM payments WHERE id = NEW.id OR ref = NEW.ref)
BEGIN
  SELECT RAISE(ABORT, 'payments are never replaced');
END;

CREATE TRIGGER payment_attempts_no_delete BEFORE DELETE ON payment_attempts
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts are never deleted');
END;

CREATE TRIGGER payment_attempts_no_replace BEFORE INSERT ON payment_attempts
WHEN EXISTS (SELECT 1 FROM payment_attempts WHERE id = NEW.id OR ref = NEW.ref OR idempotency_key = NEW.idempotency_key OR (payment_id = NEW.payment_id AND number = NEW.number))
  OR (NEW.state IN ('reserved', 'sent', 'accepted', 'unknown') AND EXISTS (SELECT 1 FROM payment_attempts WHERE payment_id = NEW.payment_id AND state IN ('reserved', 'sent', 'accepted', 'unknown')))
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts are never replaced');
END;

CREATE TRIGGER otp_challenges_no_delete BEFORE DELETE ON otp_challenges
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges are never deleted');
END;

CREATE TRIGGER otp_challenges_no_replace BEFORE INSERT ON otp_challenges
WHEN EXISTS (SELECT 1 FROM otp_challenges WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges are never replaced');
END;

CREATE TRIGGER replenishment_requests_no_delete BEFORE DELETE ON replenishment_requests
BEGIN
  SELECT RAISE(ABORT, 'replenishment_requests are never deleted');
END;

CREATE TRIGGER replenishment_requests_no_replace BEFORE INSERT ON replenishment_requests
WHEN EXISTS (SELECT 1 FROM replenishment_requests WHERE id = NEW.id OR ref = NEW.ref OR reference = NEW.reference)
  OR (NEW.status IN ('pending', 'approved') AND EXISTS (SELECT 1 FROM replenishment_requests WHERE fund_id = NEW.fund_id AND status IN ('pending', 'approved')))
BEGIN
  SELECT RAISE(ABORT, 'replenishment_requests are never replaced');
END;

CREATE TRIGGER ledger_totals_no_delete BEFORE DELETE ON ledger_totals
BEGIN
  SELECT RAISE(ABORT, 'ledger_totals are never deleted');
END;

CREATE TRIGGER ledger_totals_no_replace BEFORE INSERT ON ledger_totals
WHEN EXISTS (SELECT 1 FROM ledger_totals WHERE (fund_id = NEW.fund_id AND type = NEW.type AND kind = NEW.kind))
BEGIN
  SELECT RAISE(ABORT, 'ledger_totals are never replaced');
END;

CREATE TRIGGER companies_fixed BEFORE UPDATE OF id, code ON companies
WHEN NEW.id IS NOT OLD.id OR NEW.code IS NOT OLD.code
BEGIN
  SELECT RAISE(ABORT, 'companies: what was fixed at creation never changes');
END;

CREATE TRIGGER regions_fixed BEFORE UPDATE OF id, code, company_id ON regions
WHEN NEW.id IS NOT OLD.id OR NEW.code IS NOT OLD.code OR NEW.company_id IS NOT OLD.company_id
BEGIN
  SELECT RAISE(ABORT, 'regions: what was fixed at creation never changes');
END;

CREATE TRIGGER branches_fixed BEFORE UPDATE OF id, code, company_id, region_id ON branches
WHEN NEW.id IS NOT OLD.id OR NEW.code IS NOT OLD.code OR NEW.company_id IS NOT OLD.company_id OR NEW.region_id IS NOT OLD.region_id
BEGIN
  SELECT RAISE(ABORT, 'branches: what was fixed at creation never changes');
END;

CREATE TRIGGER users_fixed BEFORE UPDATE OF id, ref, username, created_at ON users
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.username IS NOT OLD.username OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'users: what was fixed at creation never changes');
END;

CREATE TRIGGER role_grants_fixed BEFORE UPDATE OF id, user_id, role, company_id, region_id, branch_id, granted_by, granted_at ON role_grants
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.role IS NOT OLD.role OR NEW.company_id IS NOT OLD.company_id OR NEW.region_id IS NOT OLD.region_id OR NEW.branch_id IS NOT OLD.branch_id OR NEW.granted_by IS NOT OLD.granted_by OR NEW.granted_at IS NOT OLD.granted_at
BEGIN
  SELECT RAISE(ABORT, 'role_grants: what was fixed at creation never changes');
END;

CREATE TRIGGER funds_fixed BEFORE UPDATE OF id, ref, code, company_id, region_id, branch_id, currency, created_by, created_at ON funds
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.code IS NOT OLD.code OR NEW.company_id IS NOT OLD.company_id OR NEW.region_id IS NOT OLD.region_id OR NEW.branch_id IS NOT OLD.branch_id OR NEW.currency IS NOT OLD.currency OR NEW.created_by IS NOT OLD.created_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'funds: what was fixed at creation never changes');
END;

CREATE TRIGGER requisitions_fixed BEFORE UPDATE OF id, ref, number, requested_by, company_id, region_id, branch_id, currency, created_at ON requisitions
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.number IS NOT OLD.number OR NEW.requested_by IS NOT OLD.requested_by OR NEW.company_id IS NOT OLD.company_id OR NEW.region_id IS NOT OLD.region_id OR NEW.branch_id IS NOT OLD.branch_id OR NEW.currency IS NOT OLD.currency OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'requisitions: what was fixed at creation never changes');
END;

CREATE TRIGGER payments_fixed BEFORE UPDATE OF id, ref, requisition_id, fund_id, currency, amount_minor, method, destination, payee, requester_id, created_by, max_retries, created_at ON payments
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.requisition_id IS NOT OLD.requisition_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.currency IS NOT OLD.currency OR NEW.amount_minor IS NOT OLD.amount_minor OR NEW.method IS NOT OLD.method OR NEW.destination IS NOT OLD.destination OR NEW.payee IS NOT OLD.payee OR NEW.requester_id IS NOT OLD.requester_id OR NEW.created_by IS NOT OLD.created_by OR NEW.max_retries IS NOT OLD.max_retries OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'payments: what was fixed at creation never changes');
END;

CREATE TRIGGER payment_attempts_fixed BEFORE UPDATE OF id, ref, payment_id, number, idempotency_key, request_hash, gateway, gateway_account, executor_id, challenge_id, reserved_minor, created_at ON payment_attempts
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.payment_id IS NOT OLD.payment_id OR NEW.number IS NOT OLD.number OR NEW.idempotency_key IS NOT OLD.idempotency_key OR NEW.request_hash IS NOT OLD.request_hash OR NEW.gateway IS NOT OLD.gateway OR NEW.gateway_account IS NOT OLD.gateway_account OR NEW.executor_id IS NOT OLD.executor_id OR NEW.challenge_id IS NOT OLD.challenge_id OR NEW.reserved_minor IS NOT OLD.reserved_minor OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: what was fixed at creation never changes');
END;

CREATE TRIGGER otp_challenges_fixed BEFORE UPDATE OF id, payment_id, executor_id, digest, code_hash, created_at, expires_at ON otp_challenges
WHEN NEW.id IS NOT OLD.id OR NEW.payment_id IS NOT OLD.payment_id OR NEW.executor_id IS NOT OLD.executor_id OR NEW.digest IS NOT OLD.digest OR NEW.code_hash IS NOT OLD.code_hash OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: what was fixed at creation never changes');
END;

CREATE TRIGGER replenishment_requests_fixed BEFORE UPDATE OF id, ref, fund_id, auto_triggered, requested_by, reason, created_at ON replenishment_requests
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.fund_id IS NOT OLD.fund_id OR NEW.auto_triggered IS NOT OLD.auto_triggered OR NEW.requested_by IS NOT OLD.requested_by OR NEW.reason IS NOT OLD.reason OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'replenishment_requests: what was fixed at creation never changes');
END;

CREATE TRIGGER payments_legal_step BEFORE UPDATE OF status ON payments
WHEN NOT (OLD.status = NEW.status
    or (OLD.status = 'pending' and NEW.status in ('executing', 'success', 'failed', 'cancelled'))
    or (OLD.status = 'executing' and NEW.status in ('success', 'failed'))
    or (OLD.status = 'failed' and NEW.status in ('pending', 'cancelled'))
    or (OLD.status = 'success' and NEW.status in ('reconciled', 'reversed'))
    or (OLD.status = 'reconciled' and NEW.status in ('success', 'reversed')))
BEGIN
  SELECT RAISE(ABORT, 'payments: not a legal step');
END;

CREATE TRIGGER requisitions_legal_step BEFORE UPDATE OF status ON requisitions
WHEN NOT (OLD.status = NEW.status
    or (OLD.status = 'submitted' and NEW.status in ('approved', 'rejected', 'cancelled'))
    or (OLD.status = 'approved' and NEW.status in ('paid', 'submitted', 'cancelled'))
    or (OLD.status = 'rejected' and NEW.status in ('submitted'))
    or (OLD.status = 'paid' and NEW.status in ('approved', 'submitted')))
BEGIN
  SELECT RAISE(ABORT, 'requisitions: not a legal step');
END;

CREATE TRIGGER payment_attempts_legal_step BEFORE UPDATE OF state ON payment_attempts
WHEN NOT (OLD.state = NEW.state
    or (OLD.state = 'reserved' and NEW.state in ('sent', 'failed', 'paid'))
    or (OLD.state = 'sent' and NEW.state in ('accepted', 'paid', 'failed', 'unknown'))
    or (OLD.state = 'accepted' and NEW.state in ('paid', 'failed', 'unknown'))
    or (OLD.state = 'unknown' and NEW.state in ('paid', 'failed')))
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: not a legal step');
END;

CREATE TRIGGER replenishment_requests_legal_step BEFORE UPDATE OF status ON replenishment_requests
WHEN NOT (OLD.status = NEW.status
    or (OLD.status = 'pending' and NEW.status in ('approved', 'rejected'))
    or (OLD.status = 'approved' and NEW.status in ('funded', 'rejected')))
BEGIN
  SELECT RAISE(ABORT, 'replenishment_requests: not a legal step');
END;

CREATE TRIGGER payment_executions_segregation BEFORE INSERT ON payment_executions
WHEN EXISTS (
    SELECT 1 FROM payments p JOIN requisitions r ON r.id = p.requisition_id
    WHERE p.id = NEW.payment_id AND (r.requested_by = NEW.executor_id OR p.requester_id = NEW.executor_id OR r.requested_by <> NEW.requester_id)
  ) OR EXISTS (
    SELECT 1 FROM payments p JOIN requisition_approvals a ON a.requisition_id = p.requisition_id
    WHERE p.id = NEW.payment_id AND a.approver_id = NEW.executor_id
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_executions: executor requested or approved it');
END;

-- What is looked for stands in `id = ... AND (...) IS TRUE`, so that no planner finds it by another index than that of the id.
CREATE TRIGGER payment_executions_terms BEFORE INSERT ON payment_executions
WHEN NOT EXISTS (
    SELECT 1 FROM payments p
    WHERE p.id = NEW.payment_id AND (p.fund_id = NEW.fund_id AND p.amount_minor = NEW.amount_minor AND p.currency = NEW.currency
      AND p.status = 'success' AND p.executor_id = NEW.executor_id AND p.otp_required = (NEW.challenge_id IS NOT NULL)) IS TRUE
  ) OR NOT EXISTS (
    SELECT 1 FROM payment_attempts a
    WHERE a.id = NEW.attempt_id AND (a.payment_id = NEW.payment_id AND a.state = 'paid' AND a.executor_id = NEW.executor_id) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_executions: not the terms of the payment');
END;

CREATE TRIGGER payments_segregation BEFORE UPDATE OF executor_id ON payments
WHEN NEW.executor_id IS NOT NULL AND (NEW.executor_id = NEW.requester_id OR EXISTS (
    SELECT 1 FROM requisition_approvals a WHERE a.requisition_id = NEW.requisition_id AND a.approver_id = NEW.executor_id
  ))
BEGIN
  SELECT RAISE(ABORT, 'payments: executor requested or approved it');
END;

CREATE TRIGGER payments_terms BEFORE INSERT ON payments
WHEN NOT EXISTS (
    SELECT 1 FROM requisitions r JOIN funds f ON f.id = NEW.fund_id
    WHERE r.id = NEW.requisition_id AND (r.requested_by = NEW.requester_id AND r.currency = NEW.currency AND f.currency = NEW.currency
      AND r.method = NEW.method AND r.destination = NEW.destination AND r.payee = NEW.payee AND r.amount_minor >= NEW.amount_minor) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payments: not the terms of the requisition');
END;

CREATE TRIGGER requisition_approvals_segregation BEFORE INSERT ON requisition_approvals
WHEN EXISTS (SELECT 1 FROM requisitions r WHERE r.id = NEW.requisition_id AND r.requested_by = NEW.approver_id)
  OR EXISTS (
    SELECT 1 FROM payments p
    WHERE p.requisition_id = NEW.requisition_id AND p.executor_id = NEW.approver_id AND p.status IN ('executing', 'success', 'reconciled', 'reversed')
  )
BEGIN
  SELECT RAISE(ABORT, 'requisition_approvals: approver requested or executed it');
END;

CREATE TRIGGER ledger_entries_in_step BEFORE INSERT ON ledger_entries
WHEN NOT EXISTS (
    SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND f.entry_seq = NEW.seq AND f.balance_minor = NEW.balance_after_minor
  ) OR NEW.balance_after_minor <> COALESCE(
    (SELECT e.balance_after_minor FROM ledger_entries e WHERE e.fund_id = NEW.fund_id AND e.seq = NEW.seq - 1), 0
  ) + CASE NEW.type WHEN 'debit' THEN -NEW.amount_minor ELSE NEW.amount_minor END
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries: not in step with the fund');
END;

CREATE TRIGGER audit_events_linked BEFORE INSERT ON audit_events
WHEN NEW.previous_hash <> COALESCE(
    (SELECT e.hash FROM audit_events e WHERE e.chain = NEW.chain AND e.seq = NEW.seq - 1),
    '0000000000000000000000000000000000000000000000000000000000000000'
  ) OR (NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.chain = NEW.chain AND e.seq = NEW.seq - 1))
BEGIN
  SELECT RAISE(ABORT, 'audit_events: not linked to the event before');
END;

CREATE TRIGGER funds_balance_by_entry BEFORE UPDATE OF balance_minor ON funds
WHEN NEW.balance_minor <> OLD.balance_minor AND NEW.entry_seq <> OLD.entry_seq + 1
BEGIN
  SELECT RAISE(ABORT, 'funds: balances move only by ledger entries');
END;

CREATE TRIGGER users_no_replace_by_update BEFORE UPDATE OF email, phone ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id <> NEW.id AND (email = NEW.email OR phone = NEW.phone))
BEGIN
  SELECT RAISE(ABORT, 'users are never replaced');
END;

CREATE TRIGGER replenishment_requests_no_replace_by_update BEFORE UPDATE OF reference ON replenishment_requests
WHEN EXISTS (SELECT 1 FROM replenishment_requests WHERE id <> NEW.id AND reference = NEW.reference)
BEGIN
  SELECT RAISE(ABORT, 'replenishment_requests are never replaced');
END;

CREATE TRIGGER payments_paid_fixed BEFORE UPDATE OF executor_id, executed_at, otp_required, retry_count, last_error ON payments
WHEN OLD.status IN ('success', 'reconciled', 'reversed') AND (NEW.executor_id IS NOT OLD.executor_id OR NEW.executed_at IS NOT OLD.executed_at OR NEW.otp_required IS NOT OLD.otp_required OR NEW.retry_count IS NOT OLD.retry_count OR NEW.last_error IS NOT OLD.last_error)
BEGIN
  SELECT RAISE(ABORT, 'payments: what was paid never changes');
END;

CREATE TRIGGER payments_retries_only_grow BEFORE UPDATE OF retry_count ON payments
WHEN NEW.retry_count < OLD.retry_count
BEGIN
  SELECT RAISE(ABORT, 'payments: failed attempts are never forgotten');
END;

CREATE TRIGGER payments_born_pending BEFORE INSERT ON payments
WHEN NEW.status <> 'pending' OR NEW.executor_id IS NOT NULL OR NEW.executed_at IS NOT NULL OR NEW.retry_count <> 0
BEGIN
  SELECT RAISE(ABORT, 'payments: a new payment is pending and nobody has executed it');
END;

CREATE TRIGGER payment_attempts_closed_fixed BEFORE UPDATE OF gateway_reference, error, evidence, sent_at, closed_at ON payment_attempts
WHEN OLD.state IN ('paid', 'failed') AND (NEW.gateway_reference IS NOT OLD.gateway_reference OR NEW.error IS NOT OLD.error OR NEW.evidence IS NOT OLD.evidence OR NEW.sent_at IS NOT OLD.sent_at OR NEW.closed_at IS NOT OLD.closed_at)
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: a closed attempt never changes');
END;

CREATE TRIGGER otp_challenges_once BEFORE UPDATE OF sent_at, verified_at, consumed_at, voided_at ON otp_challenges
WHEN (OLD.sent_at IS NOT NULL AND NEW.sent_at IS NOT OLD.sent_at) OR (OLD.verified_at IS NOT NULL AND NEW.verified_at IS NOT OLD.verified_at) OR (OLD.consumed_at IS NOT NULL AND NEW.consumed_at IS NOT OLD.consumed_at) OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS NOT OLD.voided_at)
  OR (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.voided_at IS NOT NULL OR NEW.verified_at > NEW.expires_at))
  OR (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL AND (NEW.verified_at IS NULL OR NEW.voided_at IS NOT NULL))
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: a code is sent, verified, used and voided once, in this order');
END;

CREATE TRIGGER otp_challenges_tries_count BEFORE UPDATE OF failures ON otp_challenges
WHEN NEW.failures < OLD.failures AND (NEW.failures <> OLD.failures - 1 OR NEW.verified_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: wrong tries are never forgotten');
END;

CREATE TRIGGER requisitions_terms BEFORE UPDATE OF payee, amount_minor, method, destination, purpose, category, revision ON requisitions
WHEN (NEW.payee IS NOT OLD.payee OR NEW.amount_minor IS NOT OLD.amount_minor OR NEW.method IS NOT OLD.method OR NEW.destination IS NOT OLD.destination OR NEW.purpose IS NOT OLD.purpose OR NEW.category IS NOT OLD.category OR NEW.revision IS NOT OLD.revision) AND (NEW.status <> 'submitted' OR NEW.revision <> OLD.revision + 1)
BEGIN
  SELECT RAISE(ABORT, 'requisitions: other terms are another revision that is not approved yet');
END;

CREATE TRIGGER payment_executions_code BEFORE INSERT ON payment_executions
WHEN NEW.challenge_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM otp_challenges c
    WHERE c.id = NEW.challenge_id AND (c.payment_id = NEW.payment_id AND c.executor_id = NEW.executor_id
      AND c.consumed_at IS NOT NULL AND c.voided_at IS NULL AND c.verified_at = NEW.otp_verified_at AND NEW.otp_verified_by = c.executor_id) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_executions: not a used code of this payment and executor');
END;

CREATE TRIGGER ledger_entries_execution BEFORE INSERT ON ledger_entries
WHEN NEW.kind = 'payment' AND NOT EXISTS (
    SELECT 1 FROM payment_executions e
    WHERE e.id = NEW.execution_id AND (NEW.type = 'debit' AND e.payment_id = NEW.payment_id AND e.fund_id = NEW.fund_id AND e.amount_minor = NEW.amount_minor) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries: not the debit of its execution');
END;
