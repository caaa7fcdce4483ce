-- Rails that answer later: how each method is paid, what gateways said, what waits for an answer, and money that left although nobody was debited.

CREATE TABLE "gateways" (
	"id" uuid PRIMARY KEY NOT NULL,
	"method" text NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"account" text NOT NULL,
	"highest_fee_minor" bigint NOT NULL,
	"body" text NOT NULL,
	"created_by" uuid NOT NULL,
	"change_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "gateways_change_id_unique" UNIQUE("change_id"),
	CONSTRAINT "gateways_method" CHECK ("gateways"."method" in ('mpesa', 'bank')),
	CONSTRAINT "gateways_kind" CHECK ("gateways"."kind" = 'manual' or ("gateways"."method" = 'mpesa' and "gateways"."kind" = 'daraja') or ("gateways"."method" = 'bank' and "gateways"."kind" = 'bankfile')),
	CONSTRAINT "gateways_version" CHECK ("gateways"."version" >= 1),
	CONSTRAINT "gateways_highest_fee" CHECK ("gateways"."highest_fee_minor" between 0 and 9007199254740991)
);
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "gateways_versions" ON "gateways" USING btree ("method","version");

ALTER TABLE "payment_attempts" ADD COLUMN "conversation" text;
ALTER TABLE "payment_attempts" ADD COLUMN "result_token" text;
ALTER TABLE "payment_attempts" ADD COLUMN "highest_fee_minor" bigint DEFAULT 0 NOT NULL;
ALTER TABLE "payment_attempts" ADD COLUMN "accepted_at" timestamp (3) with time zone;
ALTER TABLE "payment_attempts" ADD COLUMN "lease_holder" text;
ALTER TABLE "payment_attempts" ADD COLUMN "lease_until" timestamp (3) with time zone;
ALTER TABLE "payment_attempts" ADD COLUMN "next_look_at" timestamp (3) with time zone;
ALTER TABLE "payment_attempts" ADD COLUMN "looks" integer DEFAULT 0 NOT NULL;
CREATE UNIQUE INDEX "payment_attempts_result_token" ON "payment_attempts" USING btree ("result_token") WHERE result_token is not null;
CREATE INDEX "payment_attempts_due" ON "payment_attempts" USING btree ("next_look_at","id") WHERE next_look_at is not null;
CREATE INDEX "payment_attempts_conversation" ON "payment_attempts" USING btree ("conversation") WHERE conversation is not null;

