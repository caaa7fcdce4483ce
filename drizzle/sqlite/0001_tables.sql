CREATE TABLE `audit_events` (
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	`body` text NOT NULL,
	`at` text GENERATED ALWAYS AS ((json_extract(body, '$.at'))) VIRTUAL,
	`actor` text GENERATED ALWAYS AS ((json_extract(body, '$.actor'))) VIRTUAL,
	`action` text GENERATED ALWAYS AS ((json_extract(body, '$.action'))) VIRTUAL,
	`subject` text GENERATED ALWAYS AS ((json_extract(body, '$.subject'))) VIRTUAL,
	PRIMARY KEY(`chain`, `seq`)
) STRICT;
CREATE INDEX `audit_events_at` ON `audit_events` (`at`,`chain`,`seq`);
CREATE INDEX `audit_events_subject` ON `audit_events` (`subject`);
CREATE INDEX `audit_events_actor` ON `audit_events` (`actor`);
CREATE INDEX `audit_events_action` ON `audit_events` (`action`);
CREATE TABLE `branches` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`company_id` text NOT NULL,
	`region_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `branches_code_unique` ON `branches` (`code`);
CREATE TABLE `companies` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
CREATE UNIQUE INDEX `companies_code_unique` ON `companies` (`code`);
CREATE TABLE `funds` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`company_id` text NOT NULL,
	`region_id` text,
	`branch_id` text,
	`currency` text NOT NULL,
	`balance_minor` integer NOT NULL,
	`reserved_minor` integer NOT NULL,
	`reorder_level_minor` integer NOT NULL,
	`imprest_level_minor` integer NOT NULL,
	`otp_threshold_minor` integer NOT NULL,
	`payment_limit_minor` integer,
	`daily_limit_minor` integer,
	`auto_replenish` integer NOT NULL,
	`state` text NOT NULL,
	`last_replenished_at` integer,
	`entry_seq` integer NOT NULL,
	`voucher_year` integer NOT NULL,
	`voucher_seq` integer NOT NULL,
	`head_seq` integer NOT NULL,
	`head_hash` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`branch_id`) REFERENCES `branches`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "funds_state" CHECK("funds"."state" in ('open', 'frozen', 'closed')),
	CONSTRAINT "funds_balance_safe" CHECK("funds"."balance_minor" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "funds_reserved_not_negative" CHECK("funds"."reserved_minor" between 0 and 9007199254740991),
	CONSTRAINT "funds_levels" CHECK("funds"."reorder_level_minor" >= 0 and "funds"."imprest_level_minor" >= "funds"."reorder_level_minor")
) STRICT;
CREATE UNIQUE INDEX `funds_ref_unique` ON `funds` (`ref`);
CREATE UNIQUE INDEX `funds_code_unique` ON `funds` (`code`);
CREATE TABLE `ledger_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`fund_id` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`kind` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`balance_after_minor` integer NOT NULL,
	`value_date` text NOT NULL,
	`payment_id` text,
	`execution_id` text,
	`replenishment_id` text,
	`reverses_id` text,
	`description` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`execution_id`) REFERENCES `payment_executions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ledger_entries_type" CHECK("ledger_entries"."type" in ('debit', 'credit', 'adjustment')),
	CONSTRAINT "ledger_entries_kind" CHECK("ledger_entries"."kind" in ('opening', 'payment', 'fee', 'replenishment', 'variance', 'transfer', 'return', 'reversal', 'suspense')),
	CONSTRAINT "ledger_entries_amount" CHECK(("ledger_entries"."type" = 'adjustment' and "ledger_entries"."amount_minor" <> 0 and "ledger_entries"."amount_minor" between -9007199254740991 and 9007199254740991) or ("ledger_entries"."type" <> 'adjustment' and "ledger_entries"."amount_minor" between 1 and 9007199254740991)),
	CONSTRAINT "ledger_entries_payment_has_execution" CHECK("ledger_entries"."kind" <> 'payment' or "ledger_entries"."execution_id" is not null)
) STRICT;
CREATE UNIQUE INDEX `ledger_entries_ref_unique` ON `ledger_entries` (`ref`);
CREATE UNIQUE INDEX `ledger_entries_fund_seq` ON `ledger_entries` (`fund_id`,`seq`);
CREATE UNIQUE INDEX `ledger_entries_one_payment_debit` ON `ledger_entries` (`payment_id`) WHERE kind = 'payment';
CREATE INDEX `ledger_entries_created` ON `ledger_entries` (`created_at`,`id`);
CREATE INDEX `ledger_entries_fund_created` ON `ledger_entries` (`fund_id`,`created_at`,`id`);
CREATE INDEX `ledger_entries_payment` ON `ledger_entries` (`payment_id`);
CREATE INDEX `ledger_entries_kind` ON `ledger_entries` (`kind`,`created_at`,`id`) WHERE kind <> 'payment';
CREATE INDEX `ledger_entries_fund_kind` ON `ledger_entries` (`fund_id`,`kind`,`created_at`,`id`) WHERE kind <> 'payment';
CREATE INDEX `ledger_entries_type` ON `ledger_entries` (`type`,`created_at`,`id`) WHERE type <> 'debit';
CREATE INDEX `ledger_entries_fund_type` ON `ledger_entries` (`fund_id`,`type`,`created_at`,`id`) WHERE type <> 'debit';
CREATE TABLE `ledger_totals` (
	`fund_id` text NOT NULL,
	`type` text NOT NULL,
	`kind` text NOT NULL,
	`entries` integer NOT NULL,
	`amount_minor` integer NOT NULL,
	PRIMARY KEY(`fund_id`, `type`, `kind`),
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE TABLE `office` (
	`id` text PRIMARY KEY NOT NULL,
	`currency` text NOT NULL,
	`timezone` text NOT NULL,
	`mail_url` text NOT NULL,
	`mail_from` text NOT NULL,
	`pepper_fingerprint` text NOT NULL,
	`requisition_year` integer NOT NULL,
	`requisition_seq` integer NOT NULL,
	`head_seq` integer NOT NULL,
	`head_hash` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
CREATE TABLE `otp_challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`payment_id` text NOT NULL,
	`executor_id` text NOT NULL,
	`digest` text NOT NULL,
	`code_hash` text NOT NULL,
	`failures` integer NOT NULL,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`expires_at` integer NOT NULL,
	`verified_at` integer,
	`consumed_at` integer,
	`voided_at` integer,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`executor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "otp_challenges_failures" CHECK("otp_challenges"."failures" between 0 and 5),
	CONSTRAINT "otp_challenges_consumed_in_time" CHECK("otp_challenges"."consumed_at" is null or "otp_challenges"."consumed_at" <= "otp_challenges"."expires_at")
) STRICT;
CREATE INDEX `otp_challenges_payment` ON `otp_challenges` (`payment_id`,`created_at`,`id`);
CREATE TABLE `outbox_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`topic` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL,
	`delivered_at` integer,
	`deliveries` integer NOT NULL,
	`last_error` text
) STRICT;
CREATE INDEX `outbox_messages_waiting` ON `outbox_messages` (`delivered_at`,`created_at`);
CREATE TABLE `payment_attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`payment_id` text NOT NULL,
	`number` integer NOT NULL,
	`state` text NOT NULL,
	`idempotency_key` text NOT NULL,
	`request_hash` text NOT NULL,
	`gateway` text NOT NULL,
	`gateway_account` text NOT NULL,
	`gateway_reference` text,
	`executor_id` text NOT NULL,
	`challenge_id` text,
	`reserved_minor` integer NOT NULL,
	`error` text,
	`evidence` text,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	`closed_at` integer,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`executor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payment_attempts_state" CHECK("payment_attempts"."state" in ('reserved', 'sent', 'accepted', 'paid', 'failed', 'unknown')),
	CONSTRAINT "payment_attempts_reserved" CHECK("payment_attempts"."reserved_minor" between 0 and 9007199254740991)
) STRICT;
CREATE UNIQUE INDEX `payment_attempts_ref_unique` ON `payment_attempts` (`ref`);
CREATE UNIQUE INDEX `payment_attempts_idempotency_key_unique` ON `payment_attempts` (`idempotency_key`);
CREATE UNIQUE INDEX `payment_attempts_number` ON `payment_attempts` (`payment_id`,`number`);
CREATE UNIQUE INDEX `payment_attempts_one_live` ON `payment_attempts` (`payment_id`) WHERE state in ('reserved', 'sent', 'accepted', 'unknown');
CREATE INDEX `payment_attempts_state` ON `payment_attempts` (`state`,`created_at`);
CREATE TABLE `payment_executions` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`payment_id` text NOT NULL,
	`attempt_id` text NOT NULL,
	`fund_id` text NOT NULL,
	`requester_id` text NOT NULL,
	`executor_id` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`gateway` text NOT NULL,
	`gateway_account` text NOT NULL,
	`gateway_reference` text NOT NULL,
	`gateway_status` text NOT NULL,
	`challenge_id` text,
	`otp_verified_at` integer,
	`otp_verified_by` text,
	`ip_address` text,
	`user_agent` text NOT NULL,
	`voucher_number` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`payment_id`) REFERENCES `payments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`attempt_id`) REFERENCES `payment_attempts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`requester_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`executor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`challenge_id`) REFERENCES `otp_challenges`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`otp_verified_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payment_executions_executor_is_not_requester" CHECK("payment_executions"."executor_id" <> "payment_executions"."requester_id"),
	CONSTRAINT "payment_executions_amount" CHECK("payment_executions"."amount_minor" between 1 and 9007199254740991)
) STRICT;
CREATE UNIQUE INDEX `payment_executions_ref_unique` ON `payment_executions` (`ref`);
CREATE UNIQUE INDEX `payment_executions_payment_id_unique` ON `payment_executions` (`payment_id`);
CREATE UNIQUE INDEX `payment_executions_attempt_id_unique` ON `payment_executions` (`attempt_id`);
CREATE UNIQUE INDEX `payment_executions_voucher_number_unique` ON `payment_executions` (`voucher_number`);
CREATE UNIQUE INDEX `payment_executions_gateway_reference` ON `payment_executions` (`gateway`,`gateway_account`,`gateway_reference`);
CREATE INDEX `payment_executions_fund_created` ON `payment_executions` (`fund_id`,`created_at`);
CREATE TABLE `payments` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`requisition_id` text NOT NULL,
	`fund_id` text NOT NULL,
	`currency` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`method` text NOT NULL,
	`destination` text NOT NULL,
	`payee` text NOT NULL,
	`status` text NOT NULL,
	`requester_id` text NOT NULL,
	`created_by` text NOT NULL,
	`executor_id` text,
	`otp_required` integer NOT NULL,
	`retry_count` integer NOT NULL,
	`max_retries` integer NOT NULL,
	`last_error` text,
	`scheduled_for` integer,
	`created_at` integer NOT NULL,
	`executed_at` integer,
	FOREIGN KEY (`requisition_id`) REFERENCES `requisitions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`requester_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`executor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_amount" CHECK("payments"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "payments_method" CHECK("payments"."method" in ('mpesa', 'bank', 'cash')),
	CONSTRAINT "payments_status" CHECK("payments"."status" in ('pending', 'executing', 'success', 'failed', 'reconciled', 'cancelled', 'reversed')),
	CONSTRAINT "payments_executor_is_not_requester" CHECK("payments"."executor_id" is null or "payments"."executor_id" <> "payments"."requester_id"),
	CONSTRAINT "payments_retries" CHECK("payments"."retry_count" >= 0 and "payments"."max_retries" between 1 and 100)
) STRICT;
CREATE UNIQUE INDEX `payments_ref_unique` ON `payments` (`ref`);
CREATE INDEX `payments_requisition_status` ON `payments` (`requisition_id`,`status`);
CREATE INDEX `payments_status_created` ON `payments` (`status`,`created_at`);
CREATE INDEX `payments_created` ON `payments` (`created_at`,`id`);
CREATE INDEX `payments_fund_created` ON `payments` (`fund_id`,`created_at`);
CREATE INDEX `payments_fund_executed` ON `payments` (`fund_id`,`executed_at`);
CREATE INDEX `payments_destination_executed` ON `payments` (`destination`,`executed_at`);
CREATE TABLE `regions` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`company_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `regions_code_unique` ON `regions` (`code`);
CREATE TABLE `replenishment_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`fund_id` text NOT NULL,
	`balance_minor` integer NOT NULL,
	`requested_minor` integer NOT NULL,
	`approved_minor` integer,
	`funded_minor` integer,
	`status` text NOT NULL,
	`auto_triggered` integer NOT NULL,
	`amount_fixed` integer NOT NULL,
	`requested_by` text,
	`approved_by` text,
	`rejected_by` text,
	`funded_by` text,
	`reason` text NOT NULL,
	`decided_reason` text,
	`reference` text,
	`created_at` integer NOT NULL,
	`decided_at` integer,
	`funded_at` integer,
	FOREIGN KEY (`fund_id`) REFERENCES `funds`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`approved_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`rejected_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`funded_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "replenishment_requests_status" CHECK("replenishment_requests"."status" in ('pending', 'approved', 'funded', 'rejected')),
	CONSTRAINT "replenishment_requests_funded" CHECK("replenishment_requests"."funded_minor" is null or ("replenishment_requests"."funded_minor" between 1 and "replenishment_requests"."approved_minor")),
	CONSTRAINT "replenishment_requests_people_differ" CHECK(("replenishment_requests"."approved_by" is null or "replenishment_requests"."requested_by" is null or "replenishment_requests"."approved_by" <> "replenishment_requests"."requested_by") and ("replenishment_requests"."funded_by" is null or "replenishment_requests"."funded_by" <> "replenishment_requests"."approved_by") and ("replenishment_requests"."funded_by" is null or "replenishment_requests"."requested_by" is null or "replenishment_requests"."funded_by" <> "replenishment_requests"."requested_by"))
) STRICT;
CREATE UNIQUE INDEX `replenishment_requests_ref_unique` ON `replenishment_requests` (`ref`);
CREATE UNIQUE INDEX `replenishment_requests_reference_unique` ON `replenishment_requests` (`reference`);
CREATE UNIQUE INDEX `replenishment_requests_one_open` ON `replenishment_requests` (`fund_id`) WHERE status in ('pending', 'approved');
CREATE INDEX `replenishment_requests_created` ON `replenishment_requests` (`created_at`,`id`);
CREATE TABLE `requisition_approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`requisition_id` text NOT NULL,
	`revision` integer NOT NULL,
	`approver_id` text NOT NULL,
	`decision` text NOT NULL,
	`reason` text,
	`terms_digest` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`requisition_id`) REFERENCES `requisitions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`approver_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "requisition_approvals_decision" CHECK("requisition_approvals"."decision" in ('approved', 'rejected'))
) STRICT;
CREATE UNIQUE INDEX `requisition_approvals_once` ON `requisition_approvals` (`requisition_id`,`revision`,`approver_id`);
CREATE TABLE `requisitions` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`number` text NOT NULL,
	`requested_by` text NOT NULL,
	`company_id` text NOT NULL,
	`region_id` text,
	`branch_id` text,
	`payee` text NOT NULL,
	`currency` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`method` text NOT NULL,
	`destination` text NOT NULL,
	`purpose` text NOT NULL,
	`category` text,
	`status` text NOT NULL,
	`revision` integer NOT NULL,
	`decided_reason` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`branch_id`) REFERENCES `branches`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "requisitions_amount" CHECK("requisitions"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "requisitions_method" CHECK("requisitions"."method" in ('mpesa', 'bank', 'cash')),
	CONSTRAINT "requisitions_status" CHECK("requisitions"."status" in ('submitted', 'approved', 'paid', 'rejected', 'cancelled'))
) STRICT;
CREATE UNIQUE INDEX `requisitions_ref_unique` ON `requisitions` (`ref`);
CREATE UNIQUE INDEX `requisitions_number_unique` ON `requisitions` (`number`);
CREATE INDEX `requisitions_status_created` ON `requisitions` (`status`,`created_at`);
CREATE INDEX `requisitions_created` ON `requisitions` (`created_at`,`id`);
CREATE TABLE `role_grants` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`company_id` text,
	`region_id` text,
	`branch_id` text,
	`granted_by` text NOT NULL,
	`granted_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`branch_id`) REFERENCES `branches`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE INDEX `role_grants_user` ON `role_grants` (`user_id`);
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`origin` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
CREATE UNIQUE INDEX `sessions_token_hash_unique` ON `sessions` (`token_hash`);
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`changed_by` text NOT NULL,
	`changed_at` integer NOT NULL
) STRICT;
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`ref` text NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`phone` text,
	`display_name` text NOT NULL,
	`password_hash` text NOT NULL,
	`disabled_at` integer,
	`failed_logins` integer NOT NULL,
	`locked_until` integer,
	`otp_failures` integer NOT NULL,
	`otp_failures_day` text NOT NULL,
	`otp_locked_at` integer,
	`created_at` integer NOT NULL
) STRICT;
CREATE UNIQUE INDEX `users_ref_unique` ON `users` (`ref`);
CREATE UNIQUE INDEX `users_username_unique` ON `users` (`username`);
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);
CREATE UNIQUE INDEX `users_phone_unique` ON `users` (`phone`);