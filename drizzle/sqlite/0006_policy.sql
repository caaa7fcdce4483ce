-- Every version of the office's policy, and under which one each decision was made; with what the database itself refuses about them.

CREATE TABLE `policies` (
	`version` integer PRIMARY KEY NOT NULL,
	`body` text NOT NULL,
	`digest` text NOT NULL,
	`limits_days` integer NOT NULL,
	`reason` text,
	`created_by` text NOT NULL,
	`change_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`change_id`) REFERENCES `changes`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "policies_version" CHECK("policies"."version" >= 1)
) STRICT;
CREATE UNIQUE INDEX `policies_change_id_unique` ON `policies` (`change_id`);
ALTER TABLE `requisition_approvals` ADD COLUMN `policy_version` integer DEFAULT 0 NOT NULL;
ALTER TABLE `payment_attempts` ADD COLUMN `policy_version` integer DEFAULT 0 NOT NULL;
CREATE INDEX `payments_executed` ON `payments` (`executed_at`,`id`) WHERE executed_at is not null;

CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies
BEGIN
  SELECT RAISE(ABORT, 'policies are immutable');
END;

CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies
BEGIN
  SELECT RAISE(ABORT, 'policies are immutable');
END;

CREATE TRIGGER policies_no_replace BEFORE INSERT ON policies
WHEN EXISTS (SELECT 1 FROM policies WHERE version = NEW.version OR change_id = NEW.change_id)
BEGIN
  SELECT RAISE(ABORT, 'policies are immutable');
END;

CREATE TRIGGER policies_in_order BEFORE INSERT ON policies
WHEN NEW.version <> COALESCE((SELECT MAX(version) FROM policies), 0) + 1
BEGIN
  SELECT RAISE(ABORT, 'policies: versions follow each other');
END;

CREATE TRIGGER policies_by_two BEFORE INSERT ON policies
WHEN (NEW.change_id IS NOT NULL OR EXISTS (SELECT 1 FROM payment_executions)) AND NOT EXISTS (
    SELECT 1 FROM changes c
    WHERE c.id = NEW.change_id AND (c.kind = 'policy.set' AND c.status = 'confirmed' AND c.proposed_by = NEW.created_by) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'policies: nobody has confirmed it');
END;

CREATE TRIGGER requisition_approvals_policy BEFORE INSERT ON requisition_approvals
WHEN NEW.policy_version <> COALESCE((SELECT MAX(version) FROM policies), 0)
BEGIN
  SELECT RAISE(ABORT, 'requisition_approvals: not the policy in force');
END;

CREATE TRIGGER payment_attempts_policy BEFORE INSERT ON payment_attempts
WHEN NEW.policy_version <> COALESCE((SELECT MAX(version) FROM policies), 0)
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: not the policy in force');
END;

CREATE TRIGGER payment_attempts_policy_fixed BEFORE UPDATE OF policy_version ON payment_attempts
WHEN NEW.policy_version IS NOT OLD.policy_version
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: what was fixed at creation never changes');
END;

-- So many different people approved the present terms as the policy asks for the requisition's amount; in a currency that it does
-- not name, as its last tier asks.
CREATE TRIGGER payment_attempts_approved BEFORE INSERT ON payment_attempts
WHEN NEW.state <> 'failed' AND NOT EXISTS (
    SELECT 1 FROM payments p JOIN requisitions r ON r.id = p.requisition_id
    WHERE p.id = NEW.payment_id AND ((
      SELECT COUNT(*) FROM requisition_approvals a
      WHERE a.requisition_id = r.id AND a.revision = r.revision AND a.decision = 'approved'
    ) >= COALESCE((
      SELECT MIN(t.value ->> '$.approvers')
      FROM policies q, json_each(q.body, '$.money.' || r.currency || '.approval') t
      WHERE q.version = NEW.policy_version AND (t.value ->> '$.upToMinor' IS NULL OR r.amount_minor <= t.value ->> '$.upToMinor')
    ), (
      SELECT MAX(t.value ->> '$.approvers')
      FROM policies q, json_each(q.body, '$.money.' || (q.body ->> '$.currency') || '.approval') t
      WHERE q.version = NEW.policy_version
    ), 1)) IS TRUE
  )
BEGIN
  SELECT RAISE(ABORT, 'payment_attempts: not approved as the policy asks');
END;
