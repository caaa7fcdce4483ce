-- Files that tell a bank what to pay: each with a name of its own for ever, and the attempts that are in it.

CREATE TABLE "bank_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"message_id" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"gateway_account" text NOT NULL,
	"format" text NOT NULL,
	"layout" text,
	"pay_on" text NOT NULL,
	"currency" text NOT NULL,
	"orders" integer NOT NULL,
	"sum_minor" bigint NOT NULL,
	"content" text NOT NULL,
	"content_digest" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bank_files_ref_unique" UNIQUE("ref"),
	CONSTRAINT "bank_files_message_id_unique" UNIQUE("message_id"),
	CONSTRAINT "bank_files_message_id" CHECK (length("bank_files"."message_id") between 1 and 35),
	CONSTRAINT "bank_files_format" CHECK (("bank_files"."format" in ('pain001.03', 'pain001.09') and "bank_files"."layout" is null) or ("bank_files"."format" = 'csv' and "bank_files"."layout" is not null)),
	CONSTRAINT "bank_files_orders" CHECK ("bank_files"."orders" >= 1),
	CONSTRAINT "bank_files_sum" CHECK ("bank_files"."sum_minor" between 1 and 9007199254740991),
	CONSTRAINT "bank_files_digest" CHECK (length("bank_files"."content_digest") = 64)
);
ALTER TABLE "bank_files" ADD CONSTRAINT "bank_files_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "bank_files" ADD CONSTRAINT "bank_files_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "bank_files_fund_created" ON "bank_files" USING btree ("fund_id","created_at","id");

CREATE TABLE "bank_file_orders" (
	"attempt_id" uuid PRIMARY KEY NOT NULL,
	"bank_file_id" uuid NOT NULL,
	"number" integer NOT NULL,
	CONSTRAINT "bank_file_orders_number" CHECK ("bank_file_orders"."number" >= 1)
);
ALTER TABLE "bank_file_orders" ADD CONSTRAINT "bank_file_orders_attempt_id_payment_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."payment_attempts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "bank_file_orders" ADD CONSTRAINT "bank_file_orders_bank_file_id_bank_files_id_fk" FOREIGN KEY ("bank_file_id") REFERENCES "public"."bank_files"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "bank_file_orders_numbers" ON "bank_file_orders" USING btree ("bank_file_id","number");

CREATE TRIGGER bank_files_no_update BEFORE UPDATE ON bank_files FOR EACH ROW EXECUTE FUNCTION treasury_refuse('bank_files are immutable');

CREATE TRIGGER bank_files_no_delete BEFORE DELETE ON bank_files FOR EACH ROW EXECUTE FUNCTION treasury_refuse('bank_files are immutable');

CREATE TRIGGER bank_files_no_truncate BEFORE TRUNCATE ON bank_files FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('bank_files are immutable');

CREATE FUNCTION treasury_bank_files_of_fund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM funds f WHERE f.id = NEW.fund_id AND f.currency = NEW.currency) THEN
    RAISE EXCEPTION 'bank_files: not in the currency of their fund' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bank_files_of_fund BEFORE INSERT ON bank_files FOR EACH ROW EXECUTE FUNCTION treasury_bank_files_of_fund();

CREATE TRIGGER bank_file_orders_no_update BEFORE UPDATE ON bank_file_orders FOR EACH ROW EXECUTE FUNCTION treasury_refuse('bank_file_orders are immutable');

CREATE TRIGGER bank_file_orders_no_delete BEFORE DELETE ON bank_file_orders FOR EACH ROW EXECUTE FUNCTION treasury_refuse('bank_file_orders are immutable');

CREATE TRIGGER bank_file_orders_no_truncate BEFORE TRUNCATE ON bank_file_orders FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('bank_file_orders are immutable');

CREATE FUNCTION treasury_bank_file_orders_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM payment_attempts a JOIN payments p ON p.id = a.payment_id JOIN bank_files f ON f.id = NEW.bank_file_id
    WHERE a.id = NEW.attempt_id AND (a.state = 'reserved' AND a.gateway = 'bankfile' AND a.gateway_account = f.gateway_account
      AND p.fund_id = f.fund_id AND p.currency = f.currency AND NEW.number <= f.orders) IS TRUE
  ) THEN
    RAISE EXCEPTION 'bank_file_orders: not a reserved attempt of this file' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bank_file_orders_of_file BEFORE INSERT ON bank_file_orders FOR EACH ROW EXECUTE FUNCTION treasury_bank_file_orders_of_file();

CREATE FUNCTION treasury_payment_attempts_in_bank_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM bank_file_orders o WHERE o.attempt_id = NEW.id) THEN
    RAISE EXCEPTION 'payment_attempts: in no file for the bank' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_attempts_in_bank_file BEFORE UPDATE OF state ON payment_attempts FOR EACH ROW WHEN (NEW.gateway = 'bankfile' AND NEW.state IN ('sent', 'accepted', 'unknown')) EXECUTE FUNCTION treasury_payment_attempts_in_bank_file();
