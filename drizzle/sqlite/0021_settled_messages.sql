-- What gateways said that fits nothing is settled by a person; where it could hide money, by two.

ALTER TABLE `gateway_messages` ADD COLUMN `settled_change_id` text REFERENCES changes(id);

CREATE TRIGGER gateway_messages_born_open BEFORE INSERT ON gateway_messages
WHEN NEW.settled_by IS NOT NULL OR NEW.settled_change_id IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages: a new message is not settled');
END;

CREATE TRIGGER gateway_messages_change_once BEFORE UPDATE OF settled_change_id ON gateway_messages
WHEN OLD.settled_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages: settled once');
END;

CREATE TRIGGER gateway_messages_settled_by_two BEFORE UPDATE OF settled_by, settled_change_id ON gateway_messages
WHEN (NEW.settled_change_id IS NOT NULL OR (NEW.settled_by IS NOT NULL AND NEW.outcome = 'contradicts')) AND NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.settled_change_id AND (c.kind = 'gateway_message.settle' AND c.status = 'confirmed' AND c.proposed_by = NEW.settled_by) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'gateway_messages: nobody has confirmed it');
END;
