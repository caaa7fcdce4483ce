-- Tokens for cron and scripts, with what the database itself refuses about them.

CREATE TABLE "tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "tokens_ref_unique" UNIQUE("ref"),
	CONSTRAINT "tokens_secret_hash_unique" UNIQUE("secret_hash"),
	CONSTRAINT "tokens_scopes" CHECK ("tokens"."scopes" <> ''),
	CONSTRAINT "tokens_expire" CHECK ("tokens"."expires_at" > "tokens"."created_at")
);
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "tokens_one_live_name" ON "tokens" USING btree ("user_id","name") WHERE revoked_at is null;
CREATE INDEX "tokens_created" ON "tokens" USING btree ("created_at","id");

CREATE TRIGGER tokens_no_delete BEFORE DELETE ON tokens FOR EACH ROW EXECUTE FUNCTION treasury_refuse('tokens are never deleted');

CREATE TRIGGER tokens_no_truncate BEFORE TRUNCATE ON tokens FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('tokens are never deleted');

CREATE TRIGGER tokens_born_unused BEFORE INSERT ON tokens FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL OR NEW.last_used_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('tokens: a new token is neither used nor revoked');

CREATE TRIGGER tokens_fixed BEFORE UPDATE OF "id", "ref", "user_id", "name", "secret_hash", "scopes", "created_at", "expires_at" ON tokens FOR EACH ROW WHEN (NEW."id" IS DISTINCT FROM OLD."id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."user_id" IS DISTINCT FROM OLD."user_id" OR NEW."name" IS DISTINCT FROM OLD."name" OR NEW."secret_hash" IS DISTINCT FROM OLD."secret_hash" OR NEW."scopes" IS DISTINCT FROM OLD."scopes" OR NEW."created_at" IS DISTINCT FROM OLD."created_at" OR NEW."expires_at" IS DISTINCT FROM OLD."expires_at") EXECUTE FUNCTION treasury_refuse('tokens: what was fixed at creation never changes');

CREATE TRIGGER tokens_revoked_once BEFORE UPDATE OF revoked_at ON tokens FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) EXECUTE FUNCTION treasury_refuse('tokens: what was revoked stays revoked');
