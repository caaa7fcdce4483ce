-- Money that left for a payment which had failed is held in suspense: until it has come back, the payment is not paid again.

CREATE TRIGGER payment_attempts_held BEFORE INSERT ON payment_attempts
WHEN NEW.state <> 'failed' AND EXISTS (
    SELECT 1 FROM payment_attempts h JOIN suspense_items s ON s.attempt_id = h.id
    WHERE h.payment_id = NEW.payment_id AND (s.status = 'open' OR s.entry_id IS NOT NULL)
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: money left for it already');
END;
