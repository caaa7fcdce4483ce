-- Idempotency keys with what was answered under them, and what the database itself refuses about them.

CREATE TABLE "idempotency_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"command" text NOT NULL,
	"request_hash" text NOT NULL,
	"reach" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"answer" text
);
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "idempotency_keys_once" ON "idempotency_keys" USING btree ("user_id","key");

CREATE TRIGGER idempotency_keys_no_delete BEFORE DELETE ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION treasury_refuse('idempotency_keys are never deleted');

CREATE TRIGGER idempotency_keys_no_truncate BEFORE TRUNCATE ON idempotency_keys FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('idempotency_keys are never deleted');

CREATE TRIGGER idempotency_keys_fixed BEFORE UPDATE OF "id", "user_id", "key", "command", "request_hash", "reach", "created_at" ON idempotency_keys FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."user_id" IS DISTINCT FROM OLD."user_id" OR NEW."key" IS DISTINCT FROM OLD."key" OR NEW."command" IS DISTINCT FROM OLD."command" OR NEW."request_hash" IS DISTINCT FROM OLD."request_hash" OR NEW."reach" IS DISTINCT FROM OLD."reach" OR NEW."created_at" IS DISTINCT FROM OLD."created_at") EXECUTE FUNCTION treasury_refuse('idempotency_keys: what a key stands for never changes');

CREATE TRIGGER idempotency_keys_answered_once BEFORE UPDATE OF answer ON idempotency_keys FOR EACH ROW WHEN (OLD.answer IS NOT NULL AND NEW.answer IS DISTINCT FROM OLD.answer) EXECUTE FUNCTION treasury_refuse('idempotency_keys: what was answered stays answered');
