-- Statements of banks and M-Pesa, how their lines are tied to the books, and what the database itself refuses about them.

CREATE TABLE `statement_profiles` (
	`name` text PRIMARY KEY NOT NULL,
	`body` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE TABLE `statements` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`fund_id` text NOT NULL,
	`file_digest` text NOT NULL,
	`file_name` text,
	`type` text NOT NULL,
	`profile` text,
	`account` text,
	`number` text,
	`currency` text NOT NULL,
	`from_day` text,
	`to_day` text,
	`opening_minor` integer,
	`closing_minor` integer,
	`line_count` integer NOT NULL,
	`new_lines` integer NOT NULL,
	`credits_minor` integer NOT NULL,
	`debits_minor` integer NOT NULL,
	`ties` integer,
	`faults` text NOT NULL,
	`accepted_by` text,
	`replaced_by` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`accepted_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "statements_counts" CHECK("statements"."line_count" >= 0 and "statements"."new_lines" between 0 and "statements"."line_count"),
	CONSTRAINT "statements_faulty_is_accepted" CHECK("statements"."faults" = '[]' or "statements"."accepted_by" is not null)
) STRICT;
CREATE UNIQUE INDEX `statements_ref_unique` ON `statements` (`ref`);
CREATE INDEX `statements_fund_created` ON `statements` (`fund_id`,`created_at`,`id`);
CREATE INDEX `statements_fund_days` ON `statements` (`fund_id`,`to_day`,`from_day`);
CREATE INDEX `statements_created` ON `statements` (`created_at`,`id`);
CREATE INDEX `statements_file` ON `statements` (`file_digest`);
CREATE TABLE `statement_lines` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`statement_id` text NOT NULL,
	`fund_id` text NOT NULL,
	`seq` integer NOT NULL,
	`position` integer NOT NULL,
	`identity` text NOT NULL,
	`occurrence` integer NOT NULL,
	`booked_on` text NOT NULL,
	`value_on` text,
	`booked_at` text,
	`amount_minor` integer NOT NULL,
	`balance_minor` integer,
	`external_id` text,
	`other_references` text NOT NULL,
	`counterparty` text,
	`counterparty_account` text,
	`description` text NOT NULL,
	`is_charge` integer NOT NULL,
	FOREIGN KEY (`statement_id`) REFERENCES `statements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "statement_lines_amount" CHECK("statement_lines"."amount_minor" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "statement_lines_occurrence" CHECK("statement_lines"."occurrence" >= 1)
) STRICT;
CREATE UNIQUE INDEX `statement_lines_ref_unique` ON `statement_lines` (`ref`);
CREATE UNIQUE INDEX `statement_lines_seq` ON `statement_lines` (`statement_id`,`seq`);
CREATE UNIQUE INDEX `statement_lines_once` ON `statement_lines` (`fund_id`,`identity`,`occurrence`);
CREATE TABLE `reconciliations` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`fund_id` text NOT NULL,
	`statement_id` text,
	`mode` text NOT NULL,
	`rule_version` integer NOT NULL,
	`matches` integer NOT NULL,
	`digest` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`statement_id`) REFERENCES `statements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "reconciliations_mode" CHECK("reconciliations"."mode" in ('auto', 'plan', 'hand'))
) STRICT;
CREATE UNIQUE INDEX `reconciliations_ref_unique` ON `reconciliations` (`ref`);
CREATE INDEX `reconciliations_fund_created` ON `reconciliations` (`fund_id`,`created_at`,`id`);
CREATE TABLE `matches` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`reconciliation_id` text NOT NULL,
	`group_seq` integer NOT NULL,
	`line_id` text,
	`line_part` integer NOT NULL,
	`entry_id` text NOT NULL,
	`entry_part` integer NOT NULL,
	`pass` text NOT NULL,
	`score` integer NOT NULL,
	`reasons` text NOT NULL,
	`matched_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`undone_by` text,
	`undone_at` integer,
	`undone_reason` text,
	FOREIGN KEY (`reconciliation_id`) REFERENCES `reconciliations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`line_id`) REFERENCES `statement_lines`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`entry_id`) REFERENCES `ledger_entries`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`matched_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`undone_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "matches_pass" CHECK("matches"."pass" in ('external_id', 'reference', 'payee_and_date', 'fee_tolerance', 'group', 'fee_rule', 'amount_differs', 'by_hand')),
	CONSTRAINT "matches_score" CHECK("matches"."score" between 0 and 1000),
	CONSTRAINT "matches_parts" CHECK("matches"."line_part" >= 1 and "matches"."entry_part" >= 1 and ("matches"."line_part" = 1 or "matches"."entry_part" = 1)),
	CONSTRAINT "matches_line_or_hand" CHECK("matches"."line_id" is not null or "matches"."pass" in ('by_hand', 'amount_differs')),
	CONSTRAINT "matches_undone" CHECK(("matches"."undone_at" is null) = ("matches"."undone_by" is null))
) STRICT;
CREATE UNIQUE INDEX `matches_ref_unique` ON `matches` (`ref`);
CREATE UNIQUE INDEX `matches_live_line` ON `matches` (`line_id`,`line_part`) WHERE undone_at is null;
CREATE UNIQUE INDEX `matches_live_entry` ON `matches` (`entry_id`,`entry_part`) WHERE undone_at is null;
CREATE INDEX `matches_reconciliation` ON `matches` (`reconciliation_id`,`group_seq`);
CREATE INDEX `matches_differing` ON `matches` (`reconciliation_id`) WHERE pass = 'amount_differs' and undone_at is null;
CREATE TABLE `fee_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`fund_id` text NOT NULL,
	`name` text NOT NULL,
	`contains` text NOT NULL,
	`tariff` text NOT NULL,
	`change_id` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`ended_by` text,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`change_id`) REFERENCES `changes`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`ended_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "fee_rules_ended" CHECK(("fee_rules"."ended_at" is null) = ("fee_rules"."ended_by" is null))
) STRICT;
CREATE UNIQUE INDEX `fee_rules_ref_unique` ON `fee_rules` (`ref`);
CREATE UNIQUE INDEX `fee_rules_change_id_unique` ON `fee_rules` (`change_id`);
CREATE UNIQUE INDEX `fee_rules_live_name` ON `fee_rules` (`fund_id`,`name`) WHERE ended_at is null;

-- A requisition has few payments; with their status in it, this index was written anew whenever a payment moved on.
DROP INDEX `payments_requisition_status`;
CREATE INDEX `payments_requisition` ON `payments` (`requisition_id`);

CREATE TRIGGER statement_profiles_no_update BEFORE UPDATE ON statement_profiles
BEGIN
  SELECT RAISE(ABORT, 'statement_profiles are immutable');
END;

CREATE TRIGGER statement_profiles_no_delete BEFORE DELETE ON statement_profiles
BEGIN
  SELECT RAISE(ABORT, 'statement_profiles are immutable');
END;

CREATE TRIGGER statement_profiles_no_replace BEFORE INSERT ON statement_profiles
WHEN EXISTS (SELECT 1 FROM statement_profiles WHERE name = NEW.name)
BEGIN
  SELECT RAISE(ABORT, 'statement_profiles are immutable');
END;

CREATE TRIGGER statement_lines_no_update BEFORE UPDATE ON statement_lines
BEGIN
  SELECT RAISE(ABORT, 'statement_lines are immutable');
END;

CREATE TRIGGER statement_lines_no_delete BEFORE DELETE ON statement_lines
BEGIN
  SELECT RAISE(ABORT, 'statement_lines are immutable');
END;

CREATE TRIGGER statement_lines_no_replace BEFORE INSERT ON statement_lines
WHEN EXISTS (SELECT 1 FROM statement_lines WHERE id = NEW.id OR ref = NEW.ref OR (statement_id = NEW.statement_id AND seq = NEW.seq) OR (fund_id = NEW.fund_id AND identity = NEW.identity AND occurrence = NEW.occurrence))
BEGIN
  SELECT RAISE(ABORT, 'statement_lines are immutable');
END;

CREATE TRIGGER reconciliations_no_update BEFORE UPDATE ON reconciliations
BEGIN
  SELECT RAISE(ABORT, 'reconciliations are immutable');
END;

CREATE TRIGGER reconciliations_no_delete BEFORE DELETE ON reconciliations
BEGIN
  SELECT RAISE(ABORT, 'reconciliations are immutable');
END;

CREATE TRIGGER reconciliations_no_replace BEFORE INSERT ON reconciliations
WHEN EXISTS (SELECT 1 FROM reconciliations WHERE id = NEW.id OR ref = NEW.ref)
BEGIN
  SELECT RAISE(ABORT, 'reconciliations are immutable');
END;

CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
BEGIN
  SELECT RAISE(ABORT, 'statements are never deleted');
END;

CREATE TRIGGER statements_no_replace BEFORE INSERT ON statements
WHEN EXISTS (SELECT 1 FROM statements WHERE id = NEW.id OR ref = NEW.ref)
BEGIN
  SELECT RAISE(ABORT, 'statements are never replaced');
END;

CREATE TRIGGER statements_fixed BEFORE UPDATE OF id, ref, fund_id, file_digest, file_name, type, profile, account, number, currency, from_day, to_day, opening_minor, closing_minor, line_count, new_lines, credits_minor, debits_minor, ties, faults, accepted_by, created_by, created_at ON statements
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.fund_id IS NOT OLD.fund_id OR NEW.file_digest IS NOT OLD.file_digest OR NEW.file_name IS NOT OLD.file_name OR NEW.type IS NOT OLD.type OR NEW.profile IS NOT OLD.profile OR NEW.account IS NOT OLD.account OR NEW.number IS NOT OLD.number OR NEW.currency IS NOT OLD.currency OR NEW.from_day IS NOT OLD.from_day OR NEW.to_day IS NOT OLD.to_day OR NEW.opening_minor IS NOT OLD.opening_minor OR NEW.closing_minor IS NOT OLD.closing_minor OR NEW.line_count IS NOT OLD.line_count OR NEW.new_lines IS NOT OLD.new_lines OR NEW.credits_minor IS NOT OLD.credits_minor OR NEW.debits_minor IS NOT OLD.debits_minor OR NEW.ties IS NOT OLD.ties OR NEW.faults IS NOT OLD.faults OR NEW.accepted_by IS NOT OLD.accepted_by OR NEW.created_by IS NOT OLD.created_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'statements: what was read never changes');
END;

CREATE TRIGGER matches_no_delete BEFORE DELETE ON matches
BEGIN
  SELECT RAISE(ABORT, 'matches are never deleted');
END;

CREATE TRIGGER matches_no_replace BEFORE INSERT ON matches
WHEN EXISTS (SELECT 1 FROM matches WHERE id = NEW.id OR ref = NEW.ref)
BEGIN
  SELECT RAISE(ABORT, 'matches are never replaced');
END;

CREATE TRIGGER matches_fixed BEFORE UPDATE OF id, ref, reconciliation_id, group_seq, line_id, line_part, entry_id, entry_part, pass, score, reasons, matched_by, created_at ON matches
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.reconciliation_id IS NOT OLD.reconciliation_id OR NEW.group_seq IS NOT OLD.group_seq OR NEW.line_id IS NOT OLD.line_id OR NEW.line_part IS NOT OLD.line_part OR NEW.entry_id IS NOT OLD.entry_id OR NEW.entry_part IS NOT OLD.entry_part OR NEW.pass IS NOT OLD.pass OR NEW.score IS NOT OLD.score OR NEW.reasons IS NOT OLD.reasons OR NEW.matched_by IS NOT OLD.matched_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'matches: what was matched never changes');
END;

CREATE TRIGGER fee_rules_no_delete BEFORE DELETE ON fee_rules
BEGIN
  SELECT RAISE(ABORT, 'fee_rules are never deleted');
END;

CREATE TRIGGER fee_rules_no_replace BEFORE INSERT ON fee_rules
WHEN EXISTS (SELECT 1 FROM fee_rules WHERE id = NEW.id OR ref = NEW.ref OR change_id = NEW.change_id)
BEGIN
  SELECT RAISE(ABORT, 'fee_rules are never replaced');
END;

CREATE TRIGGER fee_rules_fixed BEFORE UPDATE OF id, ref, fund_id, name, contains, tariff, change_id, created_by, created_at ON fee_rules
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.fund_id IS NOT OLD.fund_id OR NEW.name IS NOT OLD.name OR NEW.contains IS NOT OLD.contains OR NEW.tariff IS NOT OLD.tariff OR NEW.change_id IS NOT OLD.change_id OR NEW.created_by IS NOT OLD.created_by OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'fee_rules: what was confirmed never changes');
END;

CREATE TRIGGER statements_replaced_once BEFORE UPDATE OF replaced_by ON statements
WHEN OLD.replaced_by IS NOT NULL AND NEW.replaced_by IS NOT OLD.replaced_by
BEGIN
  SELECT RAISE(ABORT, 'statements: what was replaced stays replaced');
END;

CREATE TRIGGER matches_undone_once BEFORE UPDATE OF undone_by, undone_at, undone_reason ON matches
WHEN OLD.undone_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'matches: what was undone stays undone');
END;

CREATE TRIGGER matches_born_live BEFORE INSERT ON matches
WHEN NEW.undone_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'matches: a new match is live');
END;

CREATE TRIGGER fee_rules_ended_once BEFORE UPDATE OF ended_at, ended_by ON fee_rules
WHEN OLD.ended_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'fee_rules: what ended stays ended');
END;

CREATE TRIGGER statement_lines_fund BEFORE INSERT ON statement_lines
WHEN NOT EXISTS (SELECT 1 FROM statements s WHERE s.id = NEW.statement_id AND s.fund_id = NEW.fund_id)
BEGIN
  SELECT RAISE(ABORT, 'statement_lines: of another fund than their statement');
END;

CREATE TRIGGER matches_one_fund BEFORE INSERT ON matches
WHEN NOT EXISTS (
    SELECT 1 FROM reconciliations r JOIN ledger_entries e ON e.id = NEW.entry_id
    WHERE r.id = NEW.reconciliation_id AND e.fund_id = r.fund_id AND r.created_by = NEW.matched_by
      AND (NEW.line_id IS NULL OR EXISTS (SELECT 1 FROM statement_lines l WHERE l.id = NEW.line_id AND l.fund_id = r.fund_id))
  )
BEGIN
  SELECT RAISE(ABORT, 'matches: of another fund or person than their reconciliation');
END;

CREATE TRIGGER matches_segregation BEFORE INSERT ON matches
WHEN EXISTS (
    SELECT 1 FROM ledger_entries e JOIN payments p ON p.id = e.payment_id
    WHERE e.id = NEW.entry_id AND (p.executor_id = NEW.matched_by OR p.requester_id = NEW.matched_by)
  )
BEGIN
  SELECT RAISE(ABORT, 'matches: matched by who requested or executed the payment');
END;

CREATE TRIGGER matches_lines_of_one_group BEFORE INSERT ON matches
WHEN (NEW.line_part > 1) AND (NOT EXISTS (
    SELECT 1 FROM matches m
    WHERE m.line_id = NEW.line_id AND m.line_part = NEW.line_part - 1 AND m.undone_at IS NULL
      AND m.reconciliation_id = NEW.reconciliation_id AND m.group_seq = NEW.group_seq
  ))
BEGIN
  SELECT RAISE(ABORT, 'matches: a line is matched once');
END;

CREATE TRIGGER matches_entries_of_one_group BEFORE INSERT ON matches
WHEN (NEW.entry_part > 1) AND (NOT EXISTS (
    SELECT 1 FROM matches m
    WHERE m.entry_id = NEW.entry_id AND m.entry_part = NEW.entry_part - 1 AND m.undone_at IS NULL
      AND m.reconciliation_id = NEW.reconciliation_id AND m.group_seq = NEW.group_seq
  ))
BEGIN
  SELECT RAISE(ABORT, 'matches: an entry is matched once');
END;

CREATE TRIGGER fee_rules_by_two BEFORE INSERT ON fee_rules
WHEN NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = NEW.change_id AND c.kind = 'fee_rule.add' AND c.status = 'confirmed' AND c.proposed_by = NEW.created_by)
BEGIN
  SELECT RAISE(ABORT, 'fee_rules: nobody has confirmed it');
END;

CREATE TRIGGER payments_reconciled_by_match BEFORE UPDATE OF status ON payments
WHEN (NEW.status = 'reconciled' AND OLD.status <> 'reconciled') AND (NOT EXISTS (
    SELECT 1 FROM ledger_entries e JOIN matches m ON m.entry_id = e.id
    WHERE e.payment_id = NEW.id AND e.kind = 'payment' AND m.undone_at IS NULL
  ))
BEGIN
  SELECT RAISE(ABORT, 'payments: reconciled without a match');
END;
