-- Lines of statements that no match explains, so that they are found among millions that one does, and what finds statements and payments that are not reconciled.

CREATE TABLE "open_lines" (
	"line_id" uuid PRIMARY KEY NOT NULL,
	"fund_id" uuid NOT NULL,
	"booked_on" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"replaced_by" uuid,
	CONSTRAINT "open_lines_replaced_is_closed" CHECK ("open_lines"."replaced_by" is null or "open_lines"."closed_at" is not null)
);
ALTER TABLE "open_lines" ADD CONSTRAINT "open_lines_line_id_statement_lines_id_fk" FOREIGN KEY ("line_id") REFERENCES "public"."statement_lines"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "open_lines" ADD CONSTRAINT "open_lines_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "open_lines" ADD CONSTRAINT "open_lines_replaced_by_statements_id_fk" FOREIGN KEY ("replaced_by") REFERENCES "public"."statements"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "open_lines_open" ON "open_lines" USING btree ("fund_id","booked_on","amount_minor") WHERE closed_at is null;
CREATE INDEX "statements_faulty" ON "statements" USING btree ("created_at","id") WHERE faults <> '[]' and replaced_by is null;
DROP INDEX "payments_status_created";
CREATE INDEX "payments_status_created" ON "payments" USING btree ("status","created_at","fund_id");

INSERT INTO open_lines (line_id, fund_id, booked_on, amount_minor)
SELECT l.id, l.fund_id, l.booked_on, l.amount_minor FROM statement_lines l
WHERE NOT EXISTS (SELECT 1 FROM matches m WHERE m.line_id = l.id AND m.undone_at IS NULL);

CREATE TRIGGER open_lines_no_delete BEFORE DELETE ON open_lines FOR EACH ROW EXECUTE FUNCTION treasury_refuse('open_lines are never deleted');

CREATE TRIGGER open_lines_no_truncate BEFORE TRUNCATE ON open_lines FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('open_lines are never deleted');

CREATE TRIGGER open_lines_fixed BEFORE UPDATE OF "line_id", "fund_id", "booked_on", "amount_minor" ON open_lines FOR EACH ROW WHEN (NEW."line_id" IS DISTINCT FROM OLD."line_id" OR NEW."fund_id" IS DISTINCT FROM OLD."fund_id" OR NEW."booked_on" IS DISTINCT FROM OLD."booked_on" OR NEW."amount_minor" IS DISTINCT FROM OLD."amount_minor") EXECUTE FUNCTION treasury_refuse('open_lines: what the line says never changes');

CREATE FUNCTION treasury_open_lines_as_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM statement_lines l
    WHERE l.id = NEW.line_id AND l.fund_id = NEW.fund_id AND l.booked_on = NEW.booked_on AND l.amount_minor = NEW.amount_minor
  ) THEN
    RAISE EXCEPTION 'open_lines: not what its line says' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER open_lines_as_line BEFORE INSERT ON open_lines FOR EACH ROW EXECUTE FUNCTION treasury_open_lines_as_line();

CREATE TRIGGER open_lines_born_open BEFORE INSERT ON open_lines FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL AND NEW.replaced_by IS NULL) EXECUTE FUNCTION treasury_refuse('open_lines: closed by nothing');

CREATE FUNCTION treasury_open_lines_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM matches m WHERE m.line_id = NEW.line_id AND m.undone_at IS NULL
  ) THEN
    RAISE EXCEPTION 'open_lines: closed by nothing' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER open_lines_closed BEFORE UPDATE OF closed_at, replaced_by ON open_lines FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL AND NEW.replaced_by IS NULL) EXECUTE FUNCTION treasury_open_lines_closed();

CREATE TRIGGER open_lines_replaced_for_good BEFORE UPDATE OF closed_at, replaced_by ON open_lines FOR EACH ROW WHEN (OLD.replaced_by IS NOT NULL AND (NEW.replaced_by IS DISTINCT FROM OLD.replaced_by OR NEW.closed_at IS DISTINCT FROM OLD.closed_at)) EXECUTE FUNCTION treasury_refuse('open_lines: what was replaced stays replaced');

CREATE FUNCTION treasury_open_lines_replacing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM statement_lines l JOIN statements s ON s.id = l.statement_id
    WHERE l.id = NEW.line_id AND s.replaced_by = NEW.replaced_by
  ) THEN
    RAISE EXCEPTION 'open_lines: replaced by another statement than its own was' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER open_lines_replacing BEFORE UPDATE OF replaced_by ON open_lines FOR EACH ROW WHEN (NEW.replaced_by IS NOT NULL) EXECUTE FUNCTION treasury_open_lines_replacing();

CREATE TRIGGER open_lines_born_replaced BEFORE INSERT ON open_lines FOR EACH ROW WHEN (NEW.replaced_by IS NOT NULL) EXECUTE FUNCTION treasury_open_lines_replacing();
