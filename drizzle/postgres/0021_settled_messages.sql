-- What gateways said that fits nothing is settled by a person; where it could hide money, by two.

ALTER TABLE "gateway_messages" ADD COLUMN "settled_change_id" uuid;
ALTER TABLE "gateway_messages" ADD CONSTRAINT "gateway_messages_settled_change_id_changes_id_fk" FOREIGN KEY ("settled_change_id") REFERENCES "public"."changes"("id") ON DELETE no action ON UPDATE no action;

CREATE TRIGGER gateway_messages_born_open BEFORE INSERT ON gateway_messages FOR EACH ROW WHEN (NEW.settled_by IS NOT NULL OR NEW.settled_change_id IS NOT NULL) EXECUTE FUNCTION treasury_refuse('gateway_messages: a new message is not settled');

CREATE TRIGGER gateway_messages_change_once BEFORE UPDATE OF settled_change_id ON gateway_messages FOR EACH ROW WHEN (OLD.settled_at IS NOT NULL) EXECUTE FUNCTION treasury_refuse('gateway_messages: settled once');

CREATE FUNCTION treasury_gateway_messages_settled_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.settled_change_id AND (c.kind = 'gateway_message.settle' AND c.status = 'confirmed' AND c.proposed_by = NEW.settled_by) IS TRUE
  ) THEN
    RAISE EXCEPTION 'gateway_messages: nobody has confirmed it' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER gateway_messages_settled_by_two BEFORE UPDATE OF settled_by, settled_change_id ON gateway_messages FOR EACH ROW WHEN (NEW.settled_change_id IS NOT NULL OR (NEW.settled_by IS NOT NULL AND NEW.outcome = 'contradicts')) EXECUTE FUNCTION treasury_gateway_messages_settled_by_two();
