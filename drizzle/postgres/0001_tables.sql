CREATE TABLE "audit_events" (
	"chain" text NOT NULL,
	"seq" integer NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"body" text NOT NULL,
	"at" text GENERATED ALWAYS AS ((body::jsonb ->> 'at')) STORED,
	"actor" text GENERATED ALWAYS AS ((body::jsonb ->> 'actor')) STORED,
	"action" text GENERATED ALWAYS AS ((body::jsonb ->> 'action')) STORED,
	"subject" text GENERATED ALWAYS AS ((body::jsonb ->> 'subject')) STORED,
	CONSTRAINT "audit_events_chain_seq_pk" PRIMARY KEY("chain","seq")
);
CREATE TABLE "branches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"company_id" uuid NOT NULL,
	"region_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "branches_code_unique" UNIQUE("code")
);
CREATE TABLE "companies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "companies_code_unique" UNIQUE("code")
);
CREATE TABLE "funds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"company_id" uuid NOT NULL,
	"region_id" uuid,
	"branch_id" uuid,
	"currency" text NOT NULL,
	"balance_minor" bigint NOT NULL,
	"reserved_minor" bigint NOT NULL,
	"reorder_level_minor" bigint NOT NULL,
	"imprest_level_minor" bigint NOT NULL,
	"otp_threshold_minor" bigint NOT NULL,
	"payment_limit_minor" bigint,
	"daily_limit_minor" bigint,
	"auto_replenish" boolean NOT NULL,
	"state" text NOT NULL,
	"last_replenished_at" timestamp (3) with time zone,
	"entry_seq" integer NOT NULL,
	"voucher_year" integer NOT NULL,
	"voucher_seq" integer NOT NULL,
	"head_seq" integer NOT NULL,
	"head_hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "funds_ref_unique" UNIQUE("ref"),
	CONSTRAINT "funds_code_unique" UNIQUE("code"),
	CONSTRAINT "funds_state" CHECK ("funds"."state" in ('open', 'frozen', 'closed')),
	CONSTRAINT "funds_balance_safe" CHECK ("funds"."balance_minor" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "funds_reserved_not_negative" CHECK ("funds"."reserved_minor" between 0 and 9007199254740991),
	CONSTRAINT "funds_levels" CHECK ("funds"."reorder_level_minor" >= 0 and "funds"."imprest_level_minor" >= "funds"."reorder_level_minor")
);
CREATE TABLE "ledger_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"kind" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"balance_after_minor" bigint NOT NULL,
	"value_date" text NOT NULL,
	"payment_id" uuid,
	"execution_id" uuid,
	"replenishment_id" uuid,
	"reverses_id" uuid,
	"description" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_entries_ref_unique" UNIQUE("ref"),
	CONSTRAINT "ledger_entries_type" CHECK ("ledger_entries"."type" in ('debit', 'credit', 'adjustment')),
	CONSTRAINT "ledger_entries_kind" CHECK ("ledger_entries"."kind" in ('opening', 'payment', 'fee', 'replenishment', 'variance', 'transfer', 'return', 'reversal', 'suspense')),
	CONSTRAINT "ledger_entries_amount" CHECK (("ledger_entries"."type" = 'adjustment' and "ledger_entries"."amount_minor" <> 0 and "ledger_entries"."amount_minor" between -9007199254740991 and 9007199254740991) or ("ledger_entries"."type" <> 'adjustment' and "ledger_entries"."amount_minor" between 1 and 9007199254740991)),
	CONSTRAINT "ledger_entries_payment_has_execution" CHECK ("ledger_entries"."kind" <> 'payment' or "ledger_entries"."execution_id" is not null)
);
CREATE TABLE "ledger_totals" (
	"fund_id" uuid NOT NULL,
	"type" text NOT NULL,
	"kind" text NOT NULL,
	"entries" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "ledger_totals_fund_id_type_kind_pk" PRIMARY KEY("fund_id","type","kind")
);
CREATE TABLE "office" (
	"id" text PRIMARY KEY NOT NULL,
	"currency" text NOT NULL,
	"timezone" text NOT NULL,
	"mail_url" text NOT NULL,
	"mail_from" text NOT NULL,
	"pepper_fingerprint" text NOT NULL,
	"requisition_year" integer NOT NULL,
	"requisition_seq" integer NOT NULL,
	"head_seq" integer NOT NULL,
	"head_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "otp_challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	"executor_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"code_hash" text NOT NULL,
	"failures" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"consumed_at" timestamp (3) with time zone,
	"voided_at" timestamp (3) with time zone,
	CONSTRAINT "otp_challenges_failures" CHECK ("otp_challenges"."failures" between 0 and 5),
	CONSTRAINT "otp_challenges_consumed_in_time" CHECK ("otp_challenges"."consumed_at" is null or "otp_challenges"."consumed_at" <= "otp_challenges"."expires_at")
);
CREATE TABLE "outbox_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"payload" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"deliveries" integer NOT NULL,
	"last_error" text
);
CREATE TABLE "payment_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"payment_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"state" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text NOT NULL,
	"gateway" text NOT NULL,
	"gateway_account" text NOT NULL,
	"gateway_reference" text,
	"executor_id" uuid NOT NULL,
	"challenge_id" uuid,
	"reserved_minor" bigint NOT NULL,
	"error" text,
	"evidence" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "payment_attempts_ref_unique" UNIQUE("ref"),
	CONSTRAINT "payment_attempts_idempotency_key_unique" UNIQUE("idempotency_key"),
	CONSTRAINT "payment_attempts_state" CHECK ("payment_attempts"."state" in ('reserved', 'sent', 'accepted', 'paid', 'failed', 'unknown')),
	CONSTRAINT "payment_attempts_reserved" CHECK ("payment_attempts"."reserved_minor" between 0 and 9007199254740991)
);
CREATE TABLE "payment_executions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"payment_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"fund_id" uuid NOT NULL,
	"requester_id" uuid NOT NULL,
	"executor_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"gateway" text NOT NULL,
	"gateway_account" text NOT NULL,
	"gateway_reference" text NOT NULL,
	"gateway_status" text NOT NULL,
	"challenge_id" uuid,
	"otp_verified_at" timestamp (3) with time zone,
	"otp_verified_by" uuid,
	"ip_address" text,
	"user_agent" text NOT NULL,
	"voucher_number" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_executions_ref_unique" UNIQUE("ref"),
	CONSTRAINT "payment_executions_payment_id_unique" UNIQUE("payment_id"),
	CONSTRAINT "payment_executions_attempt_id_unique" UNIQUE("attempt_id"),
	CONSTRAINT "payment_executions_voucher_number_unique" UNIQUE("voucher_number"),
	CONSTRAINT "payment_executions_executor_is_not_requester" CHECK ("payment_executions"."executor_id" <> "payment_executions"."requester_id"),
	CONSTRAINT "payment_executions_amount" CHECK ("payment_executions"."amount_minor" between 1 and 9007199254740991)
);
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"requisition_id" uuid NOT NULL,
	"fund_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"method" text NOT NULL,
	"destination" text NOT NULL,
	"payee" text NOT NULL,
	"status" text NOT NULL,
	"requester_id" uuid NOT NULL,
	"created_by" uuid NOT NULL,
	"executor_id" uuid,
	"otp_required" boolean NOT NULL,
	"retry_count" integer NOT NULL,
	"max_retries" integer NOT NULL,
	"last_error" text,
	"scheduled_for" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"executed_at" timestamp (3) with time zone,
	CONSTRAINT "payments_ref_unique" UNIQUE("ref"),
	CONSTRAINT "payments_amount" CHECK ("payments"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "payments_method" CHECK ("payments"."method" in ('mpesa', 'bank', 'cash')),
	CONSTRAINT "payments_status" CHECK ("payments"."status" in ('pending', 'executing', 'success', 'failed', 'reconciled', 'cancelled', 'reversed')),
	CONSTRAINT "payments_executor_is_not_requester" CHECK ("payments"."executor_id" is null or "payments"."executor_id" <> "payments"."requester_id"),
	CONSTRAINT "payments_retries" CHECK ("payments"."retry_count" >= 0 and "payments"."max_retries" between 1 and 100)
);
CREATE TABLE "regions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"company_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "regions_code_unique" UNIQUE("code")
);
CREATE TABLE "replenishment_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"balance_minor" bigint NOT NULL,
	"requested_minor" bigint NOT NULL,
	"approved_minor" bigint,
	"funded_minor" bigint,
	"status" text NOT NULL,
	"auto_triggered" boolean NOT NULL,
	"amount_fixed" boolean NOT NULL,
	"requested_by" uuid,
	"approved_by" uuid,
	"rejected_by" uuid,
	"funded_by" uuid,
	"reason" text NOT NULL,
	"decided_reason" text,
	"reference" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"funded_at" timestamp (3) with time zone,
	CONSTRAINT "replenishment_requests_ref_unique" UNIQUE("ref"),
	CONSTRAINT "replenishment_requests_reference_unique" UNIQUE("reference"),
	CONSTRAINT "replenishment_requests_status" CHECK ("replenishment_requests"."status" in ('pending', 'approved', 'funded', 'rejected')),
	CONSTRAINT "replenishment_requests_funded" CHECK ("replenishment_requests"."funded_minor" is null or ("replenishment_requests"."funded_minor" between 1 and "replenishment_requests"."approved_minor")),
	CONSTRAINT "replenishment_requests_people_differ" CHECK (("replenishment_requests"."approved_by" is null or "replenishment_requests"."requested_by" is null or "replenishment_requests"."approved_by" <> "replenishment_requests"."requested_by") and ("replenishment_requests"."funded_by" is null or "replenishment_requests"."funded_by" <> "replenishment_requests"."approved_by") and ("replenishment_requests"."funded_by" is null or "replenishment_requests"."requested_by" is null or "replenishment_requests"."funded_by" <> "replenishment_requests"."requested_by"))
);
CREATE TABLE "requisition_approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"requisition_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"approver_id" uuid NOT NULL,
	"decision" text NOT NULL,
	"reason" text,
	"terms_digest" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requisition_approvals_decision" CHECK ("requisition_approvals"."decision" in ('approved', 'rejected'))
);
CREATE TABLE "requisitions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"number" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"company_id" uuid NOT NULL,
	"region_id" uuid,
	"branch_id" uuid,
	"payee" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"method" text NOT NULL,
	"destination" text NOT NULL,
	"purpose" text NOT NULL,
	"category" text,
	"status" text NOT NULL,
	"revision" integer NOT NULL,
	"decided_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requisitions_ref_unique" UNIQUE("ref"),
	CONSTRAINT "requisitions_number_unique" UNIQUE("number"),
	CONSTRAINT "requisitions_amount" CHECK ("requisitions"."amount_minor" between 1 and 9007199254740991),
	CONSTRAINT "requisitions_method" CHECK ("requisitions"."method" in ('mpesa', 'bank', 'cash')),
	CONSTRAINT "requisitions_status" CHECK ("requisitions"."status" in ('submitted', 'approved', 'paid', 'rejected', 'cancelled'))
);
CREATE TABLE "role_grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"company_id" uuid,
	"region_id" uuid,
	"branch_id" uuid,
	"granted_by" text NOT NULL,
	"granted_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"origin" text NOT NULL,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash")
);
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"ref" text NOT NULL,
	"username" text NOT NULL,
	"email" text NOT NULL,
	"phone" text,
	"display_name" text NOT NULL,
	"password_hash" text NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"failed_logins" integer NOT NULL,
	"locked_until" timestamp (3) with time zone,
	"otp_failures" integer NOT NULL,
	"otp_failures_day" text NOT NULL,
	"otp_locked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "users_ref_unique" UNIQUE("ref"),
	CONSTRAINT "users_username_unique" UNIQUE("username"),
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "users_phone_unique" UNIQUE("phone")
);
ALTER TABLE "branches" ADD CONSTRAINT "branches_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "branches" ADD CONSTRAINT "branches_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "funds" ADD CONSTRAINT "funds_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "funds" ADD CONSTRAINT "funds_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "funds" ADD CONSTRAINT "funds_branch_id_branches_id_fk" FOREIGN KEY ("branch_id") REFERENCES "branches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "funds" ADD CONSTRAINT "funds_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_execution_id_payment_executions_id_fk" FOREIGN KEY ("execution_id") REFERENCES "payment_executions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "ledger_totals" ADD CONSTRAINT "ledger_totals_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "otp_challenges" ADD CONSTRAINT "otp_challenges_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "otp_challenges" ADD CONSTRAINT "otp_challenges_executor_id_users_id_fk" FOREIGN KEY ("executor_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_attempts" ADD CONSTRAINT "payment_attempts_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_attempts" ADD CONSTRAINT "payment_attempts_executor_id_users_id_fk" FOREIGN KEY ("executor_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_attempt_id_payment_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "payment_attempts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_requester_id_users_id_fk" FOREIGN KEY ("requester_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_executor_id_users_id_fk" FOREIGN KEY ("executor_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_challenge_id_otp_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "otp_challenges"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payment_executions" ADD CONSTRAINT "payment_executions_otp_verified_by_users_id_fk" FOREIGN KEY ("otp_verified_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payments" ADD CONSTRAINT "payments_requisition_id_requisitions_id_fk" FOREIGN KEY ("requisition_id") REFERENCES "requisitions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payments" ADD CONSTRAINT "payments_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payments" ADD CONSTRAINT "payments_requester_id_users_id_fk" FOREIGN KEY ("requester_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payments" ADD CONSTRAINT "payments_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "payments" ADD CONSTRAINT "payments_executor_id_users_id_fk" FOREIGN KEY ("executor_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "regions" ADD CONSTRAINT "regions_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "replenishment_requests" ADD CONSTRAINT "replenishment_requests_fund_id_funds_id_fk" FOREIGN KEY ("fund_id") REFERENCES "funds"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "replenishment_requests" ADD CONSTRAINT "replenishment_requests_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "replenishment_requests" ADD CONSTRAINT "replenishment_requests_approved_by_users_id_fk" FOREIGN KEY ("approved_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "replenishment_requests" ADD CONSTRAINT "replenishment_requests_rejected_by_users_id_fk" FOREIGN KEY ("rejected_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "replenishment_requests" ADD CONSTRAINT "replenishment_requests_funded_by_users_id_fk" FOREIGN KEY ("funded_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisition_approvals" ADD CONSTRAINT "requisition_approvals_requisition_id_requisitions_id_fk" FOREIGN KEY ("requisition_id") REFERENCES "requisitions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisition_approvals" ADD CONSTRAINT "requisition_approvals_approver_id_users_id_fk" FOREIGN KEY ("approver_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisitions" ADD CONSTRAINT "requisitions_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisitions" ADD CONSTRAINT "requisitions_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisitions" ADD CONSTRAINT "requisitions_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "requisitions" ADD CONSTRAINT "requisitions_branch_id_branches_id_fk" FOREIGN KEY ("branch_id") REFERENCES "branches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_branch_id_branches_id_fk" FOREIGN KEY ("branch_id") REFERENCES "branches"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "audit_events_at" ON "audit_events" USING btree ("at","chain","seq");
CREATE INDEX "audit_events_subject" ON "audit_events" USING btree ("subject");
CREATE INDEX "audit_events_actor" ON "audit_events" USING btree ("actor");
CREATE INDEX "audit_events_action" ON "audit_events" USING btree ("action");
CREATE UNIQUE INDEX "ledger_entries_fund_seq" ON "ledger_entries" USING btree ("fund_id","seq");
CREATE UNIQUE INDEX "ledger_entries_one_payment_debit" ON "ledger_entries" USING btree ("payment_id") WHERE kind = 'payment';
CREATE INDEX "ledger_entries_created" ON "ledger_entries" USING btree ("created_at","id");
CREATE INDEX "ledger_entries_fund_created" ON "ledger_entries" USING btree ("fund_id","created_at","id");
CREATE INDEX "ledger_entries_payment" ON "ledger_entries" USING btree ("payment_id");
CREATE INDEX "ledger_entries_kind" ON "ledger_entries" USING btree ("kind","created_at","id") WHERE kind <> 'payment';
CREATE INDEX "ledger_entries_fund_kind" ON "ledger_entries" USING btree ("fund_id","kind","created_at","id") WHERE kind <> 'payment';
CREATE INDEX "ledger_entries_type" ON "ledger_entries" USING btree ("type","created_at","id") WHERE type <> 'debit';
CREATE INDEX "ledger_entries_fund_type" ON "ledger_entries" USING btree ("fund_id","type","created_at","id") WHERE type <> 'debit';
CREATE INDEX "otp_challenges_payment" ON "otp_challenges" USING btree ("payment_id","created_at","id");
CREATE INDEX "outbox_messages_waiting" ON "outbox_messages" USING btree ("delivered_at","created_at");
CREATE UNIQUE INDEX "payment_attempts_number" ON "payment_attempts" USING btree ("payment_id","number");
CREATE UNIQUE INDEX "payment_attempts_one_live" ON "payment_attempts" USING btree ("payment_id") WHERE state in ('reserved', 'sent', 'accepted', 'unknown');
CREATE INDEX "payment_attempts_state" ON "payment_attempts" USING btree ("state","created_at");
CREATE UNIQUE INDEX "payment_executions_gateway_reference" ON "payment_executions" USING btree ("gateway","gateway_account","gateway_reference");
CREATE INDEX "payment_executions_fund_created" ON "payment_executions" USING btree ("fund_id","created_at");
CREATE INDEX "payments_requisition_status" ON "payments" USING btree ("requisition_id","status");
CREATE INDEX "payments_status_created" ON "payments" USING btree ("status","created_at");
CREATE INDEX "payments_created" ON "payments" USING btree ("created_at","id");
CREATE INDEX "payments_fund_created" ON "payments" USING btree ("fund_id","created_at");
CREATE INDEX "payments_fund_executed" ON "payments" USING btree ("fund_id","executed_at");
CREATE INDEX "payments_destination_executed" ON "payments" USING btree ("destination","executed_at");
CREATE UNIQUE INDEX "replenishment_requests_one_open" ON "replenishment_requests" USING btree ("fund_id") WHERE status in ('pending', 'approved');
CREATE INDEX "replenishment_requests_created" ON "replenishment_requests" USING btree ("created_at","id");
CREATE UNIQUE INDEX "requisition_approvals_once" ON "requisition_approvals" USING btree ("requisition_id","revision","approver_id");
CREATE INDEX "requisitions_status_created" ON "requisitions" USING btree ("status","created_at");
CREATE INDEX "requisitions_created" ON "requisitions" USING btree ("created_at","id");
CREATE INDEX "role_grants_user" ON "role_grants" USING btree ("user_id");