-- Statements of banks and M-Pesa, how their lines are tied to the books, and what the database itself refuses about them.

CREATE TABLE "statement_profiles" (
	"name" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "statements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"file_digest" text NOT NULL,
	"file_name" text,
	"type" text NOT NULL,
	"profile" text,
	"account" text,
	"number" text,
	"currency" text NOT NULL,
	"from_day" text,
	"to_day" text,
	"opening_minor" bigint,
	"closing_minor" bigint,
	"line_count" integer NOT NULL,
	"new_lines" integer NOT NULL,
	"credits_minor" bigint NOT NULL,
	"debits_minor" bigint NOT NULL,
	"ties" boolean,
	"faults" text NOT NULL,
	"accepted_by" uuid,
	"replaced_by" uuid,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "statements_ref_unique" UNIQUE("ref"),
	CONSTRAINT "statements_counts" CHECK ("statements"."line_count" >= 0 and "statements"."new_lines" between 0 and "statements"."line_count"),
	CONSTRAINT "statements_faulty_is_accepted" CHECK ("statements"."faults" = '[]' or "statements"."accepted_by" is not null)
);
CREATE TABLE "statement_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"statement_id" uuid NOT NULL,
	"fund_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"position" integer NOT NULL,
	"identity" text NOT NULL,
	"occurrence" integer NOT NULL,
	"booked_on" text NOT NULL,
	"value_on" text,
	"booked_at" text,
	"amount_minor" bigint NOT NULL,
	"balance_minor" bigint,
	"external_id" text,
	"other_references" text NOT NULL,
	"counterparty" text,
	"counterparty_account" text,
	"description" text NOT NULL,
	"is_charge" boolean NOT NULL,
	CONSTRAINT "statement_lines_ref_unique" UNIQUE("ref"),
	CONSTRAINT "statement_lines_amount" CHECK ("statement_lines"."amount_minor" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "statement_lines_occurrence" CHECK ("statement_lines"."occurrence" >= 1)
);
CREATE TABLE "reconciliations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"statement_id" uuid,
	"mode" text NOT NULL,
	"rule_version" integer NOT NULL,
	"matches" integer NOT NULL,
	"digest" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reconciliations_ref_unique" UNIQUE("ref"),
	CONSTRAINT "reconciliations_mode" CHECK ("reconciliations"."mode" in ('auto', 'plan', 'hand'))
);
CREATE TABLE "matches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"group_seq" integer NOT NULL,
	"line_id" uuid,
	"line_part" integer NOT NULL,
	"entry_id" uuid NOT NULL,
	"entry_part" integer NOT NULL,
	"pass" text NOT NULL,
	"score" integer NOT NULL,
	"reasons" text NOT NULL,
	"matched_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"undone_by" uuid,
	"undone_at" timestamp (3) with time zone,
	"undone_reason" text,
	CONSTRAINT "matches_ref_unique" UNIQUE("ref"),
	CONSTRAINT "matches_pass" CHECK ("matches"."pass" in ('external_id', 'reference', 'payee_and_date', 'fee_tolerance', 'group', 'fee_rule', 'amount_differs', 'by_hand')),
	CONSTRAINT "matches_score" CHECK ("matches"."score" between 0 and 1000),
	CONSTRAINT "matches_parts" CHECK ("matches"."line_part" >= 1 and "matches"."entry_part" >= 1 and ("matches"."line_part" = 1 or "matches"."entry_part" = 1)),
	CONSTRAINT "matches_line_or_hand" CHECK ("matches"."line_id" is not null or "matches"."pass" in ('by_hand', 'amount_differs')),
	CONSTRAINT "matches_undone" CHECK (("matches"."undone_at" is null) = ("matches"."undone_by" is null))
);
CREATE TABLE "fee_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"name" text NOT NULL,
	"contains" text NOT NULL,
	"tariff" text NOT NULL,
	"change_id" uuid NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" uuid,
	CONSTRAINT "fee_rules_ref_unique" UNIQUE("ref"),
	CONSTRAINT "fee_rules_change_id_unique" UNIQUE("change_id"),
	CONSTRAINT "fee_rules_ended" CHECK (("fee_rules"."ended_at" is null) = ("fee_rules"."ended_by" is null))
);
ALTER TABLE "statement_profiles" ADD CONSTRAINT "statement_profiles_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "statements" ADD CONSTRAINT "statements_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "statements" ADD CONSTRAINT "statements_accepted_by_users_id_fk" FOREIGN KEY ("accepted_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "statements" ADD CONSTRAINT "statements_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_statement_id_statements_id_fk" FOREIGN KEY ("statement_id") REFERENCES "public"."statements"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_statement_id_statements_id_fk" FOREIGN KEY ("statement_id") REFERENCES "public"."statements"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "matches" ADD CONSTRAINT "matches_reconciliation_id_reconciliations_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "matches" ADD CONSTRAINT "matches_line_id_statement_lines_id_fk" FOREIGN KEY ("line_id") REFERENCES "public"."statement_lines"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "matches" ADD CONSTRAINT "matches_entry_id_ledger_entries_id_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."ledger_entries"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "matches" ADD CONSTRAINT "matches_matched_by_users_id_fk" FOREIGN KEY ("matched_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "matches" ADD CONSTRAINT "matches_undone_by_users_id_fk" FOREIGN KEY ("undone_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "fee_rules" ADD CONSTRAINT "fee_rules_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "fee_rules" ADD CONSTRAINT "fee_rules_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "fee_rules" ADD CONSTRAINT "fee_rules_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "fee_rules" ADD CONSTRAINT "fee_rules_ended_by_users_id_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "statements_fund_created" ON "statements" USING btree ("fund_id","created_at","id");
CREATE INDEX "statements_fund_days" ON "statements" USING btree ("fund_id","to_day","from_day");
CREATE INDEX "statements_created" ON "statements" USING btree ("created_at","id");
CREATE INDEX "statements_file" ON "statements" USING btree ("file_digest");
CREATE UNIQUE INDEX "statement_lines_seq" ON "statement_lines" USING btree ("statement_id","seq");
CREATE UNIQUE INDEX "statement_lines_once" ON "statement_lines" USING btree ("fund_id","identity","occurrence");
CREATE INDEX "reconciliations_fund_created" ON "reconciliations" USING btree ("fund_id","created_at","id");
CREATE UNIQUE INDEX "matches_live_line" ON "matches" USING btree ("line_id","line_part") WHERE undone_at is null;
CREATE UNIQUE INDEX "matches_live_entry" ON "matches" USING btree ("entry_id","entry_part") WHERE undone_at is null;
CREATE INDEX "matches_reconciliation" ON "matches" USING btree ("reconciliation_id","group_seq");
CREATE INDEX "matches_differing" ON "matches" USING btree ("reconciliation_id") WHERE pass = 'amount_differs' and undone_at is null;
CREATE UNIQUE INDEX "fee_rules_live_name" ON "fee_rules" USING btree ("fund_id","name") WHERE ended_at is null;

-- A requisition has few payments; with their status in it, this index was written anew whenever a payment moved on.
DROP INDEX "payments_requisition_status";
CREATE INDEX "payments_requisition" ON "payments" USING btree ("requisition_id");

CREATE TRIGGER statement_profiles_no_update BEFORE UPDATE ON statement_profiles FOR EACH ROW EXECUTE FUNCTION treasury_refuse('statement_profiles are immutable');

CREATE TRIGGER statement_profiles_no_delete BEFORE DELETE ON statement_profiles FOR EACH ROW EXECUTE FUNCTION treasury_refuse('statement_profiles are immutable');

CREATE TRIGGER statement_profiles_no_truncate BEFORE TRUNCATE ON statement_profiles FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('statement_profiles are immutable');

CREATE TRIGGER statement_lines_no_update BEFORE UPDATE ON statement_lines FOR EACH ROW EXECUTE FUNCTION treasury_refuse('statement_lines are immutable');

CREATE TRIGGER statement_lines_no_delete BEFORE DELETE ON statement_lines FOR EACH ROW EXECUTE FUNCTION treasury_refuse('statement_lines are immutable');

CREATE TRIGGER statement_lines_no_truncate BEFORE TRUNCATE ON statement_lines FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('statement_lines are immutable');

CREATE TRIGGER reconciliations_no_update BEFORE UPDATE ON reconciliations FOR EACH ROW EXECUTE FUNCTION treasury_refuse('reconciliations are immutable');

CREATE TRIGGER reconciliations_no_delete BEFORE DELETE ON reconciliations FOR EACH ROW EXECUTE FUNCTION treasury_refuse('reconciliations are immutable');

CREATE TRIGGER reconciliations_no_truncate BEFORE TRUNCATE ON reconciliations FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('reconciliations are immutable');

CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements FOR EACH ROW EXECUTE FUNCTION treasury_refuse('statements are never deleted');

CREATE TRIGGER statements_no_truncate BEFORE TRUNCATE ON statements FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('statements are never deleted');

CREATE TRIGGER statements_fixed BEFORE UPDATE OF "id", "ref", "fund_id", "file_digest", "file_name", "type", "profile", "account", "number", "currency", "from_day", "to_day", "opening_minor", "closing_minor", "line_count", "new_lines", "credits_minor", "debits_minor", "ties", "faults", "accepted_by", "created_by", "created_at" ON statements FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."fund_id" IS DISTINCT FROM OLD."fund_id" OR NEW."file_digest" IS DISTINCT FROM OLD."file_digest" OR NEW."file_name" IS DISTINCT FROM OLD."file_name" OR NEW."type" IS DISTINCT FROM OLD."type" OR NEW."profile" IS DISTINCT FROM OLD."profile" OR NEW."account" IS DISTINCT FROM OLD."account" OR NEW."number" IS DISTINCT FROM OLD."number" OR NEW."currency" IS DISTINCT FROM OLD."currency" OR NEW."from_day" IS DISTINCT FROM OLD."from_day" OR NEW."to_day" IS DISTINCT FROM OLD."to_day" OR NEW."opening_minor" IS DISTINCT FROM OLD."opening_minor" OR NEW."closing_minor" IS DISTINCT FROM OLD."closing_minor" OR NEW."line_count" IS DISTINCT FROM OLD."line_count" OR NEW."new_lines" IS DISTINCT FROM OLD."new_lines" OR NEW."credits_minor" IS DISTINCT FROM OLD."credits_minor" OR NEW."debits_minor" IS DISTINCT FROM OLD."debits_minor" OR NEW."ties" IS DISTINCT FROM OLD."ties" OR NEW."faults" IS DISTINCT FROM OLD."faults" OR NEW."accepted_by" IS DISTINCT FROM OLD."accepted_by" OR NEW."created_by" IS DISTINCT FROM OLD."created_by" OR NEW."created_at" IS DISTINCT FROM OLD."created_at") EXECUTE FUNCTION treasury_refuse('statements: what was read never changes');

CREATE TRIGGER matches_no_delete BEFORE DELETE ON matches FOR EACH ROW EXECUTE FUNCTION treasury_refuse('matches are never deleted');

CREATE TRIGGER matches_no_truncate BEFORE TRUNCATE ON matches FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('matches are never deleted');

CREATE TRIGGER matches_fixed BEFORE UPDATE OF "id", "ref", "reconciliation_id", "group_seq", "line_id", "line_part", "entry_id", "entry_part", "pass", "score", "reasons", "matched_by", "created_at" ON matches FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."reconciliation_id" IS DISTINCT FROM OLD."reconciliation_id" OR NEW."group_seq" IS DISTINCT FROM OLD."group_seq" OR NEW."line_id" IS DISTINCT FROM OLD."line_id" OR NEW."line_part" IS DISTINCT FROM OLD."line_part" OR NEW."entry_id" IS DISTINCT FROM OLD."entry_id" OR NEW."entry_part" IS DISTINCT FROM OLD."entry_part" OR NEW."pass" IS DISTINCT FROM OLD."pass" OR NEW."score" IS DISTINCT FROM OLD."score" OR NEW."reasons" IS DISTINCT FROM OLD."reasons" OR NEW."matched_by" IS DISTINCT FROM OLD."matched_by" OR NEW."created_at" IS DISTINCT FROM OLD."created_at") EXECUTE FUNCTION treasury_refuse('matches: what was matched never changes');

