-- Batches: payee lists that are approved as one, and paid by one code.

CREATE TABLE "batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"title" text,
	"fund_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"row_count" integer NOT NULL,
	"total_minor" bigint NOT NULL,
	"hash" text NOT NULL,
	"status" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "batches_ref_unique" UNIQUE("ref"),
	CONSTRAINT "batches_status" CHECK ("batches"."status" in ('submitted', 'approved', 'executing', 'cancelled')),
	CONSTRAINT "batches_figures" CHECK ("batches"."row_count" > 0 and "batches"."total_minor" between 1 and 9007199254740991)
);
CREATE TABLE "batch_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"line" integer NOT NULL,
	"requisition_id" uuid NOT NULL,
	"document" text,
	CONSTRAINT "batch_items_requisition_id_unique" UNIQUE("requisition_id"),
	CONSTRAINT "batch_items_place" CHECK ("batch_items"."seq" >= 1 and "batch_items"."line" >= 1)
);
CREATE TABLE "batch_payments" (
	"item_id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	CONSTRAINT "batch_payments_payment_id_unique" UNIQUE("payment_id")
);
CREATE TABLE "batch_challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"executor_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"code_hash" text NOT NULL,
	"failures" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"consumed_at" timestamp (3) with time zone,
	"voided_at" timestamp (3) with time zone,
	"channel" text NOT NULL,
	CONSTRAINT "batch_challenges_failures" CHECK ("batch_challenges"."failures" between 0 and 5),
	CONSTRAINT "batch_challenges_consumed_in_time" CHECK ("batch_challenges"."consumed_at" is null or "batch_challenges"."consumed_at" <= "batch_challenges"."expires_at"),
	CONSTRAINT "batch_challenges_channel" CHECK ("batch_challenges"."channel" in ('mail', 'totp'))
);
ALTER TABLE "otp_challenges" ADD COLUMN "batch_challenge_id" uuid;
ALTER TABLE "batches" ADD CONSTRAINT "batches_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batches" ADD CONSTRAINT "batches_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batch_items" ADD CONSTRAINT "batch_items_batch_id_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."batches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batch_items" ADD CONSTRAINT "batch_items_requisition_id_requisitions_id_fk" FOREIGN KEY ("requisition_id") REFERENCES "public"."requisitions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batch_payments" ADD CONSTRAINT "batch_payments_item_id_batch_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."batch_items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batch_payments" ADD CONSTRAINT "batch_payments_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batch_challenges" ADD CONSTRAINT "batch_challenges_batch_id_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."batches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "batch_challenges" ADD CONSTRAINT "batch_challenges_executor_id_users_id_fk" FOREIGN KEY ("executor_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "batches_created" ON "batches" USING btree ("created_at","id");
CREATE UNIQUE INDEX "batch_items_seq" ON "batch_items" USING btree ("batch_id","seq");
CREATE INDEX "batch_challenges_batch" ON "batch_challenges" USING btree ("batch_id","created_at","id");

CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches FOR EACH ROW EXECUTE FUNCTION treasury_refuse('batches are never deleted');

CREATE TRIGGER batches_no_truncate BEFORE TRUNCATE ON batches FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('batches are never deleted');

CREATE TRIGGER batches_fixed BEFORE UPDATE OF id, ref, title, fund_id, currency, row_count, total_minor, hash, created_by, created_at ON batches FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.ref IS DISTINCT FROM OLD.ref OR NEW.title IS DISTINCT FROM OLD.title OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.row_count IS DISTINCT FROM OLD.row_count OR NEW.total_minor IS DISTINCT FROM OLD.total_minor OR NEW.hash IS DISTINCT FROM OLD.hash OR NEW.created_by IS DISTINCT FROM OLD.created_by OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('batches: what was fixed at creation never changes');

CREATE TRIGGER batches_born_submitted BEFORE INSERT ON batches FOR EACH ROW WHEN (NEW.status <> 'submitted') EXECUTE FUNCTION treasury_refuse('batches: a new batch is submitted');

CREATE FUNCTION treasury_batches_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND (f.currency = NEW.currency) IS TRUE
  ) THEN
    RAISE EXCEPTION 'batches: not the currency of its fund' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batches_terms BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION treasury_batches_terms();

