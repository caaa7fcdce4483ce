-- Where a payment goes, as it is compared: one account is one, however it is spelt, when payments to it are added up.
ALTER TABLE "payments" ADD COLUMN "destination_key" text DEFAULT '' NOT NULL;

UPDATE payments SET destination_key = r.destination_key FROM requisitions r WHERE r.id = payments.requisition_id;

DROP INDEX "payments_destination_executed";
CREATE INDEX "payments_destination_executed" ON "payments" USING btree ("destination_key","executed_at");

CREATE FUNCTION treasury_payments_destination_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM requisitions r WHERE r.id = NEW.requisition_id AND r.destination_key = NEW.destination_key) THEN
    RAISE EXCEPTION 'payments: not the terms of the requisition' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_destination_key BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION treasury_payments_destination_key();

CREATE TRIGGER payments_destination_key_fixed BEFORE UPDATE OF destination_key ON payments FOR EACH ROW WHEN (NEW.destination_key IS DISTINCT FROM OLD.destination_key) EXECUTE FUNCTION treasury_refuse('payments: what was fixed at creation never changes');
