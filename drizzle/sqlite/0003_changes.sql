-- Changes that need two people, the reversals they make, and roles that end by themselves; with what the database itself refuses about them.

CREATE TABLE `change_confirmations` (
	`id` text PRIMARY KEY NOT NULL,
	`change_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`change_id`) REFERENCES `changes`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `change_confirmations_once` ON `change_confirmations` (`change_id`,`user_id`);
CREATE TABLE `changes` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`subject_user_id` text,
	`company_id` text,
	`region_id` text,
	`branch_id` text,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`payload` text NOT NULL,
	`reason` text,
	`proposed_by` text NOT NULL,
	`status` text NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`decided_reason` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`subject_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`branch_id`) REFERENCES `branches`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`proposed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decided_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "changes_status" CHECK("changes"."status" in ('pending', 'confirmed', 'rejected')),
	CONSTRAINT "changes_decided" CHECK(("changes"."status" = 'pending' and "changes"."decided_by" is null and "changes"."decided_at" is null) or ("changes"."status" <> 'pending' and "changes"."decided_by" is not null and "changes"."decided_at" is not null)),
	CONSTRAINT "changes_two_people" CHECK("changes"."status" <> 'confirmed' or ("changes"."decided_by" <> "changes"."proposed_by" and ("changes"."subject_user_id" is null or "changes"."decided_by" <> "changes"."subject_user_id")))
) STRICT;
CREATE UNIQUE INDEX `changes_ref_unique` ON `changes` (`ref`);
CREATE UNIQUE INDEX `changes_one_pending` ON `changes` (`kind`,`subject`) WHERE status = 'pending';
CREATE INDEX `changes_created` ON `changes` (`created_at`,`id`);
CREATE INDEX `changes_subject` ON `changes` (`subject`);
CREATE TABLE `payment_reversals` (
	`id` text PRIMARY KEY NOT NULL,
	`payment_id` text NOT NULL,
	`debit_id` text NOT NULL,
	`credit_id` text NOT NULL,
	`change_id` text NOT NULL,
	`revision` integer NOT NULL,
	`returned_reference` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`debit_id`) REFERENCES `ledger_entries`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`credit_id`) REFERENCES `ledger_entries`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`change_id`) REFERENCES `changes`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `payment_reversals_payment_id_unique` ON `payment_reversals` (`payment_id`);
CREATE UNIQUE INDEX `payment_reversals_debit_id_unique` ON `payment_reversals` (`debit_id`);
CREATE UNIQUE INDEX `payment_reversals_credit_id_unique` ON `payment_reversals` (`credit_id`);
CREATE UNIQUE INDEX `payment_reversals_change_id_unique` ON `payment_reversals` (`change_id`);
CREATE UNIQUE INDEX `payment_reversals_returned_reference_unique` ON `payment_reversals` (`returned_reference`);
ALTER TABLE `role_grants` ADD COLUMN `ends_at` integer;

CREATE TRIGGER change_confirmations_no_update BEFORE UPDATE ON change_confirmations
BEGIN
  SELECT RAISE(ABORT, 'change_confirmations are immutable');
END;

CREATE TRIGGER change_confirmations_no_delete BEFORE DELETE ON change_confirmations
BEGIN
  SELECT RAISE(ABORT, 'change_confirmations are immutable');
END;

CREATE TRIGGER payment_reversals_no_update BEFORE UPDATE ON payment_reversals
BEGIN
  SELECT RAISE(ABORT, 'payment_reversals are immutable');
END;

CREATE TRIGGER payment_reversals_no_delete BEFORE DELETE ON payment_reversals
BEGIN
  SELECT RAISE(ABORT, 'payment_reversals are immutable');
END;

CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
BEGIN
  SELECT RAISE(ABORT, 'changes are never deleted');
END;

CREATE TRIGGER change_confirmations_no_replace BEFORE INSERT ON change_confirmations
WHEN EXISTS (SELECT 1 FROM change_confirmations WHERE id = NEW.id OR (change_id = NEW.change_id AND user_id = NEW.user_id))
BEGIN
  SELECT RAISE(ABORT, 'change_confirmations are immutable');
END;

CREATE TRIGGER payment_reversals_no_replace BEFORE INSERT ON payment_reversals
WHEN EXISTS (SELECT 1 FROM payment_reversals WHERE id = NEW.id OR payment_id = NEW.payment_id OR debit_id = NEW.debit_id OR credit_id = NEW.credit_id OR change_id = NEW.change_id OR returned_reference = NEW.returned_reference)
BEGIN
  SELECT RAISE(ABORT, 'payment_reversals are immutable');
END;

CREATE TRIGGER changes_no_replace BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE id = NEW.id OR ref = NEW.ref OR (kind = NEW.kind AND subject = NEW.subject AND status = 'pending'))
BEGIN
  SELECT RAISE(ABORT, 'changes are never replaced');
END;

CREATE TRIGGER changes_fixed BEFORE UPDATE OF "id", "ref", "kind", "subject", "subject_user_id", "company_id", "region_id", "branch_id", "before", "after", "payload", "reason", "proposed_by", "created_at" ON changes
WHEN NEW."id" IS NOT OLD."id" OR NEW."ref" IS NOT OLD."ref" OR NEW."kind" IS NOT OLD."kind" OR NEW."subject" IS NOT OLD."subject" OR NEW."subject_user_id" IS NOT OLD."subject_user_id" OR NEW."company_id" IS NOT OLD."company_id" OR NEW."region_id" IS NOT OLD."region_id" OR NEW."branch_id" IS NOT OLD."branch_id" OR NEW."before" IS NOT OLD."before" OR NEW."after" IS NOT OLD."after" OR NEW."payload" IS NOT OLD."payload" OR NEW."reason" IS NOT OLD."reason" OR NEW."proposed_by" IS NOT OLD."proposed_by" OR NEW."created_at" IS NOT OLD."created_at"
BEGIN
  SELECT RAISE(ABORT, 'changes: what was proposed never changes');
END;

CREATE TRIGGER changes_decided_once BEFORE UPDATE OF status, decided_by, decided_at, decided_reason ON changes
WHEN OLD.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'changes: what was decided stays decided');
END;

CREATE TRIGGER changes_born_pending BEFORE INSERT ON changes
WHEN NEW.status <> 'pending'
BEGIN
  SELECT RAISE(ABORT, 'changes: a new change is pending');
END;

CREATE TRIGGER role_grants_end_fixed BEFORE UPDATE OF ends_at ON role_grants
WHEN NEW.ends_at IS NOT OLD.ends_at
BEGIN
  SELECT RAISE(ABORT, 'role_grants: what was fixed at creation never changes');
END;

CREATE TRIGGER changes_confirmed_by_another BEFORE UPDATE OF status ON changes
WHEN NEW.status = 'confirmed' AND (NOT EXISTS (SELECT 1 FROM change_confirmations c WHERE c.change_id = NEW.id AND c.user_id = NEW.decided_by))
BEGIN
  SELECT RAISE(ABORT, 'changes: nobody has confirmed it');
END;

CREATE TRIGGER change_confirmations_segregation BEFORE INSERT ON change_confirmations
WHEN NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.change_id AND (c.status = 'pending' AND c.proposed_by <> NEW.user_id AND (c.subject_user_id IS NULL OR c.subject_user_id <> NEW.user_id)) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'change_confirmations: proposed by them, about them, or decided');
END;

CREATE TRIGGER payments_reversed_by_two BEFORE UPDATE OF status ON payments
WHEN NEW.status = 'reversed' AND OLD.status IN ('success', 'reconciled') AND (NOT EXISTS (SELECT 1 FROM changes c WHERE c.subject = NEW.ref AND c.kind = 'payment.reverse' AND c.status = 'confirmed'))
BEGIN
  SELECT RAISE(ABORT, 'payments: nobody has confirmed the reversal');
END;

CREATE TRIGGER ledger_entries_reversal BEFORE INSERT ON ledger_entries
WHEN NEW.kind = 'reversal' AND (NOT EXISTS (
    SELECT 1 FROM ledger_entries d JOIN payments p ON p.id = d.payment_id
    WHERE d.id = NEW.reverses_id AND (d.kind = 'payment' AND d.payment_id = NEW.payment_id AND d.execution_id = NEW.execution_id AND d.fund_id = NEW.fund_id
      AND d.amount_minor = NEW.amount_minor AND NEW.type = 'credit' AND p.status = 'reversed') IS TRUE
  ) OR EXISTS (SELECT 1 FROM payment_reversals r WHERE r.debit_id = NEW.reverses_id))
BEGIN
  SELECT RAISE(ABORT, 'ledger_entries: not the credit of its reversed payment');
END;

CREATE TRIGGER payment_reversals_links BEFORE INSERT ON payment_reversals
WHEN NOT EXISTS (
    SELECT 1 FROM ledger_entries e JOIN payments p ON p.id = e.payment_id JOIN changes c ON c.id = NEW.change_id
    WHERE e.id = NEW.credit_id AND (e.kind = 'reversal' AND e.reverses_id = NEW.debit_id AND e.payment_id = NEW.payment_id
      AND c.kind = 'payment.reverse' AND c.subject = p.ref AND c.status = 'confirmed') IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_reversals: not the entries of a confirmed reversal');
END;
