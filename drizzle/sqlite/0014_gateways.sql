-- Rails that answer later: how each method is paid, what gateways said, what waits for an answer, and money that left although nobody was debited.

CREATE TABLE `gateways` (
	`id` text PRIMARY KEY NOT NULL,
	`method` text NOT NULL,
	`version` integer NOT NULL,
	`kind` text NOT NULL,
	`account` text NOT NULL,
	`highest_fee_minor` integer NOT NULL,
	`body` text NOT NULL,
	`created_by` text NOT NULL,
	`change_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`change_id`) REFERENCES `changes`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "gateways_method" CHECK("gateways"."method" in ('mpesa', 'bank')),
	CONSTRAINT "gateways_kind" CHECK("gateways"."kind" = 'manual' or ("gateways"."method" = 'mpesa' and "gateways"."kind" = 'daraja') or ("gateways"."method" = 'bank' and "gateways"."kind" = 'bankfile')),
	CONSTRAINT "gateways_version" CHECK("gateways"."version" >= 1),
	CONSTRAINT "gateways_highest_fee" CHECK("gateways"."highest_fee_minor" between 0 and 9007199254740991)
) STRICT;
CREATE UNIQUE INDEX `gateways_change_id_unique` ON `gateways` (`change_id`);
CREATE UNIQUE INDEX `gateways_versions` ON `gateways` (`method`,`version`);

ALTER TABLE `payment_attempts` ADD COLUMN `conversation` text;
ALTER TABLE `payment_attempts` ADD COLUMN `result_token` text;
ALTER TABLE `payment_attempts` ADD COLUMN `highest_fee_minor` integer DEFAULT 0 NOT NULL;
ALTER TABLE `payment_attempts` ADD COLUMN `accepted_at` integer;
ALTER TABLE `payment_attempts` ADD COLUMN `lease_holder` text;
ALTER TABLE `payment_attempts` ADD COLUMN `lease_until` integer;
ALTER TABLE `payment_attempts` ADD COLUMN `next_look_at` integer;
ALTER TABLE `payment_attempts` ADD COLUMN `looks` integer DEFAULT 0 NOT NULL;
CREATE UNIQUE INDEX `payment_attempts_result_token` ON `payment_attempts` (`result_token`) WHERE result_token is not null;
CREATE INDEX `payment_attempts_due` ON `payment_attempts` (`next_look_at`,`id`) WHERE next_look_at is not null;
CREATE INDEX `payment_attempts_conversation` ON `payment_attempts` (`conversation`) WHERE conversation is not null;

CREATE TABLE `gateway_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`gateway` text NOT NULL,
	`source` text NOT NULL,
	`external_id` text NOT NULL,
	`attempt_id` text,
	`raw` text NOT NULL,
	`remote` text,
	`received_at` integer NOT NULL,
	`outcome` text NOT NULL,
	`detail` text,
	`applied_at` integer,
	`settled_by` text,
	`settled_at` integer,
	`settled_reason` text,
	FOREIGN KEY (`attempt_id`) REFERENCES `payment_attempts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`settled_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "gateway_messages_source" CHECK("gateway_messages"."source" in ('reply', 'callback', 'query', 'import', 'file')),
	CONSTRAINT "gateway_messages_outcome" CHECK("gateway_messages"."outcome" in ('waiting', 'applied', 'repeated', 'noted', 'unmatched', 'contradicts')),
	CONSTRAINT "gateway_messages_applied" CHECK(("gateway_messages"."outcome" = 'waiting') = ("gateway_messages"."applied_at" is null)),
	CONSTRAINT "gateway_messages_settled" CHECK(("gateway_messages"."settled_by" is null) = ("gateway_messages"."settled_at" is null) and ("gateway_messages"."settled_by" is null) = ("gateway_messages"."settled_reason" is null) and ("gateway_messages"."settled_by" is null or "gateway_messages"."outcome" in ('unmatched', 'contradicts')))
) STRICT;
CREATE UNIQUE INDEX `gateway_messages_ref_unique` ON `gateway_messages` (`ref`);
CREATE UNIQUE INDEX `gateway_messages_once` ON `gateway_messages` (`gateway`,`source`,`external_id`);
CREATE INDEX `gateway_messages_attempt` ON `gateway_messages` (`attempt_id`,`received_at`);
CREATE INDEX `gateway_messages_received` ON `gateway_messages` (`received_at`,`id`);
CREATE INDEX `gateway_messages_open` ON `gateway_messages` (`received_at`,`id`) WHERE settled_at is null and outcome in ('waiting', 'unmatched', 'contradicts');

