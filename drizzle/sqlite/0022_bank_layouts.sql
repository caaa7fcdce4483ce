-- How banks want CSV files of payments, and write what became of them: every version of every layout that the office added.

CREATE TABLE `bank_layouts` (
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`body` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`name`, `version`),
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "bank_layouts_version" CHECK("bank_layouts"."version" >= 1)
) STRICT;
ALTER TABLE `bank_files` ADD COLUMN `layout_version` integer;

CREATE TRIGGER bank_layouts_no_update BEFORE UPDATE ON bank_layouts
BEGIN
  SELECT RAISE(ABORT, 'bank_layouts are immutable');
END;

CREATE TRIGGER bank_layouts_no_delete BEFORE DELETE ON bank_layouts
BEGIN
  SELECT RAISE(ABORT, 'bank_layouts are immutable');
END;

CREATE TRIGGER bank_layouts_no_replace BEFORE INSERT ON bank_layouts
WHEN EXISTS (SELECT 1 FROM bank_layouts WHERE name = NEW.name AND version = NEW.version)
BEGIN
  SELECT RAISE(ABORT, 'bank_layouts are immutable');
END;

CREATE TRIGGER bank_layouts_in_order BEFORE INSERT ON bank_layouts
WHEN NEW.version <> COALESCE((SELECT MAX(version) FROM bank_layouts WHERE name = NEW.name), 0) + 1
BEGIN
  SELECT RAISE(ABORT, 'bank_layouts: versions follow each other');
END;

-- A layout without a version came with the tool.
CREATE TRIGGER bank_files_in_layout BEFORE INSERT ON bank_files
WHEN NEW.layout_version IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bank_layouts l WHERE l.name = NEW.layout AND l.version = NEW.layout_version)
BEGIN
  SELECT RAISE(ABORT, 'bank_files: in no layout that there is');
END;