CREATE TRIGGER batches_legal_step BEFORE UPDATE OF status ON batches FOR EACH ROW WHEN (NOT (OLD.status = NEW.status
    or (OLD.status = 'submitted' and NEW.status in ('approved', 'cancelled'))
    or (OLD.status = 'approved' and NEW.status in ('executing', 'cancelled'))
    or (OLD.status = 'executing' and NEW.status = 'cancelled'))) EXECUTE FUNCTION treasury_refuse('batches: not a legal step');

CREATE FUNCTION treasury_batches_approved_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM (
      SELECT COUNT(*) AS items, SUM(p.amount_minor) AS total FROM batch_items i
      JOIN batch_payments b ON b.item_id = i.id JOIN payments p ON p.id = b.payment_id WHERE i.batch_id = NEW.id
    ) w WHERE w.items = NEW.row_count AND w.total = NEW.total_minor
  ) THEN
    RAISE EXCEPTION 'batches: approved without a payment for each row' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batches_approved_whole BEFORE UPDATE OF status ON batches FOR EACH ROW WHEN (NEW.status = 'approved' AND OLD.status <> 'approved') EXECUTE FUNCTION treasury_batches_approved_whole();

CREATE FUNCTION treasury_batches_started_by_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM batch_challenges c WHERE c.batch_id = NEW.id AND c.consumed_at IS NOT NULL AND c.voided_at IS NULL
  ) THEN
    RAISE EXCEPTION 'batches: started without a used code' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batches_started_by_code BEFORE UPDATE OF status ON batches FOR EACH ROW WHEN (NEW.status = 'executing' AND OLD.status <> 'executing') EXECUTE FUNCTION treasury_batches_started_by_code();

CREATE TRIGGER batch_items_no_update BEFORE UPDATE ON batch_items FOR EACH ROW EXECUTE FUNCTION treasury_refuse('batch_items are immutable');

CREATE TRIGGER batch_items_no_delete BEFORE DELETE ON batch_items FOR EACH ROW EXECUTE FUNCTION treasury_refuse('batch_items are immutable');

CREATE TRIGGER batch_items_no_truncate BEFORE TRUNCATE ON batch_items FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('batch_items are immutable');

CREATE FUNCTION treasury_batch_items_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM batches b JOIN requisitions r ON r.id = NEW.requisition_id
    WHERE b.id = NEW.batch_id AND (b.status = 'submitted' AND NEW.seq <= b.row_count AND r.requested_by = b.created_by AND r.currency = b.currency) IS TRUE
  ) THEN
    RAISE EXCEPTION 'batch_items: not a requisition of the batch' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batch_items_terms BEFORE INSERT ON batch_items FOR EACH ROW EXECUTE FUNCTION treasury_batch_items_terms();

CREATE TRIGGER batch_payments_no_update BEFORE UPDATE ON batch_payments FOR EACH ROW EXECUTE FUNCTION treasury_refuse('batch_payments are immutable');

CREATE TRIGGER batch_payments_no_delete BEFORE DELETE ON batch_payments FOR EACH ROW EXECUTE FUNCTION treasury_refuse('batch_payments are immutable');

CREATE TRIGGER batch_payments_no_truncate BEFORE TRUNCATE ON batch_payments FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('batch_payments are immutable');

CREATE FUNCTION treasury_batch_payments_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM batch_items i JOIN batches b ON b.id = i.batch_id JOIN requisitions r ON r.id = i.requisition_id
    JOIN payments p ON p.id = NEW.payment_id
    WHERE i.id = NEW.item_id AND (b.status = 'submitted' AND p.requisition_id = i.requisition_id AND p.fund_id = b.fund_id
      AND p.amount_minor = r.amount_minor) IS TRUE
  ) THEN
    RAISE EXCEPTION 'batch_payments: not the payment of its requisition' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batch_payments_terms BEFORE INSERT ON batch_payments FOR EACH ROW EXECUTE FUNCTION treasury_batch_payments_terms();

CREATE TRIGGER batch_challenges_no_delete BEFORE DELETE ON batch_challenges FOR EACH ROW EXECUTE FUNCTION treasury_refuse('batch_challenges are never deleted');

CREATE TRIGGER batch_challenges_no_truncate BEFORE TRUNCATE ON batch_challenges FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('batch_challenges are never deleted');

