-- Who outside is told what happens: addresses with their own secret, and how far each chain of events has been told.

CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"url" text NOT NULL,
	"events" text NOT NULL,
	"secret" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_by" uuid,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "webhooks_ref_unique" UNIQUE("ref"),
	CONSTRAINT "webhooks_removed" CHECK (("webhooks"."removed_at" is null) = ("webhooks"."removed_by" is null))
);
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_removed_by_users_id_fk" FOREIGN KEY ("removed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;

CREATE TABLE "event_cursors" (
	"chain" text PRIMARY KEY NOT NULL,
	"seq" integer NOT NULL,
	CONSTRAINT "event_cursors_seq" CHECK ("event_cursors"."seq" >= 0)
);

ALTER TABLE "outbox_messages" ADD COLUMN "webhook_id" uuid;
ALTER TABLE "outbox_messages" ADD CONSTRAINT "outbox_messages_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "outbox_messages_webhook" ON "outbox_messages" USING btree ("webhook_id","created_at") WHERE webhook_id is not null;

CREATE TRIGGER webhooks_no_delete BEFORE DELETE ON webhooks FOR EACH ROW EXECUTE FUNCTION treasury_refuse('webhooks are never deleted');

CREATE TRIGGER webhooks_no_truncate BEFORE TRUNCATE ON webhooks FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('webhooks are never deleted');

CREATE TRIGGER webhooks_fixed BEFORE UPDATE OF id, ref, url, events, secret, created_by, created_at ON webhooks FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.ref IS DISTINCT FROM OLD.ref OR NEW.url IS DISTINCT FROM OLD.url OR NEW.events IS DISTINCT FROM OLD.events OR NEW.secret IS DISTINCT FROM OLD.secret OR NEW.created_by IS DISTINCT FROM OLD.created_by OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('webhooks: what was fixed at creation never changes');

CREATE TRIGGER webhooks_removed_once BEFORE UPDATE OF removed_at, removed_by ON webhooks FOR EACH ROW WHEN (OLD.removed_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('webhooks: removed once');

CREATE TRIGGER event_cursors_no_delete BEFORE DELETE ON event_cursors FOR EACH ROW EXECUTE FUNCTION treasury_refuse('event_cursors are never deleted');

CREATE TRIGGER event_cursors_no_truncate BEFORE TRUNCATE ON event_cursors FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('event_cursors are never deleted');

CREATE TRIGGER event_cursors_forward BEFORE UPDATE ON event_cursors FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.chain IS DISTINCT FROM OLD.chain) EXECUTE FUNCTION treasury_refuse('event_cursors only go on');
