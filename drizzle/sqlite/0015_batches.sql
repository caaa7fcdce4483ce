-- Batches: payee lists that are approved as one, and paid by one code.

CREATE TABLE `batches` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`title` text,
	`fund_id` text NOT NULL,
	`currency` text NOT NULL,
	`row_count` integer NOT NULL,
	`total_minor` integer NOT NULL,
	`hash` text NOT NULL,
	`status` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "batches_status" CHECK("batches"."status" in ('submitted', 'approved', 'executing', 'cancelled')),
	CONSTRAINT "batches_figures" CHECK("batches"."row_count" > 0 and "batches"."total_minor" between 1 and 9007199254740991)
) STRICT;
CREATE UNIQUE INDEX `batches_ref_unique` ON `batches` (`ref`);
CREATE INDEX `batches_created` ON `batches` (`created_at`,`id`);
CREATE TABLE `batch_items` (
	`id` text PRIMARY KEY NOT NULL,
	`batch_id` text NOT NULL,
	`seq` integer NOT NULL,
	`line` integer NOT NULL,
	`requisition_id` text NOT NULL,
	`document` text,
	FOREIGN KEY (`batch_id`) REFERENCES `batches`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`requisition_id`) REFERENCES `requisitions`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "batch_items_place" CHECK("batch_items"."seq" >= 1 and "batch_items"."line" >= 1)
) STRICT;
CREATE UNIQUE INDEX `batch_items_requisition_id_unique` ON `batch_items` (`requisition_id`);
CREATE UNIQUE INDEX `batch_items_seq` ON `batch_items` (`batch_id`,`seq`);
CREATE TABLE `batch_payments` (
	`item_id` text PRIMARY KEY NOT NULL,
	`payment_id` text NOT NULL,
	FOREIGN KEY (`item_id`) REFERENCES `batch_items`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `batch_payments_payment_id_unique` ON `batch_payments` (`payment_id`);
CREATE TABLE `batch_challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`batch_id` text NOT NULL,
	`executor_id` text NOT NULL,
	`digest` text NOT NULL,
	`code_hash` text NOT NULL,
	`failures` integer NOT NULL,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`expires_at` integer NOT NULL,
	`verified_at` integer,
	`consumed_at` integer,
	`voided_at` integer,
	`channel` text NOT NULL,
	FOREIGN KEY (`batch_id`) REFERENCES `batches`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`executor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "batch_challenges_failures" CHECK("batch_challenges"."failures" between 0 and 5),
	CONSTRAINT "batch_challenges_consumed_in_time" CHECK("batch_challenges"."consumed_at" is null or "batch_challenges"."consumed_at" <= "batch_challenges"."expires_at"),
	CONSTRAINT "batch_challenges_channel" CHECK("batch_challenges"."channel" in ('mail', 'totp'))
) STRICT;
CREATE INDEX `batch_challenges_batch` ON `batch_challenges` (`batch_id`,`created_at`,`id`);
ALTER TABLE `otp_challenges` ADD COLUMN `batch_challenge_id` text;

CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches
BEGIN
  SELECT RAISE(ABORT, 'batches are never deleted');
END;

CREATE TRIGGER batches_no_replace BEFORE INSERT ON batches
WHEN EXISTS (SELECT 1 FROM batches WHERE id = NEW.id OR ref = NEW.ref)
BEGIN
  SELECT RAISE(ABORT, 'batches are never replaced');
END;

CREATE TRIGGER batches_fixed BEFORE UPDATE OF id, ref, title, fund_id, currency, row_count, total_minor, hash, created_by, created_at ON batches
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.title IS NOT OLD.title OR NEW.fund_id IS NOT OLD.fund_id OR NEW.currency IS NOT OLD.currency OR NEW.row_count IS NOT OLD.row_count OR NEW.total_minor IS NOT OLD.total_minor OR NEW.hash IS NOT OLD.hash OR NEW.created_by IS NOT OLD.created_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'batches: what was fixed at creation never changes');
END;

CREATE TRIGGER batches_born_submitted BEFORE INSERT ON batches
WHEN NEW.status <> 'submitted'
BEGIN
  SELECT RAISE(ABORT, 'batches: a new batch is submitted');
