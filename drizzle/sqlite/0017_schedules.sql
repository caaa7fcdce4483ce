-- What is done when its time comes: a payment once, or a job again and again. Letters are delivered by one worker at a time.

ALTER TABLE `outbox_messages` ADD COLUMN `lease_until` integer;
ALTER TABLE `outbox_messages` ADD COLUMN `next_at` integer;

CREATE TABLE `schedules` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`kind` text NOT NULL,
	`payment_id` text,
	`fund_id` text,
	`job` text,
	`folder` text,
	`cron` text,
	`due_at` integer,
	`challenge_id` text,
	`status` text NOT NULL,
	`next_at` integer,
	`lease_holder` text,
	`lease_until` integer,
	`failures` integer NOT NULL,
	`last_run_at` integer,
	`last_outcome` text,
	`last_detail` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`challenge_id`) REFERENCES `otp_challenges`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "schedules_kind" CHECK(("schedules"."kind" = 'payment' and "schedules"."payment_id" is not null and "schedules"."fund_id" is not null and "schedules"."due_at" is not null and "schedules"."job" is null and "schedules"."folder" is null and "schedules"."cron" is null) or ("schedules"."kind" = 'job' and "schedules"."job" is not null and "schedules"."cron" is not null and "schedules"."payment_id" is null and "schedules"."due_at" is null and "schedules"."challenge_id" is null)),
	CONSTRAINT "schedules_status" CHECK("schedules"."status" in ('active', 'paused', 'done', 'refused', 'removed')),
	CONSTRAINT "schedules_next" CHECK(("schedules"."status" = 'active') = ("schedules"."next_at" is not null)),
	CONSTRAINT "schedules_ended" CHECK(("schedules"."status" in ('done', 'refused', 'removed')) = ("schedules"."ended_at" is not null)),
	CONSTRAINT "schedules_jobs_repeat" CHECK("schedules"."kind" = 'payment' or "schedules"."status" in ('active', 'paused', 'removed')),
	CONSTRAINT "schedules_lease" CHECK(("schedules"."lease_holder" is null) = ("schedules"."lease_until" is null)),
	CONSTRAINT "schedules_failures" CHECK("schedules"."failures" >= 0),
	CONSTRAINT "schedules_outcome" CHECK("schedules"."last_outcome" is null or "schedules"."last_outcome" in ('done', 'failed', 'refused'))
) STRICT;
CREATE UNIQUE INDEX `schedules_ref_unique` ON `schedules` (`ref`);
CREATE UNIQUE INDEX `schedules_challenge_id_unique` ON `schedules` (`challenge_id`);
CREATE UNIQUE INDEX `schedules_one_of_payment` ON `schedules` (`payment_id`) WHERE status in ('active', 'paused');
CREATE INDEX `schedules_due` ON `schedules` (`next_at`,`id`) WHERE next_at is not null;
CREATE INDEX `schedules_created` ON `schedules` (`created_at`,`id`);
CREATE INDEX `schedules_payment` ON `schedules` (`payment_id`,`created_at`);

CREATE TRIGGER schedules_no_delete BEFORE DELETE ON schedules
BEGIN
  SELECT RAISE(ABORT, 'schedules are never deleted');
END;

CREATE TRIGGER schedules_no_replace BEFORE INSERT ON schedules
WHEN EXISTS (SELECT 1 FROM schedules WHERE id = NEW.id OR ref = NEW.ref OR challenge_id = NEW.challenge_id OR (payment_id = NEW.payment_id AND status IN ('active', 'paused') AND NEW.status IN ('active', 'paused')))
BEGIN
  SELECT RAISE(ABORT, 'schedules are never replaced');
END;

CREATE TRIGGER schedules_no_replace_by_update BEFORE UPDATE OF status ON schedules
WHEN NEW.status IN ('active', 'paused') AND EXISTS (SELECT 1 FROM schedules WHERE id <> NEW.id AND payment_id = NEW.payment_id AND status IN ('active', 'paused'))
BEGIN
  SELECT RAISE(ABORT, 'schedules are never replaced');
END;

CREATE TRIGGER schedules_fixed BEFORE UPDATE OF id, ref, kind, payment_id, fund_id, job, folder, cron, due_at, challenge_id, created_by, created_at ON schedules
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.kind IS NOT OLD.kind OR NEW.payment_id IS NOT OLD.payment_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.job IS NOT OLD.job OR NEW.folder IS NOT OLD.folder OR NEW.cron IS NOT OLD.cron OR NEW.due_at IS NOT OLD.due_at OR NEW.challenge_id IS NOT OLD.challenge_id OR NEW.created_by IS NOT OLD.created_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'schedules: what was fixed at creation never changes');
END;

CREATE TRIGGER schedules_born_active BEFORE INSERT ON schedules
WHEN NEW.status <> 'active' OR NEW.failures <> 0 OR NEW.last_run_at IS NOT NULL OR NEW.lease_holder IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'schedules: a new schedule is active and has not run');
END;

CREATE TRIGGER schedules_ended_once BEFORE UPDATE ON schedules
WHEN OLD.status IN ('done', 'refused', 'removed')
BEGIN
  SELECT RAISE(ABORT, 'schedules: what has ended never changes');
END;

CREATE TRIGGER schedules_of_payment BEFORE INSERT ON schedules
WHEN NEW.payment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM payments p
    WHERE p.id = NEW.payment_id AND (p.status = 'pending' AND p.method <> 'cash' AND p.fund_id = NEW.fund_id AND p.requester_id <> NEW.created_by) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'schedules: not a pending payment of this fund that somebody else asked for');
END;

CREATE TRIGGER schedules_code BEFORE INSERT ON schedules
WHEN NEW.challenge_id IS NOT NULL AND (NOT EXISTS (
    SELECT 1 FROM otp_challenges c
    WHERE c.id = NEW.challenge_id AND (c.payment_id = NEW.payment_id AND c.executor_id = NEW.created_by AND c.consumed_at = NEW.created_at AND c.voided_at IS NULL) IS TRUE
  ) OR EXISTS (SELECT 1 FROM payment_attempts a WHERE a.challenge_id = NEW.challenge_id))
BEGIN
  SELECT RAISE(ABORT, 'schedules: not a code that was used for it');
END;

CREATE TRIGGER payment_attempts_scheduled_code BEFORE INSERT ON payment_attempts
WHEN NEW.challenge_id IS NOT NULL AND EXISTS (SELECT 1 FROM schedules WHERE challenge_id = NEW.challenge_id) AND NOT EXISTS (
    SELECT 1 FROM schedules s
    WHERE s.challenge_id = NEW.challenge_id AND (s.payment_id = NEW.payment_id AND s.created_by = NEW.executor_id AND s.due_at <= NEW.created_at) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: the code was given for another time or person');
END;
