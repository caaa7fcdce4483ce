-- When each chain's newest event happened, so that no clock goes back behind it unseen; and the clocks that were accepted all the same.

CREATE TABLE "clock_acceptances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"accepted_at" timestamp (3) with time zone NOT NULL,
	"newest_at" timestamp (3) with time zone NOT NULL,
	"user_id" uuid NOT NULL,
	"change_id" uuid
);
ALTER TABLE "clock_acceptances" ADD CONSTRAINT "clock_acceptances_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "clock_acceptances" ADD CONSTRAINT "clock_acceptances_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "funds" ADD COLUMN "head_at" timestamp (3) with time zone;
ALTER TABLE "office" ADD COLUMN "head_at" timestamp (3) with time zone;

UPDATE funds SET head_at = (SELECT e.at::timestamptz FROM audit_events e WHERE e.chain = 'fund:' || funds.code AND e.seq = funds.head_seq);
UPDATE office SET head_at = (SELECT e.at::timestamptz FROM audit_events e WHERE e.chain = 'office' AND e.seq = office.head_seq);

CREATE TRIGGER clock_acceptances_no_update BEFORE UPDATE ON clock_acceptances FOR EACH ROW EXECUTE FUNCTION treasury_refuse('clock_acceptances are immutable');

CREATE TRIGGER clock_acceptances_no_delete BEFORE DELETE ON clock_acceptances FOR EACH ROW EXECUTE FUNCTION treasury_refuse('clock_acceptances are immutable');

CREATE TRIGGER clock_acceptances_no_truncate BEFORE TRUNCATE ON clock_acceptances FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('clock_acceptances are immutable');

CREATE FUNCTION treasury_clock_acceptances_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM payment_executions) AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = NEW.change_id AND c.kind = 'guard.clock' AND c.status = 'confirmed') THEN
    RAISE EXCEPTION 'clock_acceptances: nobody has confirmed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clock_acceptances_by_two BEFORE INSERT ON clock_acceptances FOR EACH ROW EXECUTE FUNCTION treasury_clock_acceptances_by_two();

CREATE FUNCTION treasury_head_at_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM clock_acceptances k WHERE k.accepted_at = NEW.head_at) THEN
    RAISE EXCEPTION '%: time runs backwards', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER funds_head_at_forward BEFORE UPDATE OF head_at ON funds FOR EACH ROW WHEN (NEW.head_at < OLD.head_at OR (NEW.head_at IS NULL AND OLD.head_at IS NOT NULL)) EXECUTE FUNCTION treasury_head_at_forward();

CREATE TRIGGER office_head_at_forward BEFORE UPDATE OF head_at ON office FOR EACH ROW WHEN (NEW.head_at < OLD.head_at OR (NEW.head_at IS NULL AND OLD.head_at IS NOT NULL)) EXECUTE FUNCTION treasury_head_at_forward();
