-- Differences found after the fact, of payments and of counts, and what the database itself refuses about them.

CREATE TABLE "variance_adjustments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"payment_id" uuid,
	"original_minor" bigint NOT NULL,
	"adjusted_minor" bigint NOT NULL,
	"variance_minor" bigint NOT NULL,
	"reason" text NOT NULL,
	"evidence" text,
	"match_id" uuid,
	"status" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"decided_reason" text,
	"policy_version" integer,
	"entry_id" uuid,
	CONSTRAINT "variance_adjustments_ref_unique" UNIQUE("ref"),
	CONSTRAINT "variance_adjustments_match_id_unique" UNIQUE("match_id"),
	CONSTRAINT "variance_adjustments_entry_id_unique" UNIQUE("entry_id"),
	CONSTRAINT "variance_adjustments_status" CHECK ("variance_adjustments"."status" in ('pending', 'approved', 'rejected')),
	CONSTRAINT "variance_adjustments_figures" CHECK ("variance_adjustments"."adjusted_minor" between 0 and 9007199254740991 and "variance_adjustments"."variance_minor" between -9007199254740991 and 9007199254740991 and "variance_adjustments"."variance_minor" <> 0 and "variance_adjustments"."variance_minor" = "variance_adjustments"."adjusted_minor" - "variance_adjustments"."original_minor"),
	CONSTRAINT "variance_adjustments_decided" CHECK (("variance_adjustments"."status" = 'pending' and "variance_adjustments"."decided_by" is null and "variance_adjustments"."decided_at" is null and "variance_adjustments"."decided_reason" is null and "variance_adjustments"."policy_version" is null) or ("variance_adjustments"."status" <> 'pending' and "variance_adjustments"."decided_by" is not null and "variance_adjustments"."decided_at" is not null and "variance_adjustments"."policy_version" is not null)),
	CONSTRAINT "variance_adjustments_applied" CHECK (("variance_adjustments"."status" = 'approved') = ("variance_adjustments"."entry_id" is not null)),
	CONSTRAINT "variance_adjustments_people_differ" CHECK ("variance_adjustments"."decided_by" is null or "variance_adjustments"."decided_by" <> "variance_adjustments"."recorded_by"),
	CONSTRAINT "variance_adjustments_match_of_payment" CHECK ("variance_adjustments"."match_id" is null or "variance_adjustments"."payment_id" is not null)
);
ALTER TABLE "variance_adjustments" ADD CONSTRAINT "variance_adjustments_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "variance_adjustments" ADD CONSTRAINT "variance_adjustments_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "variance_adjustments" ADD CONSTRAINT "variance_adjustments_match_id_matches_id_fk" FOREIGN KEY ("match_id") REFERENCES "public"."matches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "variance_adjustments" ADD CONSTRAINT "variance_adjustments_recorded_by_users_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "variance_adjustments" ADD CONSTRAINT "variance_adjustments_decided_by_users_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "variance_adjustments" ADD CONSTRAINT "variance_adjustments_entry_id_ledger_entries_id_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."ledger_entries"("id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;
CREATE UNIQUE INDEX "variance_adjustments_one_pending" ON "variance_adjustments" USING btree ("payment_id") WHERE status = 'pending';
CREATE UNIQUE INDEX "variance_adjustments_one_pending_count" ON "variance_adjustments" USING btree ("fund_id") WHERE status = 'pending' and payment_id is null;
CREATE INDEX "variance_adjustments_pending" ON "variance_adjustments" USING btree ("fund_id","created_at","id") WHERE status = 'pending';
CREATE INDEX "variance_adjustments_payment" ON "variance_adjustments" USING btree ("payment_id");
CREATE INDEX "variance_adjustments_created" ON "variance_adjustments" USING btree ("created_at","id");
CREATE INDEX "variance_adjustments_fund_created" ON "variance_adjustments" USING btree ("fund_id","created_at","id");

CREATE TRIGGER variance_adjustments_no_delete BEFORE DELETE ON variance_adjustments FOR EACH ROW EXECUTE FUNCTION treasury_refuse('variance_adjustments are never deleted');

CREATE TRIGGER variance_adjustments_no_truncate BEFORE TRUNCATE ON variance_adjustments FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('variance_adjustments are never deleted');

CREATE TRIGGER variance_adjustments_fixed BEFORE UPDATE OF "id", "ref", "fund_id", "payment_id", "original_minor", "adjusted_minor", "variance_minor", "reason", "evidence", "match_id", "recorded_by", "created_at" ON variance_adjustments FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."fund_id" IS DISTINCT FROM OLD."fund_id" OR NEW."payment_id" IS DISTINCT FROM OLD."payment_id" OR NEW."original_minor" IS DISTINCT FROM OLD."original_minor" OR NEW."adjusted_minor" IS DISTINCT FROM OLD."adjusted_minor" OR NEW."variance_minor" IS DISTINCT FROM OLD."variance_minor" OR NEW."reason" IS DISTINCT FROM OLD."reason" OR NEW."evidence" IS DISTINCT FROM OLD."evidence" OR NEW."match_id" IS DISTINCT FROM OLD."match_id" OR NEW."recorded_by" IS DISTINCT FROM OLD."recorded_by" OR NEW."created_at" IS DISTINCT FROM OLD."created_at") EXECUTE FUNCTION treasury_refuse('variance_adjustments: what was fixed at creation never changes');

