-- Money that left for a payment which had failed is held in suspense: until it has come back, the payment is not paid again.

CREATE FUNCTION treasury_payment_attempts_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM payment_attempts h JOIN suspense_items s ON s.attempt_id = h.id
    WHERE h.payment_id = NEW.payment_id AND (s.status = 'open' OR s.entry_id IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'payment_attempts: money left for it already' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_attempts_held BEFORE INSERT ON payment_attempts FOR EACH ROW WHEN (NEW.state <> 'failed') EXECUTE FUNCTION treasury_payment_attempts_held();