END;

CREATE TRIGGER batches_terms BEFORE INSERT ON batches
WHEN NOT EXISTS (
    SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND (f.currency = NEW.currency) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'batches: not the currency of its fund');
END;

CREATE TRIGGER batches_legal_step BEFORE UPDATE OF status ON batches
WHEN NOT (OLD.status = NEW.status
    or (OLD.status = 'submitted' and NEW.status in ('approved', 'cancelled'))
    or (OLD.status = 'approved' and NEW.status in ('executing', 'cancelled'))
    or (OLD.status = 'executing' and NEW.status = 'cancelled'))
BEGIN
  SELECT RAISE(ABORT, 'batches: not a legal step');
END;

CREATE TRIGGER batches_approved_whole BEFORE UPDATE OF status ON batches
WHEN (NEW.status = 'approved' AND OLD.status <> 'approved') AND NOT EXISTS (
    SELECT 1 FROM (
      SELECT COUNT(*) AS items, SUM(p.amount_minor) AS total FROM batch_items i
      JOIN batch_payments b ON b.item_id = i.id JOIN payments p ON p.id = b.payment_id WHERE i.batch_id = NEW.id
    ) w WHERE w.items = NEW.row_count AND w.total = NEW.total_minor
  )
BEGIN
  SELECT RAISE(ABORT, 'batches: approved without a payment for each row');
END;

CREATE TRIGGER batches_started_by_code BEFORE UPDATE OF status ON batches
WHEN (NEW.status = 'executing' AND OLD.status <> 'executing') AND NOT EXISTS (
    SELECT 1 FROM batch_challenges c WHERE c.batch_id = NEW.id AND c.consumed_at IS NOT NULL AND c.voided_at IS NULL
  )
BEGIN
  SELECT RAISE(ABORT, 'batches: started without a used code');
END;

CREATE TRIGGER batch_items_no_update BEFORE UPDATE ON batch_items
BEGIN
  SELECT RAISE(ABORT, 'batch_items are immutable');
END;

CREATE TRIGGER batch_items_no_delete BEFORE DELETE ON batch_items
BEGIN
  SELECT RAISE(ABORT, 'batch_items are immutable');
END;

CREATE TRIGGER batch_items_no_replace BEFORE INSERT ON batch_items
WHEN EXISTS (SELECT 1 FROM batch_items WHERE id = NEW.id OR requisition_id = NEW.requisition_id OR (batch_id = NEW.batch_id AND seq = NEW.seq))
BEGIN
  SELECT RAISE(ABORT, 'batch_items are immutable');
END;

CREATE TRIGGER batch_items_terms BEFORE INSERT ON batch_items
WHEN NOT EXISTS (
    SELECT 1 FROM batches b JOIN requisitions r ON r.id = NEW.requisition_id
    WHERE b.id = NEW.batch_id AND (b.status = 'submitted' AND NEW.seq <= b.row_count AND r.requested_by = b.created_by AND r.currency = b.currency) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'batch_items: not a requisition of the batch');
END;

CREATE TRIGGER batch_payments_no_update BEFORE UPDATE ON batch_payments
BEGIN
  SELECT RAISE(ABORT, 'batch_payments are immutable');
END;

CREATE TRIGGER batch_payments_no_delete BEFORE DELETE ON batch_payments
BEGIN
  SELECT RAISE(ABORT, 'batch_payments are immutable');
END;

CREATE TRIGGER batch_payments_no_replace BEFORE INSERT ON batch_payments
WHEN EXISTS (SELECT 1 FROM batch_payments WHERE item_id = NEW.item_id OR payment_id = NEW.payment_id)
BEGIN
  SELECT RAISE(ABORT, 'batch_payments are immutable');
END;

CREATE TRIGGER batch_payments_terms BEFORE INSERT ON batch_payments
WHEN NOT EXISTS (
    SELECT 1 FROM batch_items i JOIN batches b ON b.id = i.batch_id JOIN requisitions r ON r.id = i.requisition_id
    JOIN payments p ON p.id = NEW.payment_id
    WHERE i.id = NEW.item_id AND (b.status = 'submitted' AND p.requisition_id = i.requisition_id AND p.fund_id = b.fund_id
      AND p.amount_minor = r.amount_minor) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'batch_payments: not the payment of its requisition');
