-- Payees and destinations as they are compared, so that a new account, somebody else's, or the same wish twice is seen.

ALTER TABLE `requisitions` ADD COLUMN `payee_key` text DEFAULT '' NOT NULL;
ALTER TABLE `requisitions` ADD COLUMN `destination_key` text DEFAULT '' NOT NULL;

UPDATE requisitions SET payee_key = trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(payee), '.', ' '), ',', ' '), '-', ' '), '''', ' '), '&', ' '), '/', ' '), '(', ' '), ')', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')), destination_key = replace(replace(replace(replace(replace(replace(upper(destination), ':', ''), '-', ''), '/', ''), '.', ''), ' ', ''), '''', '');

CREATE INDEX `requisitions_payee` ON `requisitions` (`payee_key`,`amount_minor`,`created_at`);
CREATE INDEX `requisitions_destination` ON `requisitions` (`destination_key`,`created_at`);
