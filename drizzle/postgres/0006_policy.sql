-- Every version of the office's policy, and under which one each decision was made; with what the database itself refuses about them.

CREATE TABLE "policies" (
	"version" integer NOT NULL,
	"body" text NOT NULL,
	"digest" text NOT NULL,
	"limits_days" boolean NOT NULL,
	"reason" text,
	"created_by" uuid NOT NULL,
	"change_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "policies_version_pk" PRIMARY KEY("version"),
	CONSTRAINT "policies_change_id_unique" UNIQUE("change_id"),
	CONSTRAINT "policies_version" CHECK ("policies"."version" >= 1)
);
ALTER TABLE "policies" ADD CONSTRAINT "policies_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "policies" ADD CONSTRAINT "policies_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisition_approvals" ADD COLUMN "policy_version" integer DEFAULT 0 NOT NULL;
ALTER TABLE "payment_attempts" ADD COLUMN "policy_version" integer DEFAULT 0 NOT NULL;
CREATE INDEX "payments_executed" ON "payments" USING btree ("executed_at","id") WHERE executed_at is not null;

CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies FOR EACH ROW EXECUTE FUNCTION treasury_refuse('policies are immutable');

CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies FOR EACH ROW EXECUTE FUNCTION treasury_refuse('policies are immutable');

CREATE TRIGGER policies_no_truncate BEFORE TRUNCATE ON policies FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('policies are immutable');

CREATE FUNCTION treasury_policies_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> COALESCE((SELECT MAX(version) FROM policies), 0) + 1 THEN
    RAISE EXCEPTION 'policies: versions follow each other' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policies_in_order BEFORE INSERT ON policies FOR EACH ROW EXECUTE FUNCTION treasury_policies_in_order();

CREATE FUNCTION treasury_policies_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.change_id IS NOT NULL OR EXISTS (SELECT 1 FROM payment_executions)) AND NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.change_id AND (c.kind = 'policy.set' AND c.status = 'confirmed' AND c.proposed_by = NEW.created_by) IS TRUE
  ) THEN
    RAISE EXCEPTION 'policies: nobody has confirmed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policies_by_two BEFORE INSERT ON policies FOR EACH ROW EXECUTE FUNCTION treasury_policies_by_two();

CREATE FUNCTION treasury_policy_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.policy_version <> COALESCE((SELECT MAX(version) FROM policies), 0) THEN
    RAISE EXCEPTION '%: not the policy in force', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requisition_approvals_policy BEFORE INSERT ON requisition_approvals FOR EACH ROW EXECUTE FUNCTION treasury_policy_in_force();
CREATE TRIGGER payment_attempts_policy BEFORE INSERT ON payment_attempts FOR EACH ROW EXECUTE FUNCTION treasury_policy_in_force();

CREATE TRIGGER payment_attempts_policy_fixed BEFORE UPDATE OF policy_version ON payment_attempts FOR EACH ROW WHEN (NEW.policy_version IS DISTINCT FROM OLD.policy_version) EXECUTE FUNCTION treasury_refuse('payment_attempts: what was fixed at creation never changes');

-- So many different people approved the present terms as the policy asks for the requisition's amount; in a currency that it does
-- not name, as its last tier asks.
CREATE FUNCTION treasury_payment_attempts_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  given integer;
  needed integer := 1;
  wish record;
BEGIN
  SELECT r.id, r.revision, r.currency, r.amount_minor INTO wish
  FROM payments p JOIN requisitions r ON r.id = p.requisition_id WHERE p.id = NEW.payment_id;
  SELECT COUNT(*) INTO given FROM requisition_approvals a
  WHERE a.requisition_id = wish.id AND a.revision = wish.revision AND a.decision = 'approved';
  IF NEW.policy_version > 0 THEN
    SELECT COALESCE((
      SELECT MIN((t ->> 'approvers')::integer) FROM jsonb_array_elements(q.terms -> 'money' -> wish.currency -> 'approval') t
      WHERE t ->> 'upToMinor' IS NULL OR wish.amount_minor <= (t ->> 'upToMinor')::bigint
    ), (
      SELECT MAX((t ->> 'approvers')::integer) FROM jsonb_array_elements(q.terms -> 'money' -> (q.terms ->> 'currency') -> 'approval') t
    ), 1) INTO needed
    FROM (SELECT body::jsonb AS terms FROM policies WHERE version = NEW.policy_version) q;
  END IF;
  IF (given >= needed) IS NOT TRUE THEN
    RAISE EXCEPTION 'payment_attempts: not approved as the policy asks' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_attempts_approved BEFORE INSERT ON payment_attempts FOR EACH ROW WHEN (NEW.state <> 'failed') EXECUTE FUNCTION treasury_payment_attempts_approved();