CREATE TRIGGER fee_rules_no_delete BEFORE DELETE ON fee_rules FOR EACH ROW EXECUTE FUNCTION treasury_refuse('fee_rules are never deleted');

CREATE TRIGGER fee_rules_no_truncate BEFORE TRUNCATE ON fee_rules FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('fee_rules are never deleted');

CREATE TRIGGER fee_rules_fixed BEFORE UPDATE OF "id", "ref", "fund_id", "name", "contains", "tariff", "change_id", "created_by", "created_at" ON fee_rules FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."fund_id" IS DISTINCT FROM OLD."fund_id" OR NEW."name" IS DISTINCT FROM OLD."name" OR NEW."contains" IS DISTINCT FROM OLD."contains" OR NEW."tariff" IS DISTINCT FROM OLD."tariff" OR NEW."change_id" IS DISTINCT FROM OLD."change_id" OR NEW."created_by" IS DISTINCT FROM OLD."created_by" OR NEW."created_at" IS DISTINCT FROM OLD."created_at") EXECUTE FUNCTION treasury_refuse('fee_rules: what was confirmed never changes');

CREATE TRIGGER statements_replaced_once BEFORE UPDATE OF replaced_by ON statements FOR EACH ROW WHEN (OLD.replaced_by IS NOT NULL AND NEW.replaced_by IS DISTINCT FROM OLD.replaced_by) EXECUTE FUNCTION treasury_refuse('statements: what was replaced stays replaced');

