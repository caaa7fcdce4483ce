-- Changes that need two people, the reversals they make, and roles that end by themselves; with what the database itself refuses about them.

CREATE TABLE "change_confirmations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"change_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"subject_user_id" uuid,
	"company_id" uuid,
	"region_id" uuid,
	"branch_id" uuid,
	"before" text NOT NULL,
	"after" text NOT NULL,
	"payload" text NOT NULL,
	"reason" text,
	"proposed_by" uuid NOT NULL,
	"status" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"decided_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "changes_ref_unique" UNIQUE("ref"),
	CONSTRAINT "changes_status" CHECK ("changes"."status" in ('pending', 'confirmed', 'rejected')),
	CONSTRAINT "changes_decided" CHECK (("changes"."status" = 'pending' and "changes"."decided_by" is null and "changes"."decided_at" is null) or ("changes"."status" <> 'pending' and "changes"."decided_by" is not null and "changes"."decided_at" is not null)),
	CONSTRAINT "changes_two_people" CHECK ("changes"."status" <> 'confirmed' or ("changes"."decided_by" <> "changes"."proposed_by" and ("changes"."subject_user_id" is null or "changes"."decided_by" <> "changes"."subject_user_id")))
);
CREATE TABLE "payment_reversals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	"debit_id" uuid NOT NULL,
	"credit_id" uuid NOT NULL,
	"change_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"returned_reference" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_reversals_payment_id_unique" UNIQUE("payment_id"),
	CONSTRAINT "payment_reversals_debit_id_unique" UNIQUE("debit_id"),
	CONSTRAINT "payment_reversals_credit_id_unique" UNIQUE("credit_id"),
	CONSTRAINT "payment_reversals_change_id_unique" UNIQUE("change_id"),
	CONSTRAINT "payment_reversals_returned_reference_unique" UNIQUE("returned_reference")
);
ALTER TABLE "change_confirmations" ADD CONSTRAINT "change_confirmations_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "change_confirmations" ADD CONSTRAINT "change_confirmations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "changes" ADD CONSTRAINT "changes_subject_user_id_users_id_fk" FOREIGN KEY ("subject_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "changes" ADD CONSTRAINT "changes_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "changes" ADD CONSTRAINT "changes_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "changes" ADD CONSTRAINT "changes_branch_id_branches_id_fk" FOREIGN KEY ("branch_id") REFERENCES "public"."branches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "changes" ADD CONSTRAINT "changes_proposed_by_users_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "changes" ADD CONSTRAINT "changes_decided_by_users_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_reversals" ADD CONSTRAINT "payment_reversals_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_reversals" ADD CONSTRAINT "payment_reversals_debit_id_ledger_entries_id_fk" FOREIGN KEY ("debit_id") REFERENCES "public"."ledger_entries"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_reversals" ADD CONSTRAINT "payment_reversals_credit_id_ledger_entries_id_fk" FOREIGN KEY ("credit_id") REFERENCES "public"."ledger_entries"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_reversals" ADD CONSTRAINT "payment_reversals_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "change_confirmations_once" ON "change_confirmations" USING btree ("change_id","user_id");
CREATE UNIQUE INDEX "changes_one_pending" ON "changes" USING btree ("kind","subject") WHERE status = 'pending';
CREATE INDEX "changes_created" ON "changes" USING btree ("created_at","id");
CREATE INDEX "changes_subject" ON "changes" USING btree ("subject");
ALTER TABLE "role_grants" ADD COLUMN "ends_at" timestamp (3) with time zone;

CREATE TRIGGER change_confirmations_no_update BEFORE UPDATE ON change_confirmations FOR EACH ROW EXECUTE FUNCTION treasury_refuse('change_confirmations are immutable');

CREATE TRIGGER change_confirmations_no_delete BEFORE DELETE ON change_confirmations FOR EACH ROW EXECUTE FUNCTION treasury_refuse('change_confirmations are immutable');

CREATE TRIGGER change_confirmations_no_truncate BEFORE TRUNCATE ON change_confirmations FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('change_confirmations are immutable');

CREATE TRIGGER payment_reversals_no_update BEFORE UPDATE ON payment_reversals FOR EACH ROW EXECUTE FUNCTION treasury_refuse('payment_reversals are immutable');

CREATE TRIGGER payment_reversals_no_delete BEFORE DELETE ON payment_reversals FOR EACH ROW EXECUTE FUNCTION treasury_refuse('payment_reversals are immutable');

CREATE TRIGGER payment_reversals_no_truncate BEFORE TRUNCATE ON payment_reversals FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('payment_reversals are immutable');

CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes FOR EACH ROW EXECUTE FUNCTION treasury_refuse('changes are never deleted');

CREATE TRIGGER changes_no_truncate BEFORE TRUNCATE ON changes FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('changes are never deleted');

CREATE TRIGGER changes_fixed BEFORE UPDATE OF "id", "ref", "kind", "subject", "subject_user_id", "company_id", "region_id", "branch_id", "before", "after", "payload", "reason", "proposed_by", "created_at" ON changes FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."kind" IS DISTINCT FROM OLD."kind" OR NEW."subject" IS DISTINCT FROM OLD."subject" OR NEW."subject_user_id" IS DISTINCT FROM OLD."subject_user_id" OR NEW."company_id" IS DISTINCT FROM OLD."company_id" OR NEW."region_id" IS DISTINCT FROM OLD."region_id" OR NEW."branch_id" IS DISTINCT FROM OLD."branch_id" OR NEW."before" IS DISTINCT FROM OLD."before" OR NEW."after" IS DISTINCT FROM OLD."after" OR NEW."payload" IS DISTINCT FROM OLD."payload" OR NEW."reason" IS DISTINCT FROM OLD."reason" OR NEW."proposed_by" IS DISTINCT FROM OLD."proposed_by" OR NEW."created_at" IS DISTINCT FROM OLD."created_at") EXECUTE FUNCTION treasury_refuse('changes: what was proposed never changes');

