-- Where a payment goes, as it is compared: one account is one, however it is spelt, when payments to it are added up.
ALTER TABLE `payments` ADD COLUMN `destination_key` text DEFAULT '' NOT NULL;

UPDATE payments SET destination_key = (SELECT r.destination_key FROM requisitions r WHERE r.id = payments.requisition_id);

DROP INDEX `payments_destination_executed`;
CREATE INDEX `payments_destination_executed` ON `payments` (`destination_key`,`executed_at`);

CREATE TRIGGER payments_destination_key BEFORE INSERT ON payments
WHEN NOT EXISTS (SELECT 1 FROM requisitions r WHERE r.id = NEW.requisition_id AND r.destination_key = NEW.destination_key)
BEGIN
  SELECT RAISE(ABORT, 'payments: not the terms of the requisition');
END;

CREATE TRIGGER payments_destination_key_fixed BEFORE UPDATE OF destination_key ON payments
WHEN NEW.destination_key IS NOT OLD.destination_key
BEGIN
  SELECT RAISE(ABORT, 'payments: what was fixed at creation never changes');
END;
