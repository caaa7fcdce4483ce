-- Idempotency keys with what was answered under them, and what the database itself refuses about them.

CREATE TABLE `idempotency_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`key` text NOT NULL,
	`command` text NOT NULL,
	`request_hash` text NOT NULL,
	`reach` text NOT NULL,
	`created_at` integer NOT NULL,
	`answer` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `idempotency_keys_once` ON `idempotency_keys` (`user_id`,`key`);

CREATE TRIGGER idempotency_keys_no_delete BEFORE DELETE ON idempotency_keys
BEGIN
  SELECT RAISE(ABORT, 'idempotency_keys are never deleted');
END;

CREATE TRIGGER idempotency_keys_no_replace BEFORE INSERT ON idempotency_keys
WHEN EXISTS (SELECT 1 FROM idempotency_keys WHERE id = NEW.id OR (user_id = NEW.user_id AND key = NEW.key))
BEGIN
  SELECT RAISE(ABORT, 'idempotency_keys are never replaced');
END;

CREATE TRIGGER idempotency_keys_fixed BEFORE UPDATE OF "id", "user_id", "key", "command", "request_hash", "reach", "created_at" ON idempotency_keys
WHEN NEW."id" IS NOT OLD."id" OR NEW."user_id" IS NOT OLD."user_id" OR NEW."key" IS NOT OLD."key" OR NEW."command" IS NOT OLD."command" OR NEW."request_hash" IS NOT OLD."request_hash" OR NEW."reach" IS NOT OLD."reach" OR NEW."created_at" IS NOT OLD."created_at"
BEGIN
  SELECT RAISE(ABORT, 'idempotency_keys: what a key stands for never changes');
END;

CREATE TRIGGER idempotency_keys_answered_once BEFORE UPDATE OF answer ON idempotency_keys
WHEN OLD.answer IS NOT NULL AND NEW.answer IS NOT OLD.answer
BEGIN
  SELECT RAISE(ABORT, 'idempotency_keys: what was answered stays answered');
END;
