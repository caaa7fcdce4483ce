-- Differences found after the fact, of payments and of counts, and what the database itself refuses about them.

CREATE TABLE `variance_adjustments` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`fund_id` text NOT NULL,
	`payment_id` text,
	`original_minor` integer NOT NULL,
	`adjusted_minor` integer NOT NULL,
	`variance_minor` integer NOT NULL,
	`reason` text NOT NULL,
	`evidence` text,
	`match_id` text,
	`status` text NOT NULL,
	`recorded_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`decided_reason` text,
	`policy_version` integer,
	`entry_id` text,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`match_id`) REFERENCES `matches`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`recorded_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decided_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`entry_id`) REFERENCES `ledger_entries`(`id`) ON UPDATE no action ON DELETE no action DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT "variance_adjustments_status" CHECK("variance_adjustments"."status" in ('pending', 'approved', 'rejected')),
	CONSTRAINT "variance_adjustments_figures" CHECK("variance_adjustments"."adjusted_minor" between 0 and 9007199254740991 and "variance_adjustments"."variance_minor" between -9007199254740991 and 9007199254740991 and "variance_adjustments"."variance_minor" <> 0 and "variance_adjustments"."variance_minor" = "variance_adjustments"."adjusted_minor" - "variance_adjustments"."original_minor"),
	CONSTRAINT "variance_adjustments_decided" CHECK(("variance_adjustments"."status" = 'pending' and "variance_adjustments"."decided_by" is null and "variance_adjustments"."decided_at" is null and "variance_adjustments"."decided_reason" is null and "variance_adjustments"."policy_version" is null) or ("variance_adjustments"."status" <> 'pending' and "variance_adjustments"."decided_by" is not null and "variance_adjustments"."decided_at" is not null and "variance_adjustments"."policy_version" is not null)),
	CONSTRAINT "variance_adjustments_applied" CHECK(("variance_adjustments"."status" = 'approved') = ("variance_adjustments"."entry_id" is not null)),
	CONSTRAINT "variance_adjustments_people_differ" CHECK("variance_adjustments"."decided_by" is null or "variance_adjustments"."decided_by" <> "variance_adjustments"."recorded_by"),
	CONSTRAINT "variance_adjustments_match_of_payment" CHECK("variance_adjustments"."match_id" is null or "variance_adjustments"."payment_id" is not null)
) STRICT;
CREATE UNIQUE INDEX `variance_adjustments_ref_unique` ON `variance_adjustments` (`ref`);
CREATE UNIQUE INDEX `variance_adjustments_match_id_unique` ON `variance_adjustments` (`match_id`);
CREATE UNIQUE INDEX `variance_adjustments_entry_id_unique` ON `variance_adjustments` (`entry_id`);
CREATE UNIQUE INDEX `variance_adjustments_one_pending` ON `variance_adjustments` (`payment_id`) WHERE status = 'pending';
CREATE UNIQUE INDEX `variance_adjustments_one_pending_count` ON `variance_adjustments` (`fund_id`) WHERE status = 'pending' and payment_id is null;
CREATE INDEX `variance_adjustments_pending` ON `variance_adjustments` (`fund_id`,`created_at`,`id`) WHERE status = 'pending';
CREATE INDEX `variance_adjustments_payment` ON `variance_adjustments` (`payment_id`);
CREATE INDEX `variance_adjustments_created` ON `variance_adjustments` (`created_at`,`id`);
CREATE INDEX `variance_adjustments_fund_created` ON `variance_adjustments` (`fund_id`,`created_at`,`id`);

CREATE TRIGGER variance_adjustments_no_delete BEFORE DELETE ON variance_adjustments
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments are never deleted');
END;

CREATE TRIGGER variance_adjustments_no_replace BEFORE INSERT ON variance_adjustments
WHEN EXISTS (SELECT 1 FROM variance_adjustments WHERE id = NEW.id OR ref = NEW.ref OR match_id = NEW.match_id OR entry_id = NEW.entry_id)
  OR (NEW.status = 'pending' AND EXISTS (SELECT 1 FROM variance_adjustments WHERE status = 'pending' AND (payment_id = NEW.payment_id OR (payment_id IS NULL AND NEW.payment_id IS NULL AND fund_id = NEW.fund_id))))
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments are never replaced');
END;

