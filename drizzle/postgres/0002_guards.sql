-- What the database itself refuses, whoever asks: changed or deleted records, illegal steps, people in two duties.

CREATE FUNCTION treasury_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER payment_executions_no_update BEFORE UPDATE ON payment_executions FOR EACH ROW EXECUTE FUNCTION treasury_refuse('payment_executions are immutable');

CREATE TRIGGER payment_executions_no_delete BEFORE DELETE ON payment_executions FOR EACH ROW EXECUTE FUNCTION treasury_refuse('payment_executions are immutable');

CREATE TRIGGER payment_executions_no_truncate BEFORE TRUNCATE ON payment_executions FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('payment_executions are immutable');

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION treasury_refuse('ledger_entries are immutable');

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION treasury_refuse('ledger_entries are immutable');

CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('ledger_entries are immutable');

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events FOR EACH ROW EXECUTE FUNCTION treasury_refuse('audit_events are immutable');

CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION treasury_refuse('audit_events are immutable');

CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('audit_events are immutable');

CREATE TRIGGER requisition_approvals_no_update BEFORE UPDATE ON requisition_approvals FOR EACH ROW EXECUTE FUNCTION treasury_refuse('requisition_approvals are immutable');

CREATE TRIGGER requisition_approvals_no_delete BEFORE DELETE ON requisition_approvals FOR EACH ROW EXECUTE FUNCTION treasury_refuse('requisition_approvals are immutable');

CREATE TRIGGER requisition_approvals_no_truncate BEFORE TRUNCATE ON requisition_approvals FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('requisition_approvals are immutable');

CREATE TRIGGER office_no_delete BEFORE DELETE ON office FOR EACH ROW EXECUTE FUNCTION treasury_refuse('office are never deleted');

CREATE TRIGGER office_no_truncate BEFORE TRUNCATE ON office FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('office are never deleted');

CREATE TRIGGER companies_no_delete BEFORE DELETE ON companies FOR EACH ROW EXECUTE FUNCTION treasury_refuse('companies are never deleted');

CREATE TRIGGER companies_no_truncate BEFORE TRUNCATE ON companies FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('companies are never deleted');

CREATE TRIGGER regions_no_delete BEFORE DELETE ON regions FOR EACH ROW EXECUTE FUNCTION treasury_refuse('regions are never deleted');

CREATE TRIGGER regions_no_truncate BEFORE TRUNCATE ON regions FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('regions are never deleted');

CREATE TRIGGER branches_no_delete BEFORE DELETE ON branches FOR EACH ROW EXECUTE FUNCTION treasury_refuse('branches are never deleted');

CREATE TRIGGER branches_no_truncate BEFORE TRUNCATE ON branches FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('branches are never deleted');

CREATE TRIGGER users_no_delete BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION treasury_refuse('users are never deleted');

CREATE TRIGGER users_no_truncate BEFORE TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('users are never deleted');

CREATE TRIGGER role_grants_no_delete BEFORE DELETE ON role_grants FOR EACH ROW EXECUTE FUNCTION treasury_refuse('role_grants are never deleted');

CREATE TRIGGER role_grants_no_truncate BEFORE TRUNCATE ON role_grants FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('role_grants are never deleted');

CREATE TRIGGER funds_no_delete BEFORE DELETE ON funds FOR EACH ROW EXECUTE FUNCTION treasury_refuse('funds are never deleted');

CREATE TRIGGER funds_no_truncate BEFORE TRUNCATE ON funds FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('funds are never deleted');

CREATE TRIGGER requisitions_no_delete BEFORE DELETE ON requisitions FOR EACH ROW EXECUTE FUNCTION treasury_refuse('requisitions are never deleted');

CREATE TRIGGER requisitions_no_truncate BEFORE TRUNCATE ON requisitions FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('requisitions are never deleted');

CREATE TRIGGER payments_no_delete BEFORE DELETE ON payments FOR EACH ROW EXECUTE FUNCTION treasury_refuse('payments are never deleted');

CREATE TRIGGER payments_no_truncate BEFORE TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('payments are never deleted');