CREATE TRIGGER changes_decided_once BEFORE UPDATE OF status, decided_by, decided_at, decided_reason ON changes FOR EACH ROW WHEN (OLD.status <> 'pending') EXECUTE FUNCTION treasury_refuse('changes: what was decided stays decided');

CREATE TRIGGER changes_born_pending BEFORE INSERT ON changes FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION treasury_refuse('changes: a new change is pending');

CREATE TRIGGER role_grants_end_fixed BEFORE UPDATE OF ends_at ON role_grants FOR EACH ROW WHEN (NEW.ends_at IS DISTINCT FROM OLD.ends_at) EXECUTE FUNCTION treasury_refuse('role_grants: what was fixed at creation never changes');

CREATE FUNCTION treasury_changes_confirmed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM change_confirmations c WHERE c.change_id = NEW.id AND c.user_id = NEW.decided_by) THEN
    RAISE EXCEPTION 'changes: nobody has confirmed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER changes_confirmed_by_another BEFORE UPDATE OF status ON changes FOR EACH ROW WHEN (NEW.status = 'confirmed') EXECUTE FUNCTION treasury_changes_confirmed_by_another();

CREATE FUNCTION treasury_change_confirmations_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.change_id AND (c.status = 'pending' AND c.proposed_by <> NEW.user_id AND (c.subject_user_id IS NULL OR c.subject_user_id <> NEW.user_id)) IS TRUE
  ) THEN
    RAISE EXCEPTION 'change_confirmations: proposed by them, about them, or decided' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER change_confirmations_segregation BEFORE INSERT ON change_confirmations FOR EACH ROW EXECUTE FUNCTION treasury_change_confirmations_segregation();

CREATE FUNCTION treasury_payments_reversed_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM changes c WHERE c.subject = NEW.ref AND c.kind = 'payment.reverse' AND c.status = 'confirmed') THEN
    RAISE EXCEPTION 'payments: nobody has confirmed the reversal' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_reversed_by_two BEFORE UPDATE OF status ON payments FOR EACH ROW WHEN (NEW.status = 'reversed' AND OLD.status IN ('success', 'reconciled')) EXECUTE FUNCTION treasury_payments_reversed_by_two();

CREATE FUNCTION treasury_ledger_entries_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM ledger_entries d JOIN payments p ON p.id = d.payment_id
    WHERE d.id = NEW.reverses_id AND (d.kind = 'payment' AND d.payment_id = NEW.payment_id AND d.execution_id = NEW.execution_id AND d.fund_id = NEW.fund_id
      AND d.amount_minor = NEW.amount_minor AND NEW.type = 'credit' AND p.status = 'reversed') IS TRUE
  ) OR EXISTS (SELECT 1 FROM payment_reversals r WHERE r.debit_id = NEW.reverses_id) THEN
    RAISE EXCEPTION 'ledger_entries: not the credit of its reversed payment' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_reversal BEFORE INSERT ON ledger_entries FOR EACH ROW WHEN (NEW.kind = 'reversal') EXECUTE FUNCTION treasury_ledger_entries_reversal();

CREATE FUNCTION treasury_payment_reversals_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM ledger_entries e JOIN payments p ON p.id = e.payment_id JOIN changes c ON c.id = NEW.change_id
    WHERE e.id = NEW.credit_id AND (e.kind = 'reversal' AND e.reverses_id = NEW.debit_id AND e.payment_id = NEW.payment_id
      AND c.kind = 'payment.reverse' AND c.subject = p.ref AND c.status = 'confirmed') IS TRUE
  ) THEN
    RAISE EXCEPTION 'payment_reversals: not the entries of a confirmed reversal' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_reversals_links BEFORE INSERT ON payment_reversals FOR EACH ROW EXECUTE FUNCTION treasury_payment_reversals_links();
