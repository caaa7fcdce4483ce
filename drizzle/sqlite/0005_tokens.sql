-- Tokens for cron and scripts, with what the database itself refuses about them.

CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "tokens_scopes" CHECK("tokens"."scopes" <> ''),
	CONSTRAINT "tokens_expire" CHECK("tokens"."expires_at" > "tokens"."created_at")
) STRICT;
CREATE UNIQUE INDEX `tokens_ref_unique` ON `tokens` (`ref`);
CREATE UNIQUE INDEX `tokens_secret_hash_unique` ON `tokens` (`secret_hash`);
CREATE UNIQUE INDEX `tokens_one_live_name` ON `tokens` (`user_id`,`name`) WHERE revoked_at is null;
CREATE INDEX `tokens_created` ON `tokens` (`created_at`,`id`);

CREATE TRIGGER tokens_no_delete BEFORE DELETE ON tokens
BEGIN
  SELECT RAISE(ABORT, 'tokens are never deleted');
END;

CREATE TRIGGER tokens_no_replace BEFORE INSERT ON tokens
WHEN EXISTS (SELECT 1 FROM tokens WHERE id = NEW.id OR ref = NEW.ref OR secret_hash = NEW.secret_hash OR (user_id = NEW.user_id AND name = NEW.name AND revoked_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'tokens are never replaced');
END;

CREATE TRIGGER tokens_born_unused BEFORE INSERT ON tokens
WHEN NEW.revoked_at IS NOT NULL OR NEW.last_used_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'tokens: a new token is neither used nor revoked');
END;

CREATE TRIGGER tokens_fixed BEFORE UPDATE OF "id", "ref", "user_id", "name", "secret_hash", "scopes", "created_at", "expires_at" ON tokens
WHEN NEW."id" IS NOT OLD."id" OR NEW."ref" IS NOT OLD."ref" OR NEW."user_id" IS NOT OLD."user_id" OR NEW."name" IS NOT OLD."name" OR NEW."secret_hash" IS NOT OLD."secret_hash" OR NEW."scopes" IS NOT OLD."scopes" OR NEW."created_at" IS NOT OLD."created_at" OR NEW."expires_at" IS NOT OLD."expires_at"
BEGIN
  SELECT RAISE(ABORT, 'tokens: what was fixed at creation never changes');
END;

CREATE TRIGGER tokens_revoked_once BEFORE UPDATE OF revoked_at ON tokens
WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at
BEGIN
  SELECT RAISE(ABORT, 'tokens: what was revoked stays revoked');
END;