CREATE TRIGGER variance_adjustments_no_replace_by_update BEFORE UPDATE OF entry_id ON variance_adjustments
WHEN EXISTS (SELECT 1 FROM variance_adjustments WHERE id <> NEW.id AND entry_id = NEW.entry_id)
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments are never replaced');
END;

CREATE TRIGGER variance_adjustments_fixed BEFORE UPDATE OF id, ref, fund_id, payment_id, original_minor, adjusted_minor, variance_minor, reason, evidence, match_id, recorded_by, created_at ON variance_adjustments
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.fund_id IS NOT OLD.fund_id OR NEW.payment_id IS NOT OLD.payment_id OR NEW.original_minor IS NOT OLD.original_minor OR NEW.adjusted_minor IS NOT OLD.adjusted_minor OR NEW.variance_minor IS NOT OLD.variance_minor OR NEW.reason IS NOT OLD.reason OR NEW.evidence IS NOT OLD.evidence OR NEW.match_id IS NOT OLD.match_id OR NEW.recorded_by IS NOT OLD.recorded_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: what was fixed at creation never changes');
END;

CREATE TRIGGER variance_adjustments_decided_once BEFORE UPDATE OF status, decided_by, decided_at, decided_reason, policy_version, entry_id ON variance_adjustments
WHEN OLD.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: what was decided stays decided');
END;

CREATE TRIGGER variance_adjustments_born_pending BEFORE INSERT ON variance_adjustments
WHEN NEW.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: a new variance is pending');
END;

CREATE TRIGGER variance_adjustments_terms BEFORE INSERT ON variance_adjustments
WHEN (NEW.payment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM payments p
    WHERE p.id = NEW.payment_id AND (p.fund_id = NEW.fund_id AND p.status IN ('success', 'reconciled')
      AND NEW.original_minor = p.amount_minor + COALESCE((SELECT SUM(v.variance_minor) FROM variance_adjustments v WHERE v.payment_id = p.id AND v.status = 'approved'), 0)) IS TRUE
  )) OR (NEW.payment_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND (f.balance_minor = NEW.original_minor) IS TRUE
  ))
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: not a difference to what the books say');
END;

CREATE TRIGGER variance_adjustments_match BEFORE INSERT ON variance_adjustments
WHEN NEW.match_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM matches m JOIN ledger_entries e ON e.id = m.entry_id
    WHERE m.id = NEW.match_id AND (m.undone_at IS NULL AND e.kind = 'payment' AND e.payment_id = NEW.payment_id) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: not a live match of its payment');
END;

CREATE TRIGGER variance_adjustments_segregation BEFORE UPDATE OF decided_by ON variance_adjustments
WHEN NEW.decided_by IS NOT NULL AND EXISTS (
    SELECT 1 FROM payments p WHERE p.id = NEW.payment_id AND (p.requester_id = NEW.decided_by OR p.executor_id = NEW.decided_by)
  )
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: decided by who requested or executed the payment');
END;

CREATE TRIGGER variance_adjustments_of_paid BEFORE UPDATE OF status ON variance_adjustments
WHEN NEW.status = 'approved' AND NEW.payment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM payments p WHERE p.id = NEW.payment_id AND (p.status IN ('success', 'reconciled')) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'variance_adjustments: approved for a payment that is not paid');
END;

CREATE TRIGGER ledger_entries_variance BEFORE INSERT ON ledger_entries
WHEN NEW.kind = 'variance' AND NOT EXISTS (
    SELECT 1 FROM variance_adjustments v
    WHERE v.entry_id = NEW.id AND (v.status = 'approved' AND NEW.type = 'adjustment' AND v.fund_id = NEW.fund_id
      AND v.payment_id IS NEW.payment_id
      AND NEW.amount_minor = CASE WHEN v.payment_id IS NULL THEN v.variance_minor ELSE -v.variance_minor END) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries: not the adjustment of its approved variance');
END;

CREATE TRIGGER payments_reversed_unadjusted BEFORE UPDATE OF status ON payments
WHEN NEW.status = 'reversed' AND OLD.status <> 'reversed' AND (EXISTS (SELECT 1 FROM variance_adjustments v WHERE v.payment_id = NEW.id AND v.status = 'pending')
    OR (SELECT COALESCE(SUM(v.variance_minor), 0) FROM variance_adjustments v WHERE v.payment_id = NEW.id AND v.status = 'approved') <> 0)
BEGIN
  SELECT RAISE(ABORT, 'payments: reversed with a variance');
END;