CREATE TRIGGER payment_attempts_no_delete BEFORE DELETE ON payment_attempts FOR EACH ROW EXECUTE FUNCTION treasury_refuse('payment_attempts are never deleted');

CREATE TRIGGER payment_attempts_no_truncate BEFORE TRUNCATE ON payment_attempts FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('payment_attempts are never deleted');

CREATE TRIGGER otp_challenges_no_delete BEFORE DELETE ON otp_challenges FOR EACH ROW EXECUTE FUNCTION treasury_refuse('otp_challenges are never deleted');

CREATE TRIGGER otp_challenges_no_truncate BEFORE TRUNCATE ON otp_challenges FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('otp_challenges are never deleted');

CREATE TRIGGER replenishment_requests_no_delete BEFORE DELETE ON replenishment_requests FOR EACH ROW EXECUTE FUNCTION treasury_refuse('replenishment_requests are never deleted');

CREATE TRIGGER replenishment_requests_no_truncate BEFORE TRUNCATE ON replenishment_requests FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('replenishment_requests are never deleted');

CREATE TRIGGER ledger_totals_no_delete BEFORE DELETE ON ledger_totals FOR EACH ROW EXECUTE FUNCTION treasury_refuse('ledger_totals are never deleted');

CREATE TRIGGER ledger_totals_no_truncate BEFORE TRUNCATE ON ledger_totals FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('ledger_totals are never deleted');

CREATE TRIGGER companies_fixed BEFORE UPDATE OF id, code ON companies FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.code IS DISTINCT FROM OLD.code) EXECUTE FUNCTION treasury_refuse('companies: what was fixed at creation never changes');

CREATE TRIGGER regions_fixed BEFORE UPDATE OF id, code, company_id ON regions FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.code IS DISTINCT FROM OLD.code
  OR NEW.company_id IS DISTINCT FROM OLD.company_id) EXECUTE FUNCTION treasury_refuse('regions: what was fixed at creation never changes');

CREATE TRIGGER branches_fixed BEFORE UPDATE OF id, code, company_id, region_id ON branches FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.code IS DISTINCT FROM OLD.code
  OR NEW.company_id IS DISTINCT FROM OLD.company_id
  OR NEW.region_id IS DISTINCT FROM OLD.region_id) EXECUTE FUNCTION treasury_refuse('branches: what was fixed at creation never changes');

CREATE TRIGGER users_fixed BEFORE UPDATE OF id, ref, username, created_at ON users FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.ref IS DISTINCT FROM OLD.ref
  OR NEW.username IS DISTINCT FROM OLD.username
  OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('users: what was fixed at creation never changes');

CREATE TRIGGER role_grants_fixed BEFORE UPDATE OF id, user_id, role, company_id, region_id, branch_id, granted_by, granted_at ON role_grants FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.user_id IS DISTINCT FROM OLD.user_id
  OR NEW.role IS DISTINCT FROM OLD.role
  OR NEW.company_id IS DISTINCT FROM OLD.company_id
  OR NEW.region_id IS DISTINCT FROM OLD.region_id
  OR NEW.branch_id IS DISTINCT FROM OLD.branch_id
  OR NEW.granted_by IS DISTINCT FROM OLD.granted_by
  OR NEW.granted_at IS DISTINCT FROM OLD.granted_at) EXECUTE FUNCTION treasury_refuse('role_grants: what was fixed at creation never changes');

CREATE TRIGGER funds_fixed BEFORE UPDATE OF id, ref, code, company_id, region_id, branch_id, currency, created_by, created_at ON funds FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.ref IS DISTINCT FROM OLD.ref
  OR NEW.code IS DISTINCT FROM OLD.code
  OR NEW.company_id IS DISTINCT FROM OLD.company_id
  OR NEW.region_id IS DISTINCT FROM OLD.region_id
  OR NEW.branch_id IS DISTINCT FROM OLD.branch_id
  OR NEW.currency IS DISTINCT FROM OLD.currency
  OR NEW.created_by IS DISTINCT FROM OLD.created_by
  OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('funds: what was fixed at creation never changes');