CREATE TABLE `suspense_items` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`attempt_id` text NOT NULL,
	`message_id` text NOT NULL,
	`fund_id` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`gateway` text NOT NULL,
	`gateway_reference` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`settled_by` text,
	`confirmed_by` text,
	`settled_at` integer,
	`settled_reason` text,
	`entry_id` text,
	FOREIGN KEY (`attempt_id`) REFERENCES `payment_attempts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`message_id`) REFERENCES `gateway_messages`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`settled_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`confirmed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`entry_id`) REFERENCES `ledger_entries`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "suspense_items_status" CHECK("suspense_items"."status" in ('open', 'settled')),
	CONSTRAINT "suspense_items_amount" CHECK("suspense_items"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "suspense_items_settled" CHECK(("suspense_items"."status" = 'open' and "suspense_items"."settled_by" is null and "suspense_items"."settled_at" is null and "suspense_items"."settled_reason" is null and "suspense_items"."entry_id" is null and "suspense_items"."confirmed_by" is null) or ("suspense_items"."status" = 'settled' and "suspense_items"."settled_by" is not null and "suspense_items"."settled_at" is not null and "suspense_items"."settled_reason" is not null and "suspense_items"."confirmed_by" is not null and "suspense_items"."confirmed_by" <> "suspense_items"."settled_by"))
) STRICT;
CREATE UNIQUE INDEX `suspense_items_ref_unique` ON `suspense_items` (`ref`);
CREATE UNIQUE INDEX `suspense_items_message_id_unique` ON `suspense_items` (`message_id`);
CREATE UNIQUE INDEX `suspense_items_entry_id_unique` ON `suspense_items` (`entry_id`);
CREATE UNIQUE INDEX `suspense_items_reference` ON `suspense_items` (`gateway`,`gateway_reference`);
CREATE INDEX `suspense_items_attempt` ON `suspense_items` (`attempt_id`);
CREATE INDEX `suspense_items_open` ON `suspense_items` (`fund_id`,`created_at`) WHERE status = 'open';

CREATE TRIGGER gateways_no_update BEFORE UPDATE ON gateways
BEGIN
  SELECT RAISE(ABORT, 'gateways are immutable');
END;

CREATE TRIGGER gateways_no_delete BEFORE DELETE ON gateways
BEGIN
  SELECT RAISE(ABORT, 'gateways are immutable');
END;

CREATE TRIGGER gateways_no_replace BEFORE INSERT ON gateways
WHEN EXISTS (SELECT 1 FROM gateways WHERE id = NEW.id OR change_id = NEW.change_id OR (method = NEW.method AND version = NEW.version))
BEGIN
  SELECT RAISE(ABORT, 'gateways are immutable');
END;

CREATE TRIGGER gateways_in_order BEFORE INSERT ON gateways
WHEN NEW.version <> COALESCE((SELECT MAX(g.version) FROM gateways g WHERE g.method = NEW.method), 0) + 1 OR NOT EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.created_by)
BEGIN
  SELECT RAISE(ABORT, 'gateways: versions follow each other');
END;

CREATE TRIGGER gateways_by_two BEFORE INSERT ON gateways
WHEN (NEW.change_id IS NOT NULL OR EXISTS (SELECT 1 FROM payment_executions)) AND NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.change_id AND (c.kind = 'gateway.set' AND c.status = 'confirmed' AND c.proposed_by = NEW.created_by) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'gateways: nobody has confirmed it');
END;

CREATE TRIGGER payment_attempts_rail_fixed BEFORE UPDATE OF result_token, highest_fee_minor ON payment_attempts
WHEN NEW.result_token IS NOT OLD.result_token OR NEW.highest_fee_minor IS NOT OLD.highest_fee_minor
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: what was fixed at creation never changes');
END;

CREATE TRIGGER payment_attempts_token_no_replace BEFORE INSERT ON payment_attempts
WHEN NEW.result_token IS NOT NULL AND EXISTS (SELECT 1 FROM payment_attempts WHERE result_token = NEW.result_token)
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts are never replaced');
END;

CREATE TRIGGER payment_attempts_rail_closed BEFORE UPDATE OF conversation, accepted_at, lease_holder, lease_until, next_look_at, looks ON payment_attempts
WHEN OLD.state IN ('paid', 'failed') AND (NEW.conversation IS NOT OLD.conversation OR NEW.accepted_at IS NOT OLD.accepted_at OR NEW.lease_holder IS NOT OLD.lease_holder OR NEW.lease_until IS NOT OLD.lease_until OR NEW.next_look_at IS NOT OLD.next_look_at OR NEW.looks IS NOT OLD.looks)
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: a closed attempt never changes');
END;

CREATE TRIGGER payment_attempts_sent_once BEFORE UPDATE OF sent_at ON payment_attempts
WHEN OLD.sent_at IS NOT NULL AND NEW.sent_at IS NOT OLD.sent_at
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: sent once');
END;

CREATE TRIGGER payment_attempts_gateway_in_force BEFORE INSERT ON payment_attempts
WHEN NEW.gateway IN ('daraja', 'bankfile') AND NOT EXISTS (
    SELECT 1 FROM payments p JOIN gateways g ON g.method = p.method
    WHERE p.id = NEW.payment_id AND (g.kind = NEW.gateway AND g.account = NEW.gateway_account AND g.highest_fee_minor = NEW.highest_fee_minor
      AND NEW.reserved_minor = p.amount_minor + g.highest_fee_minor AND g.version = (SELECT MAX(h.version) FROM gateways h WHERE h.method = p.method)) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: not the gateway in force');
END;

CREATE TRIGGER gateway_messages_no_delete BEFORE DELETE ON gateway_messages
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages are never deleted');
END;

CREATE TRIGGER gateway_messages_no_replace BEFORE INSERT ON gateway_messages
WHEN EXISTS (SELECT 1 FROM gateway_messages WHERE id = NEW.id OR ref = NEW.ref OR (gateway = NEW.gateway AND source = NEW.source AND external_id = NEW.external_id))
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages are never replaced');
END;

CREATE TRIGGER gateway_messages_fixed BEFORE UPDATE OF id, ref, gateway, source, external_id, raw, remote, received_at ON gateway_messages
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.gateway IS NOT OLD.gateway OR NEW.source IS NOT OLD.source OR NEW.external_id IS NOT OLD.external_id OR NEW.raw IS NOT OLD.raw OR NEW.remote IS NOT OLD.remote OR NEW.received_at IS NOT OLD.received_at
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages: what was received never changes');
END;

CREATE TRIGGER gateway_messages_applied_once BEFORE UPDATE OF outcome, detail, applied_at, attempt_id ON gateway_messages
WHEN OLD.outcome <> 'waiting'
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages: applied once');
END;

CREATE TRIGGER gateway_messages_settled_once BEFORE UPDATE OF settled_by, settled_at, settled_reason ON gateway_messages
WHEN OLD.settled_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages: settled once');
END;

CREATE TRIGGER suspense_items_no_delete BEFORE DELETE ON suspense_items
BEGIN
  SELECT RAISE(ABORT, 'suspense_items are never deleted');
END;

CREATE TRIGGER suspense_items_no_replace BEFORE INSERT ON suspense_items
WHEN EXISTS (SELECT 1 FROM suspense_items WHERE id = NEW.id OR ref = NEW.ref OR message_id = NEW.message_id OR entry_id = NEW.entry_id OR (gateway = NEW.gateway AND gateway_reference = NEW.gateway_reference))
BEGIN
  SELECT RAISE(ABORT, 'suspense_items are never replaced');
END;

CREATE TRIGGER suspense_items_no_replace_by_update BEFORE UPDATE OF entry_id ON suspense_items
WHEN EXISTS (SELECT 1 FROM suspense_items WHERE id <> NEW.id AND entry_id = NEW.entry_id)
BEGIN
  SELECT RAISE(ABORT, 'suspense_items are never replaced');
END;

CREATE TRIGGER suspense_items_fixed BEFORE UPDATE OF id, ref, attempt_id, message_id, fund_id, amount_minor, currency, gateway, gateway_reference, created_at ON suspense_items
WHEN NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref OR NEW.attempt_id IS NOT OLD.attempt_id OR NEW.message_id IS NOT OLD.message_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.amount_minor IS NOT OLD.amount_minor OR NEW.currency IS NOT OLD.currency OR NEW.gateway IS NOT OLD.gateway OR NEW.gateway_reference IS NOT OLD.gateway_reference OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'suspense_items: what was fixed at creation never changes');
END;

CREATE TRIGGER suspense_items_born_open BEFORE INSERT ON suspense_items
WHEN NEW.status <> 'open'
BEGIN
  SELECT RAISE(ABORT, 'suspense_items: a new item is open');
END;

CREATE TRIGGER suspense_items_settled_once BEFORE UPDATE OF status, settled_by, confirmed_by, settled_at, settled_reason, entry_id ON suspense_items
WHEN OLD.status <> 'open'
BEGIN
  SELECT RAISE(ABORT, 'suspense_items: settled once');
END;

CREATE TRIGGER suspense_items_of_closed BEFORE INSERT ON suspense_items
WHEN NOT EXISTS (
    SELECT 1 FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
    WHERE a.id = NEW.attempt_id AND (a.state IN ('failed', 'paid') AND p.fund_id = NEW.fund_id AND p.currency = NEW.currency) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'suspense_items: not of a closed attempt of this fund');
END;

CREATE TRIGGER suspense_items_entry BEFORE UPDATE OF entry_id ON suspense_items
WHEN NEW.entry_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM ledger_entries e
    WHERE e.id = NEW.entry_id AND (e.kind = 'suspense' AND e.type = 'debit' AND e.fund_id = NEW.fund_id AND e.amount_minor = NEW.amount_minor) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'suspense_items: not the entry that settles it');
END;