CREATE TRIGGER variance_adjustments_decided_once BEFORE UPDATE OF status, decided_by, decided_at, decided_reason, policy_version, entry_id ON variance_adjustments FOR EACH ROW WHEN (OLD.status <> 'pending') EXECUTE FUNCTION treasury_refuse('variance_adjustments: what was decided stays decided');

CREATE TRIGGER variance_adjustments_born_pending BEFORE INSERT ON variance_adjustments FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION treasury_refuse('variance_adjustments: a new variance is pending');

CREATE FUNCTION treasury_variance_adjustments_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.payment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM payments p
    WHERE p.id = NEW.payment_id AND (p.fund_id = NEW.fund_id AND p.status IN ('success', 'reconciled')
      AND NEW.original_minor = p.amount_minor + COALESCE((SELECT SUM(v.variance_minor) FROM variance_adjustments v WHERE v.payment_id = p.id AND v.status = 'approved'), 0)) IS TRUE
  )) OR (NEW.payment_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND (f.balance_minor = NEW.original_minor) IS TRUE
  )) THEN
    RAISE EXCEPTION 'variance_adjustments: not a difference to what the books say' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER variance_adjustments_terms BEFORE INSERT ON variance_adjustments FOR EACH ROW EXECUTE FUNCTION treasury_variance_adjustments_terms();

CREATE FUNCTION treasury_variance_adjustments_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM matches m JOIN ledger_entries e ON e.id = m.entry_id
    WHERE m.id = NEW.match_id AND (m.undone_at IS NULL AND e.kind = 'payment' AND e.payment_id = NEW.payment_id) IS TRUE
  ) THEN
    RAISE EXCEPTION 'variance_adjustments: not a live match of its payment' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER variance_adjustments_match BEFORE INSERT ON variance_adjustments FOR EACH ROW WHEN (NEW.match_id IS NOT NULL) EXECUTE FUNCTION treasury_variance_adjustments_match();

CREATE FUNCTION treasury_variance_adjustments_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM payments p WHERE p.id = NEW.payment_id AND (p.requester_id = NEW.decided_by OR p.executor_id = NEW.decided_by)
  ) THEN
    RAISE EXCEPTION 'variance_adjustments: decided by who requested or executed the payment' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER variance_adjustments_segregation BEFORE UPDATE OF decided_by ON variance_adjustments FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL) EXECUTE FUNCTION treasury_variance_adjustments_segregation();

CREATE FUNCTION treasury_variance_adjustments_of_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM payments p WHERE p.id = NEW.payment_id AND (p.status IN ('success', 'reconciled')) IS TRUE
  ) THEN
    RAISE EXCEPTION 'variance_adjustments: approved for a payment that is not paid' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER variance_adjustments_of_paid BEFORE UPDATE OF status ON variance_adjustments FOR EACH ROW WHEN (NEW.status = 'approved' AND NEW.payment_id IS NOT NULL) EXECUTE FUNCTION treasury_variance_adjustments_of_paid();

CREATE FUNCTION treasury_ledger_entries_variance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM variance_adjustments v
    WHERE v.entry_id = NEW.id AND (v.status = 'approved' AND NEW.type = 'adjustment' AND v.fund_id = NEW.fund_id
      AND v.payment_id IS NOT DISTINCT FROM NEW.payment_id
      AND NEW.amount_minor = CASE WHEN v.payment_id IS NULL THEN v.variance_minor ELSE -v.variance_minor END) IS TRUE
  ) THEN
    RAISE EXCEPTION 'ledger_entries: not the adjustment of its approved variance' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_variance BEFORE INSERT ON ledger_entries FOR EACH ROW WHEN (NEW.kind = 'variance') EXECUTE FUNCTION treasury_ledger_entries_variance();

CREATE FUNCTION treasury_payments_reversed_unadjusted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM variance_adjustments v WHERE v.payment_id = NEW.id AND v.status = 'pending')
    OR (SELECT COALESCE(SUM(v.variance_minor), 0) FROM variance_adjustments v WHERE v.payment_id = NEW.id AND v.status = 'approved') <> 0 THEN
    RAISE EXCEPTION 'payments: reversed with a variance' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_reversed_unadjusted BEFORE UPDATE OF status ON payments FOR EACH ROW WHEN (NEW.status = 'reversed' AND OLD.status <> 'reversed') EXECUTE FUNCTION treasury_payments_reversed_unadjusted();