CREATE TRIGGER requisitions_fixed BEFORE UPDATE OF id, ref, number, requested_by, company_id, region_id, branch_id, currency, created_at ON requisitions FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.ref IS DISTINCT FROM OLD.ref
  OR NEW.number IS DISTINCT FROM OLD.number
  OR NEW.requested_by IS DISTINCT FROM OLD.requested_by
  OR NEW.company_id IS DISTINCT FROM OLD.company_id
  OR NEW.region_id IS DISTINCT FROM OLD.region_id
  OR NEW.branch_id IS DISTINCT FROM OLD.branch_id
  OR NEW.currency IS DISTINCT FROM OLD.currency
  OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('requisitions: what was fixed at creation never changes');

CREATE TRIGGER payments_fixed BEFORE UPDATE OF id, ref, requisition_id, fund_id, currency, amount_minor, method, destination, payee, requester_id, created_by, max_retries, created_at ON payments FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.ref IS DISTINCT FROM OLD.ref
  OR NEW.requisition_id IS DISTINCT FROM OLD.requisition_id
  OR NEW.fund_id IS DISTINCT FROM OLD.fund_id
  OR NEW.currency IS DISTINCT FROM OLD.currency
  OR NEW.amount_minor IS DISTINCT FROM OLD.amount_minor
  OR NEW.method IS DISTINCT FROM OLD.method
  OR NEW.destination IS DISTINCT FROM OLD.destination
  OR NEW.payee IS DISTINCT FROM OLD.payee
  OR NEW.requester_id IS DISTINCT FROM OLD.requester_id
  OR NEW.created_by IS DISTINCT FROM OLD.created_by
  OR NEW.max_retries IS DISTINCT FROM OLD.max_retries
  OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('payments: what was fixed at creation never changes');

CREATE TRIGGER payment_attempts_fixed BEFORE UPDATE OF id, ref, payment_id, number, idempotency_key, request_hash, gateway, gateway_account, executor_id, challenge_id, reserved_minor, created_at ON payment_attempts FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.ref IS DISTINCT FROM OLD.ref
  OR NEW.payment_id IS DISTINCT FROM OLD.payment_id
  OR NEW.number IS DISTINCT FROM OLD.number
  OR NEW.idempotency_key IS DISTINCT FROM OLD.idempotency_key
  OR NEW.request_hash IS DISTINCT FROM OLD.request_hash
  OR NEW.gateway IS DISTINCT FROM OLD.gateway
  OR NEW.gateway_account IS DISTINCT FROM OLD.gateway_account
  OR NEW.executor_id IS DISTINCT FROM OLD.executor_id
  OR NEW.challenge_id IS DISTINCT FROM OLD.challenge_id
  OR NEW.reserved_minor IS DISTINCT FROM OLD.reserved_minor
  OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('payment_attempts: what was fixed at creation never changes');

CREATE TRIGGER otp_challenges_fixed BEFORE UPDATE OF id, payment_id, executor_id, digest, code_hash, created_at, expires_at ON otp_challenges FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.payment_id IS DISTINCT FROM OLD.payment_id
  OR NEW.executor_id IS DISTINCT FROM OLD.executor_id
  OR NEW.digest IS DISTINCT FROM OLD.digest
  OR NEW.code_hash IS DISTINCT FROM OLD.code_hash
  OR NEW.created_at IS DISTINCT FROM OLD.created_at
  OR NEW.expires_at IS DISTINCT FROM OLD.expires_at) EXECUTE FUNCTION treasury_refuse('otp_challenges: what was fixed at creation never changes');

CREATE TRIGGER replenishment_requests_fixed BEFORE UPDATE OF id, ref, fund_id, auto_triggered, requested_by, reason, created_at ON replenishment_requests FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
  OR NEW.ref IS DISTINCT FROM OLD.ref
  OR NEW.fund_id IS DISTINCT FROM OLD.fund_id
  OR NEW.auto_triggered IS DISTINCT FROM OLD.auto_triggered
  OR NEW.requested_by IS DISTINCT FROM OLD.requested_by
  OR NEW.reason IS DISTINCT FROM OLD.reason
  OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('replenishment_requests: what was fixed at creation never changes');

