-- Files that tell a bank what to pay: each with a name of its own for ever, and the attempts that are in it.

CREATE TABLE `bank_files` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`message_id` text NOT NULL,
	`fund_id` text NOT NULL,
	`gateway_account` text NOT NULL,
	`format` text NOT NULL,
	`layout` text,
	`pay_on` text NOT NULL,
	`currency` text NOT NULL,
	`orders` integer NOT NULL,
	`sum_minor` integer NOT NULL,
	`content` text NOT NULL,
	`content_digest` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "bank_files_message_id" CHECK(length("bank_files"."message_id") between 1 and 35),
	CONSTRAINT "bank_files_format" CHECK(("bank_files"."format" in ('pain001.03', 'pain001.09') and "bank_files"."layout" is null) or ("bank_files"."format" = 'csv' and "bank_files"."layout" is not null)),
	CONSTRAINT "bank_files_orders" CHECK("bank_files"."orders" >= 1),
	CONSTRAINT "bank_files_sum" CHECK("bank_files"."sum_minor" between 1 and 9007199254740991),
	CONSTRAINT "bank_files_digest" CHECK(length("bank_files"."content_digest") = 64)
) STRICT;
CREATE UNIQUE INDEX `bank_files_ref_unique` ON `bank_files` (`ref`);
CREATE UNIQUE INDEX `bank_files_message_id_unique` ON `bank_files` (`message_id`);
CREATE INDEX `bank_files_fund_created` ON `bank_files` (`fund_id`,`created_at`,`id`);

CREATE TABLE `bank_file_orders` (
	`attempt_id` text PRIMARY KEY NOT NULL,
	`bank_file_id` text NOT NULL,
	`number` integer NOT NULL,
	FOREIGN KEY (`attempt_id`) REFERENCES `payment_attempts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`bank_file_id`) REFERENCES `bank_files`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "bank_file_orders_number" CHECK("bank_file_orders"."number" >= 1)
) STRICT;
CREATE UNIQUE INDEX `bank_file_orders_numbers` ON `bank_file_orders` (`bank_file_id`,`number`);

CREATE TRIGGER bank_files_no_update BEFORE UPDATE ON bank_files
BEGIN
  SELECT RAISE(ABORT, 'bank_files are immutable');
END;

CREATE TRIGGER bank_files_no_delete BEFORE DELETE ON bank_files
BEGIN
  SELECT RAISE(ABORT, 'bank_files are immutable');
END;

CREATE TRIGGER bank_files_no_replace BEFORE INSERT ON bank_files
WHEN EXISTS (SELECT 1 FROM bank_files WHERE id = NEW.id OR ref = NEW.ref OR message_id = NEW.message_id)
BEGIN
  SELECT RAISE(ABORT, 'bank_files are immutable');
END;

CREATE TRIGGER bank_files_of_fund BEFORE INSERT ON bank_files
WHEN NOT EXISTS (SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND f.currency = NEW.currency)
BEGIN
  SELECT RAISE(ABORT, 'bank_files: not in the currency of their fund');
END;

CREATE TRIGGER bank_file_orders_no_update BEFORE UPDATE ON bank_file_orders
BEGIN
  SELECT RAISE(ABORT, 'bank_file_orders are immutable');
END;

CREATE TRIGGER bank_file_orders_no_delete BEFORE DELETE ON bank_file_orders
BEGIN
  SELECT RAISE(ABORT, 'bank_file_orders are immutable');
END;

CREATE TRIGGER bank_file_orders_no_replace BEFORE INSERT ON bank_file_orders
WHEN EXISTS (SELECT 1 FROM bank_file_orders WHERE attempt_id = NEW.attempt_id OR (bank_file_id = NEW.bank_file_id AND number = NEW.number))
BEGIN
  SELECT RAISE(ABORT, 'bank_file_orders are immutable');
END;

CREATE TRIGGER bank_file_orders_of_file BEFORE INSERT ON bank_file_orders
WHEN NOT EXISTS (
    SELECT 1 FROM payment_attempts a JOIN payments p ON p.id = a.payment_id JOIN bank_files f ON f.id = NEW.bank_file_id
    WHERE a.id = NEW.attempt_id AND (a.state = 'reserved' AND a.gateway = 'bankfile' AND a.gateway_account = f.gateway_account
      AND p.fund_id = f.fund_id AND p.currency = f.currency AND NEW.number <= f.orders) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'bank_file_orders: not a reserved attempt of this file');
END;

CREATE TRIGGER payment_attempts_in_bank_file BEFORE UPDATE OF state ON payment_attempts
WHEN NEW.gateway = 'bankfile' AND NEW.state IN ('sent', 'accepted', 'unknown') AND NOT EXISTS (SELECT 1 FROM bank_file_orders o WHERE o.attempt_id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: in no file for the bank');
END;
