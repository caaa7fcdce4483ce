-- What somebody has to look at: each thing once, acknowledged by a person, resolved when its cause is gone.

CREATE TABLE "alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"message" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"acknowledged_by" uuid,
	"acknowledged_at" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "alerts_ref_unique" UNIQUE("ref"),
	CONSTRAINT "alerts_kind" CHECK ("alerts"."kind" in ('fund_low', 'fund_critical', 'payment_failed', 'payment_stuck', 'variance_waiting', 'replenishment_waiting')),
	CONSTRAINT "alerts_acknowledged" CHECK (("alerts"."acknowledged_by" is null) = ("alerts"."acknowledged_at" is null))
);
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_acknowledged_by_users_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "alerts_once" ON "alerts" USING btree ("kind","subject_id") WHERE resolved_at is null;
CREATE INDEX "alerts_created" ON "alerts" USING btree ("created_at","id");

CREATE TRIGGER alerts_no_delete BEFORE DELETE ON alerts FOR EACH ROW EXECUTE FUNCTION treasury_refuse('alerts are never deleted');

CREATE TRIGGER alerts_no_truncate BEFORE TRUNCATE ON alerts FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('alerts are never deleted');

CREATE TRIGGER alerts_fixed BEFORE UPDATE OF id, ref, kind, subject_id, subject, fund_id, message, created_at ON alerts FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.ref IS DISTINCT FROM OLD.ref OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.subject IS DISTINCT FROM OLD.subject OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.message IS DISTINCT FROM OLD.message OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('alerts: what was fixed at creation never changes');

CREATE TRIGGER alerts_resolved_once BEFORE UPDATE ON alerts FOR EACH ROW WHEN (OLD.resolved_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('alerts: what is resolved never changes');