CREATE TRIGGER payments_legal_step BEFORE UPDATE OF status ON payments FOR EACH ROW WHEN (NOT (OLD.status = NEW.status
    or (OLD.status = 'pending' and NEW.status in ('executing', 'success', 'failed', 'cancelled'))
    or (OLD.status = 'executing' and NEW.status in ('success', 'failed'))
    or (OLD.status = 'failed' and NEW.status in ('pending', 'cancelled'))
    or (OLD.status = 'success' and NEW.status in ('reconciled', 'reversed'))
    or (OLD.status = 'reconciled' and NEW.status in ('success', 'reversed')))) EXECUTE FUNCTION treasury_refuse('payments: not a legal step');

CREATE TRIGGER requisitions_legal_step BEFORE UPDATE OF status ON requisitions FOR EACH ROW WHEN (NOT (OLD.status = NEW.status
    or (OLD.status = 'submitted' and NEW.status in ('approved', 'rejected', 'cancelled'))
    or (OLD.status = 'approved' and NEW.status in ('paid', 'submitted', 'cancelled'))
    or (OLD.status = 'rejected' and NEW.status in ('submitted'))
    or (OLD.status = 'paid' and NEW.status in ('approved', 'submitted')))) EXECUTE FUNCTION treasury_refuse('requisitions: not a legal step');

CREATE TRIGGER payment_attempts_legal_step BEFORE UPDATE OF state ON payment_attempts FOR EACH ROW WHEN (NOT (OLD.state = NEW.state
    or (OLD.state = 'reserved' and NEW.state in ('sent', 'failed', 'paid'))
    or (OLD.state = 'sent' and NEW.state in ('accepted', 'paid', 'failed', 'unknown'))
    or (OLD.state = 'accepted' and NEW.state in ('paid', 'failed', 'unknown'))
    or (OLD.state = 'unknown' and NEW.state in ('paid', 'failed')))) EXECUTE FUNCTION treasury_refuse('payment_attempts: not a legal step');

CREATE TRIGGER replenishment_requests_legal_step BEFORE UPDATE OF status ON replenishment_requests FOR EACH ROW WHEN (NOT (OLD.status = NEW.status
    or (OLD.status = 'pending' and NEW.status in ('approved', 'rejected'))
    or (OLD.status = 'approved' and NEW.status in ('funded', 'rejected')))) EXECUTE FUNCTION treasury_refuse('replenishment_requests: not a legal step');

CREATE FUNCTION treasury_payment_executions_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM payments p JOIN requisitions r ON r.id = p.requisition_id
    WHERE p.id = NEW.payment_id AND (r.requested_by = NEW.executor_id OR p.requester_id = NEW.executor_id OR r.requested_by <> NEW.requester_id)
  ) OR EXISTS (
    SELECT 1 FROM payments p JOIN requisition_approvals a ON a.requisition_id = p.requisition_id
    WHERE p.id = NEW.payment_id AND a.approver_id = NEW.executor_id
  ) THEN
    RAISE EXCEPTION 'payment_executions: executor requested or approved it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_executions_segregation BEFORE INSERT ON payment_executions FOR EACH ROW EXECUTE FUNCTION treasury_payment_executions_segregation();

-- What is looked for stands in `id = ... AND (...) IS TRUE`, so that no planner finds it by another index than that of the id.
CREATE FUNCTION treasury_payment_executions_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM payments p
    WHERE p.id = NEW.payment_id AND (p.fund_id = NEW.fund_id AND p.amount_minor = NEW.amount_minor AND p.currency = NEW.currency
      AND p.status = 'success' AND p.executor_id = NEW.executor_id AND p.otp_required = (NEW.challenge_id IS NOT NULL)) IS TRUE
  ) OR NOT EXISTS (
    SELECT 1 FROM payment_attempts a
    WHERE a.id = NEW.attempt_id AND (a.payment_id = NEW.payment_id AND a.state = 'paid' AND a.executor_id = NEW.executor_id) IS TRUE
  ) THEN
    RAISE EXCEPTION 'payment_executions: not the terms of the payment' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_executions_terms BEFORE INSERT ON payment_executions FOR EACH ROW EXECUTE FUNCTION treasury_payment_executions_terms();

