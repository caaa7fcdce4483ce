-- Who outside is told what happens: addresses with their own secret, and how far each chain of events has been told.

CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`secret` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`removed_by` text,
	`removed_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`removed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "webhooks_removed" CHECK(("webhooks"."removed_at" is null) = ("webhooks"."removed_by" is null))
) STRICT;
CREATE UNIQUE INDEX `webhooks_ref_unique` ON `webhooks` (`ref`);

CREATE TABLE `event_cursors` (
	`chain` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	CONSTRAINT "event_cursors_seq" CHECK("event_cursors"."seq" >= 0)
) STRICT;

ALTER TABLE `outbox_messages` ADD COLUMN `webhook_id` text REFERENCES webhooks(id);
CREATE INDEX `outbox_messages_webhook` ON `outbox_messages` (`webhook_id`,`created_at`) WHERE webhook_id is not null;

CREATE TRIGGER webhooks_no_delete BEFORE DELETE ON webhooks
BEGIN
  SELECT RAISE(ABORT, 'webhooks are never deleted');
END;

CREATE TRIGGER webhooks_no_replace BEFORE INSERT ON webhooks
WHEN EXISTS (SELECT 1 FROM webhooks WHERE id = NEW.id OR ref = NEW.ref)
BEGIN
  SELECT RAISE(ABORT, 'webhooks are never replaced');
END;

CREATE TRIGGER webhooks_fixed BEFORE UPDATE OF id, ref, url, events, secret, created_by, created_at ON webhooks
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.url IS NOT OLD.url OR NEW.events IS NOT OLD.events OR NEW.secret IS NOT OLD.secret OR NEW.created_by IS NOT OLD.created_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'webhooks: what was fixed at creation never changes');
END;

CREATE TRIGGER webhooks_removed_once BEFORE UPDATE OF removed_at, removed_by ON webhooks
WHEN OLD.removed_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'webhooks: removed once');
END;

CREATE TRIGGER event_cursors_no_delete BEFORE DELETE ON event_cursors
BEGIN
  SELECT RAISE(ABORT, 'event_cursors are never deleted');
END;

CREATE TRIGGER event_cursors_forward BEFORE UPDATE ON event_cursors
WHEN NEW.seq < OLD.seq OR NEW.chain IS NOT OLD.chain
BEGIN
  SELECT RAISE(ABORT, 'event_cursors only go on');
END;

CREATE TRIGGER event_cursors_no_replace BEFORE INSERT ON event_cursors
WHEN EXISTS (SELECT 1 FROM event_cursors WHERE chain = NEW.chain)
BEGIN
  SELECT RAISE(ABORT, 'event_cursors are never replaced');
END;
