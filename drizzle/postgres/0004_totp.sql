-- Apps that give codes instead of mail, their recovery codes, and the replaced pepper; with what the database itself refuses about them.

CREATE TABLE "totp_enrolments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"secret" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"last_step" integer,
	"ended_at" timestamp (3) with time zone,
	"ended_because" text,
	CONSTRAINT "totp_enrolments_secret" CHECK (("totp_enrolments"."ended_at" is null) = ("totp_enrolments"."secret" is not null)),
	CONSTRAINT "totp_enrolments_confirmed" CHECK (("totp_enrolments"."confirmed_at" is null) = ("totp_enrolments"."last_step" is null) and ("totp_enrolments"."confirmed_at" is null or "totp_enrolments"."confirmed_at" <= "totp_enrolments"."expires_at")),
	CONSTRAINT "totp_enrolments_ended" CHECK (("totp_enrolments"."ended_at" is null) = ("totp_enrolments"."ended_because" is null) and ("totp_enrolments"."ended_because" is null or "totp_enrolments"."ended_because" in ('disabled', 'superseded', 'pepper_replaced')))
);
CREATE TABLE "totp_recovery_codes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"enrolment_id" uuid NOT NULL,
	"code_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"voided_at" timestamp (3) with time zone,
	CONSTRAINT "totp_recovery_codes_code_hash_unique" UNIQUE("code_hash"),
	CONSTRAINT "totp_recovery_codes_one_end" CHECK ("totp_recovery_codes"."used_at" is null or "totp_recovery_codes"."voided_at" is null)
);
ALTER TABLE "totp_enrolments" ADD CONSTRAINT "totp_enrolments_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "totp_recovery_codes" ADD CONSTRAINT "totp_recovery_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "totp_recovery_codes" ADD CONSTRAINT "totp_recovery_codes_enrolment_id_totp_enrolments_id_fk" FOREIGN KEY ("enrolment_id") REFERENCES "public"."totp_enrolments"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "totp_enrolments_one_live" ON "totp_enrolments" USING btree ("user_id") WHERE ended_at is null;
CREATE INDEX "totp_recovery_codes_enrolment" ON "totp_recovery_codes" USING btree ("enrolment_id");
ALTER TABLE "otp_challenges" ADD COLUMN "channel" text DEFAULT 'mail' NOT NULL;
ALTER TABLE "office" ADD COLUMN "pepper_replaced_at" timestamp (3) with time zone;

CREATE TRIGGER totp_enrolments_no_delete BEFORE DELETE ON totp_enrolments FOR EACH ROW EXECUTE FUNCTION treasury_refuse('totp_enrolments are never deleted');

CREATE TRIGGER totp_enrolments_no_truncate BEFORE TRUNCATE ON totp_enrolments FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('totp_enrolments are never deleted');

CREATE TRIGGER totp_recovery_codes_no_delete BEFORE DELETE ON totp_recovery_codes FOR EACH ROW EXECUTE FUNCTION treasury_refuse('totp_recovery_codes are never deleted');

CREATE TRIGGER totp_recovery_codes_no_truncate BEFORE TRUNCATE ON totp_recovery_codes FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('totp_recovery_codes are never deleted');

CREATE TRIGGER totp_enrolments_born_pending BEFORE INSERT ON totp_enrolments FOR EACH ROW WHEN (NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('totp_enrolments: a new enrolment is pending');

CREATE FUNCTION treasury_totp_recovery_codes_born_unused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.used_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM totp_enrolments e WHERE e.id = NEW.enrolment_id AND e.user_id = NEW.user_id AND e.confirmed_at IS NOT NULL AND e.ended_at IS NULL
  ) THEN
    RAISE EXCEPTION 'totp_recovery_codes: a new code is unused, and of an enrolment in force' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER totp_recovery_codes_born_unused BEFORE INSERT ON totp_recovery_codes FOR EACH ROW EXECUTE FUNCTION treasury_totp_recovery_codes_born_unused();

CREATE TRIGGER totp_enrolments_fixed BEFORE UPDATE OF id, user_id, secret, created_at, expires_at ON totp_enrolments FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.user_id IS DISTINCT FROM OLD.user_id OR (NEW.secret IS NOT NULL AND NEW.secret IS DISTINCT FROM OLD.secret) OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.expires_at IS DISTINCT FROM OLD.expires_at) EXECUTE FUNCTION treasury_refuse('totp_enrolments: what was fixed at creation never changes');

CREATE TRIGGER totp_recovery_codes_fixed BEFORE UPDATE OF id, user_id, enrolment_id, code_hash, created_at ON totp_recovery_codes FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.user_id IS DISTINCT FROM OLD.user_id OR NEW.enrolment_id IS DISTINCT FROM OLD.enrolment_id OR NEW.code_hash IS DISTINCT FROM OLD.code_hash OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('totp_recovery_codes: what was fixed at creation never changes');

CREATE TRIGGER totp_enrolments_once BEFORE UPDATE OF confirmed_at, ended_at, ended_because ON totp_enrolments FOR EACH ROW WHEN ((OLD.ended_at IS NOT NULL AND (NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at OR NEW.ended_at IS DISTINCT FROM OLD.ended_at OR NEW.ended_because IS DISTINCT FROM OLD.ended_because))
  OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at)) EXECUTE FUNCTION treasury_refuse('totp_enrolments: an enrolment is confirmed and ended once, in this order');

CREATE TRIGGER totp_enrolments_steps_rise BEFORE UPDATE OF last_step ON totp_enrolments FOR EACH ROW WHEN (OLD.last_step IS NOT NULL AND NEW.last_step IS DISTINCT FROM OLD.last_step AND (NEW.last_step IS NULL OR NEW.last_step < OLD.last_step OR OLD.ended_at IS NOT NULL)) EXECUTE FUNCTION treasury_refuse('totp_enrolments: a used step is never forgotten');

CREATE TRIGGER totp_recovery_codes_once BEFORE UPDATE OF used_at, voided_at ON totp_recovery_codes FOR EACH ROW WHEN ((OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at) OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at)) EXECUTE FUNCTION treasury_refuse('totp_recovery_codes: a code is used or voided once');

CREATE TRIGGER otp_challenges_channel BEFORE INSERT ON otp_challenges FOR EACH ROW WHEN (NEW.channel NOT IN ('mail', 'totp')) EXECUTE FUNCTION treasury_refuse('otp_challenges: a code comes by mail or from an app');

CREATE TRIGGER otp_challenges_channel_fixed BEFORE UPDATE OF channel ON otp_challenges FOR EACH ROW WHEN (NEW.channel IS DISTINCT FROM OLD.channel) EXECUTE FUNCTION treasury_refuse('otp_challenges: what was fixed at creation never changes');