CREATE FUNCTION treasury_payments_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.executor_id IS NOT NULL AND (NEW.executor_id = NEW.requester_id OR EXISTS (
    SELECT 1 FROM requisition_approvals a WHERE a.requisition_id = NEW.requisition_id AND a.approver_id = NEW.executor_id
  )) THEN
    RAISE EXCEPTION 'payments: executor requested or approved it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_segregation BEFORE UPDATE OF executor_id ON payments FOR EACH ROW EXECUTE FUNCTION treasury_payments_segregation();

CREATE FUNCTION treasury_payments_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM requisitions r JOIN funds f ON f.id = NEW.fund_id
    WHERE r.id = NEW.requisition_id AND (r.requested_by = NEW.requester_id AND r.currency = NEW.currency AND f.currency = NEW.currency
      AND r.method = NEW.method AND r.destination = NEW.destination AND r.payee = NEW.payee AND r.amount_minor >= NEW.amount_minor) IS TRUE
  ) THEN
    RAISE EXCEPTION 'payments: not the terms of the requisition' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_terms BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION treasury_payments_terms();

CREATE FUNCTION treasury_requisition_approvals_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM requisitions r WHERE r.id = NEW.requisition_id AND r.requested_by = NEW.approver_id)
    OR EXISTS (
      SELECT 1 FROM payments p
      WHERE p.requisition_id = NEW.requisition_id AND p.executor_id = NEW.approver_id AND p.status IN ('executing', 'success', 'reconciled', 'reversed')
    ) THEN
    RAISE EXCEPTION 'requisition_approvals: approver requested or executed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requisition_approvals_segregation BEFORE INSERT ON requisition_approvals FOR EACH ROW EXECUTE FUNCTION treasury_requisition_approvals_segregation();

CREATE FUNCTION treasury_ledger_entries_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND f.entry_seq = NEW.seq AND f.balance_minor = NEW.balance_after_minor
  ) OR NEW.balance_after_minor <> COALESCE(
    (SELECT e.balance_after_minor FROM ledger_entries e WHERE e.fund_id = NEW.fund_id AND e.seq = NEW.seq - 1), 0
  ) + (CASE NEW.type WHEN 'debit' THEN -NEW.amount_minor ELSE NEW.amount_minor END) THEN
    RAISE EXCEPTION 'ledger_entries: not in step with the fund' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_in_step BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION treasury_ledger_entries_in_step();

CREATE FUNCTION treasury_audit_events_linked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.previous_hash <> COALESCE(
    (SELECT e.hash FROM audit_events e WHERE e.chain = NEW.chain AND e.seq = NEW.seq - 1),
    '0000000000000000000000000000000000000000000000000000000000000000'
  ) OR (NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.chain = NEW.chain AND e.seq = NEW.seq - 1)) THEN
    RAISE EXCEPTION 'audit_events: not linked to the event before' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_events_linked BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION treasury_audit_events_linked();

CREATE TRIGGER funds_balance_by_entry BEFORE UPDATE OF balance_minor ON funds FOR EACH ROW WHEN (NEW.balance_minor <> OLD.balance_minor AND NEW.entry_seq <> OLD.entry_seq + 1) EXECUTE FUNCTION treasury_refuse('funds: balances move only by ledger entries');

CREATE TRIGGER payments_paid_fixed BEFORE UPDATE OF executor_id, executed_at, otp_required, retry_count, last_error ON payments FOR EACH ROW WHEN (OLD.status IN ('success', 'reconciled', 'reversed') AND (NEW.executor_id IS DISTINCT FROM OLD.executor_id OR NEW.executed_at IS DISTINCT FROM OLD.executed_at OR NEW.otp_required IS DISTINCT FROM OLD.otp_required OR NEW.retry_count IS DISTINCT FROM OLD.retry_count OR NEW.last_error IS DISTINCT FROM OLD.last_error)) EXECUTE FUNCTION treasury_refuse('payments: what was paid never changes');

CREATE TRIGGER payments_retries_only_grow BEFORE UPDATE OF retry_count ON payments FOR EACH ROW WHEN (NEW.retry_count < OLD.retry_count) EXECUTE FUNCTION treasury_refuse('payments: failed attempts are never forgotten');