CREATE TRIGGER matches_undone_once BEFORE UPDATE OF undone_by, undone_at, undone_reason ON matches FOR EACH ROW WHEN (OLD.undone_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('matches: what was undone stays undone');

CREATE TRIGGER matches_born_live BEFORE INSERT ON matches FOR EACH ROW WHEN (NEW.undone_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('matches: a new match is live');

CREATE TRIGGER fee_rules_ended_once BEFORE UPDATE OF ended_at, ended_by ON fee_rules FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('fee_rules: what ended stays ended');

CREATE FUNCTION treasury_statement_lines_fund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM statements s WHERE s.id = NEW.statement_id AND s.fund_id = NEW.fund_id) THEN
    RAISE EXCEPTION 'statement_lines: of another fund than their statement' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_lines_fund BEFORE INSERT ON statement_lines FOR EACH ROW EXECUTE FUNCTION treasury_statement_lines_fund();

CREATE FUNCTION treasury_matches_one_fund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM reconciliations r JOIN ledger_entries e ON e.id = NEW.entry_id
    WHERE r.id = NEW.reconciliation_id AND e.fund_id = r.fund_id AND r.created_by = NEW.matched_by
      AND (NEW.line_id IS NULL OR EXISTS (SELECT 1 FROM statement_lines l WHERE l.id = NEW.line_id AND l.fund_id = r.fund_id))
  ) THEN
    RAISE EXCEPTION 'matches: of another fund or person than their reconciliation' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matches_one_fund BEFORE INSERT ON matches FOR EACH ROW EXECUTE FUNCTION treasury_matches_one_fund();

