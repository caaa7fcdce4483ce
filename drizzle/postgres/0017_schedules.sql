-- What is done when its time comes: a payment once, or a job again and again. Letters are delivered by one worker at a time.

ALTER TABLE "outbox_messages" ADD COLUMN "lease_until" timestamp (3) with time zone;
ALTER TABLE "outbox_messages" ADD COLUMN "next_at" timestamp (3) with time zone;

CREATE TABLE "schedules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"kind" text NOT NULL,
	"payment_id" uuid,
	"fund_id" uuid,
	"job" text,
	"folder" text,
	"cron" text,
	"due_at" timestamp (3) with time zone,
	"challenge_id" uuid,
	"status" text NOT NULL,
	"next_at" timestamp (3) with time zone,
	"lease_holder" text,
	"lease_until" timestamp (3) with time zone,
	"failures" integer NOT NULL,
	"last_run_at" timestamp (3) with time zone,
	"last_outcome" text,
	"last_detail" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "schedules_ref_unique" UNIQUE("ref"),
	CONSTRAINT "schedules_challenge_id_unique" UNIQUE("challenge_id"),
	CONSTRAINT "schedules_kind" CHECK (("schedules"."kind" = 'payment' and "schedules"."payment_id" is not null and "schedules"."fund_id" is not null and "schedules"."due_at" is not null and "schedules"."job" is null and "schedules"."folder" is null and "schedules"."cron" is null) or ("schedules"."kind" = 'job' and "schedules"."job" is not null and "schedules"."cron" is not null and "schedules"."payment_id" is null and "schedules"."due_at" is null and "schedules"."challenge_id" is null)),
	CONSTRAINT "schedules_status" CHECK ("schedules"."status" in ('active', 'paused', 'done', 'refused', 'removed')),
	CONSTRAINT "schedules_next" CHECK (("schedules"."status" = 'active') = ("schedules"."next_at" is not null)),
	CONSTRAINT "schedules_ended" CHECK (("schedules"."status" in ('done', 'refused', 'removed')) = ("schedules"."ended_at" is not null)),
	CONSTRAINT "schedules_jobs_repeat" CHECK ("schedules"."kind" = 'payment' or "schedules"."status" in ('active', 'paused', 'removed')),
	CONSTRAINT "schedules_lease" CHECK (("schedules"."lease_holder" is null) = ("schedules"."lease_until" is null)),
	CONSTRAINT "schedules_failures" CHECK ("schedules"."failures" >= 0),
	CONSTRAINT "schedules_outcome" CHECK ("schedules"."last_outcome" is null or "schedules"."last_outcome" in ('done', 'failed', 'refused'))
);
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_challenge_id_otp_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."otp_challenges"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "schedules_one_of_payment" ON "schedules" USING btree ("payment_id") WHERE status in ('active', 'paused');
CREATE INDEX "schedules_due" ON "schedules" USING btree ("next_at","id") WHERE next_at is not null;
CREATE INDEX "schedules_created" ON "schedules" USING btree ("created_at","id");
CREATE INDEX "schedules_payment" ON "schedules" USING btree ("payment_id","created_at");

CREATE TRIGGER schedules_no_delete BEFORE DELETE ON schedules FOR EACH ROW EXECUTE FUNCTION treasury_refuse('schedules are never deleted');

CREATE TRIGGER schedules_no_truncate BEFORE TRUNCATE ON schedules FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('schedules are never deleted');

CREATE TRIGGER schedules_fixed BEFORE UPDATE OF id, ref, kind, payment_id, fund_id, job, folder, cron, due_at, challenge_id, created_by, created_at ON schedules FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.ref IS DISTINCT FROM OLD.ref OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.payment_id IS DISTINCT FROM OLD.payment_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.job IS DISTINCT FROM OLD.job OR NEW.folder IS DISTINCT FROM OLD.folder OR NEW.cron IS DISTINCT FROM OLD.cron OR NEW.due_at IS DISTINCT FROM OLD.due_at OR NEW.challenge_id IS DISTINCT FROM OLD.challenge_id OR NEW.created_by IS DISTINCT FROM OLD.created_by OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('schedules: what was fixed at creation never changes');

CREATE TRIGGER schedules_born_active BEFORE INSERT ON schedules FOR EACH ROW WHEN (NEW.status <> 'active' OR NEW.failures <> 0 OR NEW.last_run_at IS NOT NULL OR NEW.lease_holder IS NOT NULL) EXECUTE FUNCTION treasury_refuse('schedules: a new schedule is active and has not run');

CREATE TRIGGER schedules_ended_once BEFORE UPDATE ON schedules FOR EACH ROW WHEN (OLD.status IN ('done', 'refused', 'removed')) EXECUTE FUNCTION treasury_refuse('schedules: what has ended never changes');

CREATE FUNCTION treasury_schedules_of_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM payments p
    WHERE p.id = NEW.payment_id AND (p.status = 'pending' AND p.method <> 'cash' AND p.fund_id = NEW.fund_id AND p.requester_id <> NEW.created_by) IS TRUE
  ) THEN
    RAISE EXCEPTION 'schedules: not a pending payment of this fund that somebody else asked for' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER schedules_of_payment BEFORE INSERT ON schedules FOR EACH ROW WHEN (NEW.payment_id IS NOT NULL) EXECUTE FUNCTION treasury_schedules_of_payment();

CREATE FUNCTION treasury_schedules_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM otp_challenges c
    WHERE c.id = NEW.challenge_id AND (c.payment_id = NEW.payment_id AND c.executor_id = NEW.created_by AND c.consumed_at = NEW.created_at AND c.voided_at IS NULL) IS TRUE
  ) OR EXISTS (SELECT 1 FROM payment_attempts a WHERE a.challenge_id = NEW.challenge_id) THEN
    RAISE EXCEPTION 'schedules: not a code that was used for it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER schedules_code BEFORE INSERT ON schedules FOR EACH ROW WHEN (NEW.challenge_id IS NOT NULL) EXECUTE FUNCTION treasury_schedules_code();

CREATE FUNCTION treasury_payment_attempts_scheduled_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM schedules WHERE challenge_id = NEW.challenge_id) AND NOT EXISTS (
    SELECT 1 FROM schedules s
    WHERE s.challenge_id = NEW.challenge_id AND (s.payment_id = NEW.payment_id AND s.created_by = NEW.executor_id AND s.due_at <= NEW.created_at) IS TRUE
  ) THEN
    RAISE EXCEPTION 'payment_attempts: the code was given for another time or person' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_attempts_scheduled_code BEFORE INSERT ON payment_attempts FOR EACH ROW WHEN (NEW.challenge_id IS NOT NULL) EXECUTE FUNCTION treasury_payment_attempts_scheduled_code();