CREATE TRIGGER payments_born_pending BEFORE INSERT ON payments FOR EACH ROW WHEN (NEW.status <> 'pending' OR NEW.executor_id IS NOT NULL OR NEW.executed_at IS NOT NULL OR NEW.retry_count <> 0) EXECUTE FUNCTION treasury_refuse('payments: a new payment is pending and nobody has executed it');

CREATE TRIGGER payment_attempts_closed_fixed BEFORE UPDATE OF gateway_reference, error, evidence, sent_at, closed_at ON payment_attempts FOR EACH ROW WHEN (OLD.state IN ('paid', 'failed') AND (NEW.gateway_reference IS DISTINCT FROM OLD.gateway_reference OR NEW.error IS DISTINCT FROM OLD.error OR NEW.evidence IS DISTINCT FROM OLD.evidence OR NEW.sent_at IS DISTINCT FROM OLD.sent_at OR NEW.closed_at IS DISTINCT FROM OLD.closed_at)) EXECUTE FUNCTION treasury_refuse('payment_attempts: a closed attempt never changes');

CREATE TRIGGER otp_challenges_once BEFORE UPDATE OF sent_at, verified_at, consumed_at, voided_at ON otp_challenges FOR EACH ROW WHEN ((OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at) OR (OLD.verified_at IS NOT NULL AND NEW.verified_at IS DISTINCT FROM OLD.verified_at) OR (OLD.consumed_at IS NOT NULL AND NEW.consumed_at IS DISTINCT FROM OLD.consumed_at) OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at)
  OR (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.voided_at IS NOT NULL OR NEW.verified_at > NEW.expires_at))
  OR (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL AND (NEW.verified_at IS NULL OR NEW.voided_at IS NOT NULL))) EXECUTE FUNCTION treasury_refuse('otp_challenges: a code is sent, verified, used and voided once, in this order');

CREATE TRIGGER otp_challenges_tries_count BEFORE UPDATE OF failures ON otp_challenges FOR EACH ROW WHEN (NEW.failures < OLD.failures AND (NEW.failures <> OLD.failures - 1 OR NEW.verified_at IS NULL)) EXECUTE FUNCTION treasury_refuse('otp_challenges: wrong tries are never forgotten');

CREATE TRIGGER requisitions_terms BEFORE UPDATE OF payee, amount_minor, method, destination, purpose, category, revision ON requisitions FOR EACH ROW WHEN ((NEW.payee IS DISTINCT FROM OLD.payee OR NEW.amount_minor IS DISTINCT FROM OLD.amount_minor OR NEW.method IS DISTINCT FROM OLD.method OR NEW.destination IS DISTINCT FROM OLD.destination OR NEW.purpose IS DISTINCT FROM OLD.purpose OR NEW.category IS DISTINCT FROM OLD.category OR NEW.revision IS DISTINCT FROM OLD.revision) AND (NEW.status <> 'submitted' OR NEW.revision <> OLD.revision + 1)) EXECUTE FUNCTION treasury_refuse('requisitions: other terms are another revision that is not approved yet');

CREATE FUNCTION treasury_payment_executions_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.challenge_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM otp_challenges c
    WHERE c.id = NEW.challenge_id AND (c.payment_id = NEW.payment_id AND c.executor_id = NEW.executor_id
      AND c.consumed_at IS NOT NULL AND c.voided_at IS NULL AND c.verified_at = NEW.otp_verified_at AND NEW.otp_verified_by = c.executor_id) IS TRUE
  ) THEN
    RAISE EXCEPTION 'payment_executions: not a used code of this payment and executor' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_executions_code BEFORE INSERT ON payment_executions FOR EACH ROW EXECUTE FUNCTION treasury_payment_executions_code();

CREATE FUNCTION treasury_ledger_entries_execution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'payment' AND NOT EXISTS (
    SELECT 1 FROM payment_executions e
    WHERE e.id = NEW.execution_id AND (NEW.type = 'debit' AND e.payment_id = NEW.payment_id AND e.fund_id = NEW.fund_id AND e.amount_minor = NEW.amount_minor) IS TRUE
  ) THEN
    RAISE EXCEPTION 'ledger_entries: not the debit of its execution' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_execution BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION treasury_ledger_entries_execution();
