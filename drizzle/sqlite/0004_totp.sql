-- Apps that give codes instead of mail, their recovery codes, and the replaced pepper; with what the database itself refuses about them.

CREATE TABLE `totp_enrolments` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`secret` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`confirmed_at` integer,
	`last_step` integer,
	`ended_at` integer,
	`ended_because` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "totp_enrolments_secret" CHECK(("totp_enrolments"."ended_at" is null) = ("totp_enrolments"."secret" is not null)),
	CONSTRAINT "totp_enrolments_confirmed" CHECK(("totp_enrolments"."confirmed_at" is null) = ("totp_enrolments"."last_step" is null) and ("totp_enrolments"."confirmed_at" is null or "totp_enrolments"."confirmed_at" <= "totp_enrolments"."expires_at")),
	CONSTRAINT "totp_enrolments_ended" CHECK(("totp_enrolments"."ended_at" is null) = ("totp_enrolments"."ended_because" is null) and ("totp_enrolments"."ended_because" is null or "totp_enrolments"."ended_because" in ('disabled', 'superseded', 'pepper_replaced')))
) STRICT;
CREATE UNIQUE INDEX `totp_enrolments_one_live` ON `totp_enrolments` (`user_id`) WHERE ended_at is null;
CREATE TABLE `totp_recovery_codes` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`enrolment_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	`voided_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`enrolment_id`) REFERENCES `totp_enrolments`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "totp_recovery_codes_one_end" CHECK("totp_recovery_codes"."used_at" is null or "totp_recovery_codes"."voided_at" is null)
) STRICT;
CREATE UNIQUE INDEX `totp_recovery_codes_code_hash_unique` ON `totp_recovery_codes` (`code_hash`);
CREATE INDEX `totp_recovery_codes_enrolment` ON `totp_recovery_codes` (`enrolment_id`);
ALTER TABLE `otp_challenges` ADD COLUMN `channel` text DEFAULT 'mail' NOT NULL;
ALTER TABLE `office` ADD COLUMN `pepper_replaced_at` integer;

CREATE TRIGGER totp_enrolments_no_delete BEFORE DELETE ON totp_enrolments
BEGIN
  SELECT RAISE(ABORT, 'totp_enrolments are never deleted');
END;

CREATE TRIGGER totp_recovery_codes_no_delete BEFORE DELETE ON totp_recovery_codes
BEGIN
  SELECT RAISE(ABORT, 'totp_recovery_codes are never deleted');
END;

CREATE TRIGGER totp_enrolments_no_replace BEFORE INSERT ON totp_enrolments
WHEN EXISTS (SELECT 1 FROM totp_enrolments WHERE id = NEW.id OR (user_id = NEW.user_id AND ended_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'totp_enrolments are never replaced');
END;

CREATE TRIGGER totp_recovery_codes_no_replace BEFORE INSERT ON totp_recovery_codes
WHEN EXISTS (SELECT 1 FROM totp_recovery_codes WHERE id = NEW.id OR code_hash = NEW.code_hash)
BEGIN
  SELECT RAISE(ABORT, 'totp_recovery_codes are never replaced');
END;

CREATE TRIGGER totp_enrolments_born_pending BEFORE INSERT ON totp_enrolments
WHEN NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'totp_enrolments: a new enrolment is pending');
END;

CREATE TRIGGER totp_recovery_codes_born_unused BEFORE INSERT ON totp_recovery_codes
WHEN NEW.used_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM totp_enrolments e WHERE e.id = NEW.enrolment_id AND e.user_id = NEW.user_id AND e.confirmed_at IS NOT NULL AND e.ended_at IS NULL
  )
BEGIN
  SELECT RAISE(ABORT, 'totp_recovery_codes: a new code is unused, and of an enrolment in force');
END;

CREATE TRIGGER totp_enrolments_fixed BEFORE UPDATE OF id, user_id, secret, created_at, expires_at ON totp_enrolments
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR (NEW.secret IS NOT NULL AND NEW.secret IS NOT OLD.secret) OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
  SELECT RAISE(ABORT, 'totp_enrolments: what was fixed at creation never changes');
END;

CREATE TRIGGER totp_recovery_codes_fixed BEFORE UPDATE OF id, user_id, enrolment_id, code_hash, created_at ON totp_recovery_codes
WHEN NEW.id IS NOT OLD.id OR NEW.user_id IS NOT OLD.user_id OR NEW.enrolment_id IS NOT OLD.enrolment_id OR NEW.code_hash IS NOT OLD.code_hash OR NEW.created_at IS NOT OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'totp_recovery_codes: what was fixed at creation never changes');
END;

CREATE TRIGGER totp_enrolments_once BEFORE UPDATE OF confirmed_at, ended_at, ended_because ON totp_enrolments
WHEN (OLD.ended_at IS NOT NULL AND (NEW.confirmed_at IS NOT OLD.confirmed_at OR NEW.ended_at IS NOT OLD.ended_at OR NEW.ended_because IS NOT OLD.ended_because))
  OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS NOT OLD.confirmed_at)
BEGIN
  SELECT RAISE(ABORT, 'totp_enrolments: an enrolment is confirmed and ended once, in this order');
END;

CREATE TRIGGER totp_enrolments_steps_rise BEFORE UPDATE OF last_step ON totp_enrolments
WHEN OLD.last_step IS NOT NULL AND NEW.last_step IS NOT OLD.last_step AND (NEW.last_step IS NULL OR NEW.last_step < OLD.last_step OR OLD.ended_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'totp_enrolments: a used step is never forgotten');
END;

CREATE TRIGGER totp_recovery_codes_once BEFORE UPDATE OF used_at, voided_at ON totp_recovery_codes
WHEN (OLD.used_at IS NOT NULL AND NEW.used_at IS NOT OLD.used_at) OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS NOT OLD.voided_at)
BEGIN
  SELECT RAISE(ABORT, 'totp_recovery_codes: a code is used or voided once');
END;

CREATE TRIGGER otp_challenges_channel BEFORE INSERT ON otp_challenges
WHEN NEW.channel NOT IN ('mail', 'totp')
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: a code comes by mail or from an app');
END;

CREATE TRIGGER otp_challenges_channel_fixed BEFORE UPDATE OF channel ON otp_challenges
WHEN NEW.channel IS NOT OLD.channel
BEGIN
  SELECT RAISE(ABORT, 'otp_challenges: what was fixed at creation never changes');
END;