CREATE TABLE "gateway_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"gateway" text NOT NULL,
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"attempt_id" uuid,
	"raw" text NOT NULL,
	"remote" text,
	"received_at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"detail" text,
	"applied_at" timestamp (3) with time zone,
	"settled_by" uuid,
	"settled_at" timestamp (3) with time zone,
	"settled_reason" text,
	CONSTRAINT "gateway_messages_ref_unique" UNIQUE("ref"),
	CONSTRAINT "gateway_messages_source" CHECK ("gateway_messages"."source" in ('reply', 'callback', 'query', 'import', 'file')),
	CONSTRAINT "gateway_messages_outcome" CHECK ("gateway_messages"."outcome" in ('waiting', 'applied', 'repeated', 'noted', 'unmatched', 'contradicts')),
	CONSTRAINT "gateway_messages_applied" CHECK (("gateway_messages"."outcome" = 'waiting') = ("gateway_messages"."applied_at" is null)),
	CONSTRAINT "gateway_messages_settled" CHECK (("gateway_messages"."settled_by" is null) = ("gateway_messages"."settled_at" is null) and ("gateway_messages"."settled_by" is null) = ("gateway_messages"."settled_reason" is null) and ("gateway_messages"."settled_by" is null or "gateway_messages"."outcome" in ('unmatched', 'contradicts')))
);
ALTER TABLE "gateway_messages" ADD CONSTRAINT "gateway_messages_attempt_id_payment_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."payment_attempts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "gateway_messages" ADD CONSTRAINT "gateway_messages_settled_by_users_id_fk" FOREIGN KEY ("settled_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "gateway_messages_once" ON "gateway_messages" USING btree ("gateway","source","external_id");
CREATE INDEX "gateway_messages_attempt" ON "gateway_messages" USING btree ("attempt_id","received_at");
CREATE INDEX "gateway_messages_received" ON "gateway_messages" USING btree ("received_at","id");
CREATE INDEX "gateway_messages_open" ON "gateway_messages" USING btree ("received_at","id") WHERE settled_at is null and outcome in ('waiting', 'unmatched', 'contradicts');

CREATE TABLE "suspense_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"attempt_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"fund_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"gateway" text NOT NULL,
	"gateway_reference" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_by" uuid,
	"confirmed_by" uuid,
	"settled_at" timestamp (3) with time zone,
	"settled_reason" text,
	"entry_id" uuid,
	CONSTRAINT "suspense_items_ref_unique" UNIQUE("ref"),
	CONSTRAINT "suspense_items_message_id_unique" UNIQUE("message_id"),
	CONSTRAINT "suspense_items_entry_id_unique" UNIQUE("entry_id"),
	CONSTRAINT "suspense_items_status" CHECK ("suspense_items"."status" in ('open', 'settled')),
	CONSTRAINT "suspense_items_amount" CHECK ("suspense_items"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "suspense_items_settled" CHECK (("suspense_items"."status" = 'open' and "suspense_items"."settled_by" is null and "suspense_items"."settled_at" is null and "suspense_items"."settled_reason" is null and "suspense_items"."entry_id" is null and "suspense_items"."confirmed_by" is null) or ("suspense_items"."status" = 'settled' and "suspense_items"."settled_by" is not null and "suspense_items"."settled_at" is not null and "suspense_items"."settled_reason" is not null and "suspense_items"."confirmed_by" is not null and "suspense_items"."confirmed_by" <> "suspense_items"."settled_by"))
);
ALTER TABLE "suspense_items" ADD CONSTRAINT "suspense_items_attempt_id_payment_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."payment_attempts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "suspense_items" ADD CONSTRAINT "suspense_items_message_id_gateway_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."gateway_messages"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "suspense_items" ADD CONSTRAINT "suspense_items_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "suspense_items" ADD CONSTRAINT "suspense_items_settled_by_users_id_fk" FOREIGN KEY ("settled_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "suspense_items" ADD CONSTRAINT "suspense_items_confirmed_by_users_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "suspense_items" ADD CONSTRAINT "suspense_items_entry_id_ledger_entries_id_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."ledger_entries"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "suspense_items_reference" ON "suspense_items" USING btree ("gateway","gateway_reference");
CREATE INDEX "suspense_items_attempt" ON "suspense_items" USING btree ("attempt_id");
CREATE INDEX "suspense_items_open" ON "suspense_items" USING btree ("fund_id","created_at") WHERE status = 'open';

CREATE TRIGGER gateways_no_update BEFORE UPDATE ON gateways FOR EACH ROW EXECUTE FUNCTION treasury_refuse('gateways are immutable');

CREATE TRIGGER gateways_no_delete BEFORE DELETE ON gateways FOR EACH ROW EXECUTE FUNCTION treasury_refuse('gateways are immutable');

CREATE TRIGGER gateways_no_truncate BEFORE TRUNCATE ON gateways FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('gateways are immutable');

CREATE FUNCTION treasury_gateways_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> COALESCE((SELECT MAX(g.version) FROM gateways g WHERE g.method = NEW.method), 0) + 1 OR NOT EXISTS (SELECT 1 FROM users u WHERE u.id = NEW.created_by) THEN
    RAISE EXCEPTION 'gateways: versions follow each other' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER gateways_in_order BEFORE INSERT ON gateways FOR EACH ROW EXECUTE FUNCTION treasury_gateways_in_order();

CREATE FUNCTION treasury_gateways_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.change_id IS NOT NULL OR EXISTS (SELECT 1 FROM payment_executions)) AND NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.change_id AND (c.kind = 'gateway.set' AND c.status = 'confirmed' AND c.proposed_by = NEW.created_by) IS TRUE
  ) THEN
    RAISE EXCEPTION 'gateways: nobody has confirmed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER gateways_by_two BEFORE INSERT ON gateways FOR EACH ROW EXECUTE FUNCTION treasury_gateways_by_two();

CREATE TRIGGER payment_attempts_rail_fixed BEFORE UPDATE OF result_token, highest_fee_minor ON payment_attempts FOR EACH ROW WHEN (NEW.result_token IS DISTINCT FROM OLD.result_token OR NEW.highest_fee_minor IS DISTINCT FROM OLD.highest_fee_minor) EXECUTE FUNCTION treasury_refuse('payment_attempts: what was fixed at creation never changes');

CREATE TRIGGER payment_attempts_rail_closed BEFORE UPDATE OF conversation, accepted_at, lease_holder, lease_until, next_look_at, looks ON payment_attempts FOR EACH ROW WHEN (OLD.state IN ('paid', 'failed') AND (NEW.conversation IS DISTINCT FROM OLD.conversation OR NEW.accepted_at IS DISTINCT FROM OLD.accepted_at OR NEW.lease_holder IS DISTINCT FROM OLD.lease_holder OR NEW.lease_until IS DISTINCT FROM OLD.lease_until OR NEW.next_look_at IS DISTINCT FROM OLD.next_look_at OR NEW.looks IS DISTINCT FROM OLD.looks)) EXECUTE FUNCTION treasury_refuse('payment_attempts: a closed attempt never changes');

CREATE TRIGGER payment_attempts_sent_once BEFORE UPDATE OF sent_at ON payment_attempts FOR EACH ROW WHEN (OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at) EXECUTE FUNCTION treasury_refuse('payment_attempts: sent once');