CREATE FUNCTION treasury_matches_segregation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM ledger_entries e JOIN payments p ON p.id = e.payment_id
    WHERE e.id = NEW.entry_id AND (p.executor_id = NEW.matched_by OR p.requester_id = NEW.matched_by)
  ) THEN
    RAISE EXCEPTION 'matches: matched by who requested or executed the payment' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matches_segregation BEFORE INSERT ON matches FOR EACH ROW EXECUTE FUNCTION treasury_matches_segregation();

CREATE FUNCTION treasury_matches_lines_of_one_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM matches m
    WHERE m.line_id = NEW.line_id AND m.line_part = NEW.line_part - 1 AND m.undone_at IS NULL
      AND m.reconciliation_id = NEW.reconciliation_id AND m.group_seq = NEW.group_seq
  ) THEN
    RAISE EXCEPTION 'matches: a line is matched once' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matches_lines_of_one_group BEFORE INSERT ON matches FOR EACH ROW WHEN (NEW.line_part > 1) EXECUTE FUNCTION treasury_matches_lines_of_one_group();

CREATE FUNCTION treasury_matches_entries_of_one_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM matches m
    WHERE m.entry_id = NEW.entry_id AND m.entry_part = NEW.entry_part - 1 AND m.undone_at IS NULL
      AND m.reconciliation_id = NEW.reconciliation_id AND m.group_seq = NEW.group_seq
  ) THEN
    RAISE EXCEPTION 'matches: an entry is matched once' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matches_entries_of_one_group BEFORE INSERT ON matches FOR EACH ROW WHEN (NEW.entry_part > 1) EXECUTE FUNCTION treasury_matches_entries_of_one_group();

CREATE FUNCTION treasury_fee_rules_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = NEW.change_id AND c.kind = 'fee_rule.add' AND c.status = 'confirmed' AND c.proposed_by = NEW.created_by) THEN
    RAISE EXCEPTION 'fee_rules: nobody has confirmed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fee_rules_by_two BEFORE INSERT ON fee_rules FOR EACH ROW EXECUTE FUNCTION treasury_fee_rules_by_two();

CREATE FUNCTION treasury_payments_reconciled_by_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM ledger_entries e JOIN matches m ON m.entry_id = e.id
    WHERE e.payment_id = NEW.id AND e.kind = 'payment' AND m.undone_at IS NULL
  ) THEN
    RAISE EXCEPTION 'payments: reconciled without a match' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_reconciled_by_match BEFORE UPDATE OF status ON payments FOR EACH ROW WHEN (NEW.status = 'reconciled' AND OLD.status <> 'reconciled') EXECUTE FUNCTION treasury_payments_reconciled_by_match();