END;

CREATE TRIGGER batch_challenges_no_delete BEFORE DELETE ON batch_challenges
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges are never deleted');
END;

CREATE TRIGGER batch_challenges_no_replace BEFORE INSERT ON batch_challenges
WHEN EXISTS (SELECT 1 FROM batch_challenges WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges are never replaced');
END;

CREATE TRIGGER batch_challenges_fixed BEFORE UPDATE OF id, batch_id, executor_id, digest, code_hash, created_at, expires_at, channel ON batch_challenges
WHEN NEW.id IS NOT OLD.id OR NEW.batch_id IS NOT OLD.batch_id OR NEW.executor_id IS NOT OLD.executor_id OR NEW.digest IS NOT OLD.digest OR NEW.code_hash IS NOT OLD.code_hash OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at OR NEW.channel IS NOT OLD.channel
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges: what was fixed at creation never changes');
END;

CREATE TRIGGER batch_challenges_once BEFORE UPDATE OF sent_at, verified_at, consumed_at, voided_at ON batch_challenges
WHEN (OLD.sent_at IS NOT NULL AND NEW.sent_at IS NOT OLD.sent_at) OR (OLD.verified_at IS NOT NULL AND NEW.verified_at IS NOT OLD.verified_at) OR (OLD.consumed_at IS NOT NULL AND NEW.consumed_at IS NOT OLD.consumed_at) OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS NOT OLD.voided_at)
  OR (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.voided_at IS NOT NULL OR NEW.verified_at > NEW.expires_at))
  OR (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL AND (NEW.verified_at IS NULL OR NEW.voided_at IS NOT NULL))
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges: a code is sent, verified, used and voided once, in this order');
END;

CREATE TRIGGER batch_challenges_tries_count BEFORE UPDATE OF failures ON batch_challenges
WHEN NEW.failures < OLD.failures AND (NEW.failures <> OLD.failures - 1 OR NEW.verified_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges: wrong tries are never forgotten');
END;

CREATE TRIGGER batch_challenges_born_unused BEFORE INSERT ON batch_challenges
WHEN NEW.verified_at IS NOT NULL OR NEW.consumed_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NEW.failures <> 0
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges: a new code was neither verified nor used');
END;

CREATE TRIGGER batch_challenges_segregation BEFORE INSERT ON batch_challenges
WHEN EXISTS (
    SELECT 1 FROM batches b WHERE b.id = NEW.batch_id AND b.created_by = NEW.executor_id
  ) OR EXISTS (
    SELECT 1 FROM batch_items i JOIN requisition_approvals a ON a.requisition_id = i.requisition_id
    WHERE i.batch_id = NEW.batch_id AND a.approver_id = NEW.executor_id
  )
BEGIN
  SELECT RAISE(ABORT, 'batch_challenges: executor requested or approved it');
END;

CREATE TRIGGER otp_challenges_batch_fixed BEFORE UPDATE OF batch_challenge_id ON otp_challenges
WHEN NEW.batch_challenge_id IS NOT OLD.batch_challenge_id
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: what was fixed at creation never changes');
END;

DROP TRIGGER otp_challenges_channel;

CREATE TRIGGER otp_challenges_channel BEFORE INSERT ON otp_challenges
WHEN NEW.channel NOT IN ('mail', 'totp', 'batch') OR (NEW.channel = 'batch') <> (NEW.batch_challenge_id IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: a code comes by mail, from an app, or of a batch');
END;

CREATE TRIGGER otp_challenges_of_batch BEFORE INSERT ON otp_challenges
WHEN (NEW.batch_challenge_id IS NOT NULL) AND NOT EXISTS (
    SELECT 1 FROM batch_challenges c JOIN batch_items i ON i.batch_id = c.batch_id JOIN batch_payments b ON b.item_id = i.id
    WHERE c.id = NEW.batch_challenge_id AND b.payment_id = NEW.payment_id AND (c.executor_id = NEW.executor_id
      AND c.consumed_at IS NOT NULL AND c.voided_at IS NULL AND c.verified_at = NEW.verified_at) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: not of a used code of its batch');
END;
