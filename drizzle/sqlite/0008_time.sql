-- When each chain's newest event happened, so that no clock goes back behind it unseen; and the clocks that were accepted all the same.

CREATE TABLE `clock_acceptances` (
	`id` text PRIMARY KEY NOT NULL,
	`accepted_at` integer NOT NULL,
	`newest_at` integer NOT NULL,
	`user_id` text NOT NULL,
	`change_id` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`change_id`) REFERENCES `changes`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
ALTER TABLE `funds` ADD COLUMN `head_at` integer;
ALTER TABLE `office` ADD COLUMN `head_at` integer;

UPDATE funds SET head_at = (SELECT cast(round(unixepoch(e.at, 'subsec') * 1000) AS integer) FROM audit_events e WHERE e.chain = 'fund:' || funds.code AND e.seq = funds.head_seq);
UPDATE office SET head_at = (SELECT cast(round(unixepoch(e.at, 'subsec') * 1000) AS integer) FROM audit_events e WHERE e.chain = 'office' AND e.seq = office.head_seq);

CREATE TRIGGER clock_acceptances_no_update BEFORE UPDATE ON clock_acceptances
BEGIN
  SELECT RAISE(ABORT, 'clock_acceptances are immutable');
END;

CREATE TRIGGER clock_acceptances_no_delete BEFORE DELETE ON clock_acceptances
BEGIN
  SELECT RAISE(ABORT, 'clock_acceptances are immutable');
END;

CREATE TRIGGER clock_acceptances_no_replace BEFORE INSERT ON clock_acceptances
WHEN EXISTS (SELECT 1 FROM clock_acceptances WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'clock_acceptances are immutable');
END;

CREATE TRIGGER clock_acceptances_by_two BEFORE INSERT ON clock_acceptances
WHEN EXISTS (SELECT 1 FROM payment_executions) AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = NEW.change_id AND c.kind = 'guard.clock' AND c.status = 'confirmed')
BEGIN
  SELECT RAISE(ABORT, 'clock_acceptances: nobody has confirmed it');
END;

CREATE TRIGGER funds_head_at_forward BEFORE UPDATE OF head_at ON funds
WHEN (NEW.head_at < OLD.head_at OR (NEW.head_at IS NULL AND OLD.head_at IS NOT NULL)) AND NOT EXISTS (SELECT 1 FROM clock_acceptances k WHERE k.accepted_at = NEW.head_at)
BEGIN
  SELECT RAISE(ABORT, 'funds: time runs backwards');
END;

CREATE TRIGGER office_head_at_forward BEFORE UPDATE OF head_at ON office
WHEN (NEW.head_at < OLD.head_at OR (NEW.head_at IS NULL AND OLD.head_at IS NOT NULL)) AND NOT EXISTS (SELECT 1 FROM clock_acceptances k WHERE k.accepted_at = NEW.head_at)
BEGIN
  SELECT RAISE(ABORT, 'office: time runs backwards');
END;