CREATE FUNCTION treasury_payment_attempts_gateway_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM payments p JOIN gateways g ON g.method = p.method
    WHERE p.id = NEW.payment_id AND (g.kind = NEW.gateway AND g.account = NEW.gateway_account AND g.highest_fee_minor = NEW.highest_fee_minor
      AND NEW.reserved_minor = p.amount_minor + g.highest_fee_minor AND g.version = (SELECT MAX(h.version) FROM gateways h WHERE h.method = p.method)) IS TRUE
  ) THEN
    RAISE EXCEPTION 'payment_attempts: not the gateway in force' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_attempts_gateway_in_force BEFORE INSERT ON payment_attempts FOR EACH ROW WHEN (NEW.gateway IN ('daraja', 'bankfile')) EXECUTE FUNCTION treasury_payment_attempts_gateway_in_force();

CREATE TRIGGER gateway_messages_no_delete BEFORE DELETE ON gateway_messages FOR EACH ROW EXECUTE FUNCTION treasury_refuse('gateway_messages are never deleted');

CREATE TRIGGER gateway_messages_no_truncate BEFORE TRUNCATE ON gateway_messages FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('gateway_messages are never deleted');

CREATE TRIGGER gateway_messages_fixed BEFORE UPDATE OF id, ref, gateway, source, external_id, raw, remote, received_at ON gateway_messages FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.ref IS DISTINCT FROM OLD.ref OR NEW.gateway IS DISTINCT FROM OLD.gateway OR NEW.source IS DISTINCT FROM OLD.source OR NEW.external_id IS DISTINCT FROM OLD.external_id OR NEW.raw IS DISTINCT FROM OLD.raw OR NEW.remote IS DISTINCT FROM OLD.remote OR NEW.received_at IS DISTINCT FROM OLD.received_at) EXECUTE FUNCTION treasury_refuse('gateway_messages: what was received never changes');

CREATE TRIGGER gateway_messages_applied_once BEFORE UPDATE OF outcome, detail, applied_at, attempt_id ON gateway_messages FOR EACH ROW WHEN (OLD.outcome <> 'waiting') EXECUTE FUNCTION treasury_refuse('gateway_messages: applied once');

CREATE TRIGGER gateway_messages_settled_once BEFORE UPDATE OF settled_by, settled_at, settled_reason ON gateway_messages FOR EACH ROW WHEN (OLD.settled_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('gateway_messages: settled once');

CREATE TRIGGER suspense_items_no_delete BEFORE DELETE ON suspense_items FOR EACH ROW EXECUTE FUNCTION treasury_refuse('suspense_items are never deleted');

CREATE TRIGGER suspense_items_no_truncate BEFORE TRUNCATE ON suspense_items FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('suspense_items are never deleted');

CREATE TRIGGER suspense_items_fixed BEFORE UPDATE OF id, ref, attempt_id, message_id, fund_id, amount_minor, currency, gateway, gateway_reference, created_at ON suspense_items FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.ref IS DISTINCT FROM OLD.ref OR NEW.attempt_id IS DISTINCT FROM OLD.attempt_id OR NEW.message_id IS DISTINCT FROM OLD.message_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.amount_minor IS DISTINCT FROM OLD.amount_minor OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.gateway IS DISTINCT FROM OLD.gateway OR NEW.gateway_reference IS DISTINCT FROM OLD.gateway_reference OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION treasury_refuse('suspense_items: what was fixed at creation never changes');

CREATE TRIGGER suspense_items_born_open BEFORE INSERT ON suspense_items FOR EACH ROW WHEN (NEW.status <> 'open') EXECUTE FUNCTION treasury_refuse('suspense_items: a new item is open');

CREATE TRIGGER suspense_items_settled_once BEFORE UPDATE OF status, settled_by, confirmed_by, settled_at, settled_reason, entry_id ON suspense_items FOR EACH ROW WHEN (OLD.status <> 'open') EXECUTE FUNCTION treasury_refuse('suspense_items: settled once');

CREATE FUNCTION treasury_suspense_items_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
    WHERE a.id = NEW.attempt_id AND (a.state IN ('failed', 'paid') AND p.fund_id = NEW.fund_id AND p.currency = NEW.currency) IS TRUE
  ) THEN
    RAISE EXCEPTION 'suspense_items: not of a closed attempt of this fund' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suspense_items_of_closed BEFORE INSERT ON suspense_items FOR EACH ROW EXECUTE FUNCTION treasury_suspense_items_of_closed();

CREATE FUNCTION treasury_suspense_items_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM ledger_entries e
    WHERE e.id = NEW.entry_id AND (e.kind = 'suspense' AND e.type = 'debit' AND e.fund_id = NEW.fund_id AND e.amount_minor = NEW.amount_minor) IS TRUE
  ) THEN
    RAISE EXCEPTION 'suspense_items: not the entry that settles it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suspense_items_entry BEFORE UPDATE OF entry_id ON suspense_items FOR EACH ROW WHEN (NEW.entry_id IS NOT NULL) EXECUTE FUNCTION treasury_suspense_items_entry();
