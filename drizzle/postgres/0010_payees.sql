-- Payees and destinations as they are compared, so that a new account, somebody else's, or the same wish twice is seen.

ALTER TABLE "requisitions" ADD COLUMN "payee_key" text DEFAULT '' NOT NULL;
ALTER TABLE "requisitions" ADD COLUMN "destination_key" text DEFAULT '' NOT NULL;

UPDATE requisitions SET payee_key = trim(regexp_replace(lower(payee), '[^[:alnum:]]+', ' ', 'g')), destination_key = regexp_replace(upper(destination), '[^[:alnum:]]+', '', 'g');

CREATE INDEX "requisitions_payee" ON "requisitions" USING btree ("payee_key","amount_minor","created_at");
CREATE INDEX "requisitions_destination" ON "requisitions" USING btree ("destination_key","created_at");
