-- Lines of statements that no match explains, so that they are found among millions that one does, and what finds statements and payments that are not reconciled.

CREATE TABLE `open_lines` (
	`line_id` text PRIMARY KEY NOT NULL,
	`fund_id` text NOT NULL,
	`booked_on` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`closed_at` integer,
	`replaced_by` text,
	FOREIGN KEY (`line_id`) REFERENCES `statement_lines`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`replaced_by`) REFERENCES `statements`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "open_lines_replaced_is_closed" CHECK("open_lines"."replaced_by" is null or "open_lines"."closed_at" is not null)
) STRICT;
CREATE INDEX `open_lines_open` ON `open_lines` (`fund_id`,`booked_on`,`amount_minor`) WHERE closed_at is null;
CREATE INDEX `statements_faulty` ON `statements` (`created_at`,`id`) WHERE faults <> '[]' and replaced_by is null;
DROP INDEX `payments_status_created`;
CREATE INDEX `payments_status_created` ON `payments` (`status`,`created_at`,`fund_id`);

INSERT INTO open_lines (line_id, fund_id, booked_on, amount_minor)
SELECT l.id, l.fund_id, l.booked_on, l.amount_minor FROM statement_lines l
WHERE NOT EXISTS (SELECT 1 FROM matches m WHERE m.line_id = l.id AND m.undone_at IS NULL);

CREATE TRIGGER open_lines_no_delete BEFORE DELETE ON open_lines
BEGIN
  SELECT RAISE(ABORT, 'open_lines are never deleted');
END;

CREATE TRIGGER open_lines_no_replace BEFORE INSERT ON open_lines
WHEN EXISTS (SELECT 1 FROM open_lines WHERE line_id = NEW.line_id)
BEGIN
  SELECT RAISE(ABORT, 'open_lines are never replaced');
END;

CREATE TRIGGER open_lines_fixed BEFORE UPDATE OF line_id, fund_id, booked_on, amount_minor ON open_lines
WHEN NEW.line_id IS NOT OLD.line_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.booked_on IS NOT OLD.booked_on OR NEW.amount_minor IS NOT OLD.amount_minor
BEGIN
  SELECT RAISE(ABORT, 'open_lines: what the line says never changes');
END;

CREATE TRIGGER open_lines_as_line BEFORE INSERT ON open_lines
WHEN NOT EXISTS (
    SELECT 1 FROM statement_lines l
    WHERE l.id = NEW.line_id AND l.fund_id = NEW.fund_id AND l.booked_on = NEW.booked_on AND l.amount_minor = NEW.amount_minor
  )
BEGIN
  SELECT RAISE(ABORT, 'open_lines: not what its line says');
END;

CREATE TRIGGER open_lines_born_open BEFORE INSERT ON open_lines
WHEN NEW.closed_at IS NOT NULL AND NEW.replaced_by IS NULL
BEGIN
  SELECT RAISE(ABORT, 'open_lines: closed by nothing');
END;

CREATE TRIGGER open_lines_closed BEFORE UPDATE OF closed_at, replaced_by ON open_lines
WHEN NEW.closed_at IS NOT NULL AND NEW.replaced_by IS NULL AND NOT EXISTS (
    SELECT 1 FROM matches m WHERE m.line_id = NEW.line_id AND m.undone_at IS NULL
  )
BEGIN
  SELECT RAISE(ABORT, 'open_lines: closed by nothing');
END;

CREATE TRIGGER open_lines_replaced_for_good BEFORE UPDATE OF closed_at, replaced_by ON open_lines
WHEN OLD.replaced_by IS NOT NULL AND (NEW.replaced_by IS NOT OLD.replaced_by OR NEW.closed_at IS NOT OLD.closed_at)
BEGIN
  SELECT RAISE(ABORT, 'open_lines: what was replaced stays replaced');
END;

CREATE TRIGGER open_lines_replacing BEFORE UPDATE OF replaced_by ON open_lines
WHEN NEW.replaced_by IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM statement_lines l JOIN statements s ON s.id = l.statement_id
    WHERE l.id = NEW.line_id AND s.replaced_by = NEW.replaced_by
  )
BEGIN
  SELECT RAISE(ABORT, 'open_lines: replaced by another statement than its own was');
END;

CREATE TRIGGER open_lines_born_replaced BEFORE INSERT ON open_lines
WHEN NEW.replaced_by IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM statement_lines l JOIN statements s ON s.id = l.statement_id
    WHERE l.id = NEW.line_id AND s.replaced_by = NEW.replaced_by
  )
BEGIN
  SELECT RAISE(ABORT, 'open_lines: replaced by another statement than its own was');
END;
