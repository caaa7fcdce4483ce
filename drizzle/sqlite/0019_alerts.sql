-- What somebody has to look at: each thing once, acknowledged by a person, resolved when its cause is gone.

CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`subject` text NOT NULL,
	`fund_id` text NOT NULL,
	`message` text NOT NULL,
	`created_at` integer NOT NULL,
	`acknowledged_by` text,
	`acknowledged_at` integer,
	`resolved_at` integer,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`acknowledged_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "alerts_kind" CHECK("alerts"."kind" in ('fund_low', 'fund_critical', 'payment_failed', 'payment_stuck', 'variance_waiting', 'replenishment_waiting')),
	CONSTRAINT "alerts_acknowledged" CHECK(("alerts"."acknowledged_by" is null) = ("alerts"."acknowledged_at" is null))
) STRICT;
CREATE UNIQUE INDEX `alerts_ref_unique` ON `alerts` (`ref`);
CREATE UNIQUE INDEX `alerts_once` ON `alerts` (`kind`,`subject_id`) WHERE resolved_at is null;
CREATE INDEX `alerts_created` ON `alerts` (`created_at`,`id`);

CREATE TRIGGER alerts_no_delete BEFORE DELETE ON alerts
BEGIN
  SELECT RAISE(ABORT, 'alerts are never deleted');
END;

CREATE TRIGGER alerts_no_replace BEFORE INSERT ON alerts
WHEN EXISTS (SELECT 1 FROM alerts WHERE id = NEW.id OR ref = NEW.ref OR (kind = NEW.kind AND subject_id = NEW.subject_id AND resolved_at IS NULL AND NEW.resolved_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'alerts are never replaced');
END;

CREATE TRIGGER alerts_fixed BEFORE UPDATE OF id, ref, kind, subject_id, subject, fund_id, message, created_at ON alerts
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.kind IS NOT OLD.kind OR NEW.subject_id IS NOT OLD.subject_id OR NEW.subject IS NOT OLD.subject OR NEW.fund_id IS NOT OLD.fund_id OR NEW.message IS NOT OLD.message OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'alerts: what was fixed at creation never changes');
END;

CREATE TRIGGER alerts_resolved_once BEFORE UPDATE ON alerts
WHEN OLD.resolved_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'alerts: what is resolved never changes');
END;