CREATE TRIGGER batch_challenges_fixed BEFORE UPDATE OF id, batch_id, executor_id, digest, code_hash, created_at, expires_at, channel ON batch_challenges FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.batch_id IS DISTINCT FROM OLD.batch_id OR NEW.executor_id IS DISTINCT FROM OLD.executor_id OR NEW.digest IS DISTINCT FROM OLD.digest OR NEW.code_hash IS DISTINCT FROM OLD.code_hash OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.expires_at IS DISTINCT FROM OLD.expires_at OR NEW.channel IS DISTINCT FROM OLD.channel) EXECUTE FUNCTION treasury_refuse('batch_challenges: what was fixed at creation never changes');

CREATE TRIGGER batch_challenges_once BEFORE UPDATE OF sent_at, verified_at, consumed_at, voided_at ON batch_challenges FOR EACH ROW WHEN ((OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at) OR (OLD.verified_at IS NOT NULL AND NEW.verified_at IS DISTINCT FROM OLD.verified_at) OR (OLD.consumed_at IS NOT NULL AND NEW.consumed_at IS DISTINCT FROM OLD.consumed_at) OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at)
  OR (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.voided_at IS NOT NULL OR NEW.verified_at > NEW.expires_at))
  OR (OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL AND (NEW.verified_at IS NULL OR NEW.voided_at IS NOT NULL))) EXECUTE FUNCTION treasury_refuse('batch_challenges: a code is sent, verified, used and voided once, in this order');

CREATE TRIGGER batch_challenges_tries_count BEFORE UPDATE OF failures ON batch_challenges FOR EACH ROW WHEN (NEW.failures < OLD.failures AND (NEW.failures <> OLD.failures - 1 OR NEW.verified_at IS NULL)) EXECUTE FUNCTION treasury_refuse('batch_challenges: wrong tries are never forgotten');

CREATE TRIGGER batch_challenges_born_unused BEFORE INSERT ON batch_challenges FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL OR NEW.consumed_at IS NOT NULL OR NEW.voided_at IS NOT NULL OR NEW.failures <> 0) EXECUTE FUNCTION treasury_refuse('batch_challenges: a new code was neither verified nor used');

CREATE FUNCTION treasury_batch_challenges_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM batches b WHERE b.id = NEW.batch_id AND b.created_by = NEW.executor_id
  ) OR EXISTS (
    SELECT 1 FROM batch_items i JOIN requisition_approvals a ON a.requisition_id = i.requisition_id
    WHERE i.batch_id = NEW.batch_id AND a.approver_id = NEW.executor_id
  ) THEN
    RAISE EXCEPTION 'batch_challenges: executor requested or approved it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batch_challenges_segregation BEFORE INSERT ON batch_challenges FOR EACH ROW EXECUTE FUNCTION treasury_batch_challenges_segregation();

CREATE TRIGGER otp_challenges_batch_fixed BEFORE UPDATE OF batch_challenge_id ON otp_challenges FOR EACH ROW WHEN (NEW.batch_challenge_id IS DISTINCT FROM OLD.batch_challenge_id) EXECUTE FUNCTION treasury_refuse('otp_challenges: what was fixed at creation never changes');

DROP TRIGGER otp_challenges_channel ON otp_challenges;

CREATE TRIGGER otp_challenges_channel BEFORE INSERT ON otp_challenges FOR EACH ROW WHEN (NEW.channel NOT IN ('mail', 'totp', 'batch') OR (NEW.channel = 'batch') <> (NEW.batch_challenge_id IS NOT NULL)) EXECUTE FUNCTION treasury_refuse('otp_challenges: a code comes by mail, from an app, or of a batch');

CREATE FUNCTION treasury_otp_challenges_of_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM batch_challenges c JOIN batch_items i ON i.batch_id = c.batch_id JOIN batch_payments b ON b.item_id = i.id
    WHERE c.id = NEW.batch_challenge_id AND b.payment_id = NEW.payment_id AND (c.executor_id = NEW.executor_id
      AND c.consumed_at IS NOT NULL AND c.voided_at IS NULL AND c.verified_at = NEW.verified_at) IS TRUE
  ) THEN
    RAISE EXCEPTION 'otp_challenges: not of a used code of its batch' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER otp_challenges_of_batch BEFORE INSERT ON otp_challenges FOR EACH ROW WHEN (NEW.batch_challenge_id IS NOT NULL) EXECUTE FUNCTION treasury_otp_challenges_of_batch();
