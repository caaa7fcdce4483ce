import { z } from 'zod';
import { alertSchema } from './alert.ts';
import { auditEventSchema } from './audit-event.ts';
import { bankFileRecordSchema, bankFileSchema, bankReportSchema } from './bank-file.ts';
import { bankLayoutSchema } from './bank-layout.ts';
import { batchCodeSchema, batchProblemSchema, batchRowSchema, batchSchema } from './batch.ts';
import { changeSchema } from './change.ts';
import { errorSchema } from './envelope.ts';
import { feeRuleSchema } from './fee-rule.ts';
import { findingSchema } from './finding.ts';
import { fundSchema } from './fund.ts';
import {
  gatewayMessageSchema,
  gatewaySchema,
  listeningSchema,
  simulationSchema,
  suspenseItemSchema,
} from './gateway.ts';
import { guardSchema } from './guard.ts';
import { importedStatementSchema } from './imported-statement.ts';
import { ledgerEntrySchema } from './ledger-entry.ts';
import { migrationSchema, officeSchema } from './office.ts';
import { codeSchema, executionOutcomeSchema, explanationSchema, paymentEventSchema, paymentSchema } from './payment.ts';
import { pepperSchema } from './pepper.ts';
import { placeSchema } from './place.ts';
import { policyExplanationSchema, policySchema, policyTestSchema } from './policy.ts';
import {
  handMatchSchema,
  reconciliationSchema,
  reconciliationStatusSchema,
  unmatchedSchema,
} from './reconciliation.ts';
import { replenishmentCheckSchema, replenishmentSchema } from './replenishment.ts';
import { requisitionSchema } from './requisition.ts';
import { crontabSchema, scheduleSchema, workSchema } from './schedule.ts';
import { settingSchema } from './setting.ts';
import { statusSchema } from './status.ts';
import { statementProfileSchema } from './statement-profile.ts';
import { statementLineSchema, statementSchema } from './statement.ts';
import { enrolmentSchema, sessionSchema, tokenSchema, userSchema } from './user.ts';
import { varianceSchema } from './variance.ts';
import { webhookSchema } from './webhook.ts';
import { auditVerificationSchema, ledgerVerificationSchema } from './verification.ts';

const demoSchema = z.strictObject({ directory: z.string(), seed: z.int(), people: z.array(z.string()) });

const versionSchema = z.strictObject({ version: z.string(), node: z.string(), platform: z.string() });

const schemaSchema = z.strictObject({
  name: z.string(),
  schema: z.string(),
  json_schema: z.record(z.string(), z.unknown()).nullable(),
});

/** Every document by its name, as `treasury.<name>/1` in the answers. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  alert: alertSchema,
  audit_event: auditEventSchema,
  audit_verification: auditVerificationSchema,
  bank_file: bankFileSchema,
  bank_layout: bankLayoutSchema,
  bank_file_record: bankFileRecordSchema,
  bank_report: bankReportSchema,
  batch: batchSchema,
  batch_code: batchCodeSchema,
  batch_problem: batchProblemSchema,
  batch_row: batchRowSchema,
  change: changeSchema,
  crontab: crontabSchema,
  demo: demoSchema,
  error: errorSchema,
  execution: executionOutcomeSchema,
  fee_rule: feeRuleSchema,
  finding: findingSchema,
  fund: fundSchema,
  gateway: gatewaySchema,
  gateway_message: gatewayMessageSchema,
  guard: guardSchema,
  imported_statement: importedStatementSchema,
  ledger_entry: ledgerEntrySchema,
  ledger_verification: ledgerVerificationSchema,
  listening: listeningSchema,
  match: handMatchSchema,
  migration: migrationSchema,
  office: officeSchema,
  payment: paymentSchema,
  payment_code: codeSchema,
  payment_event: paymentEventSchema,
  payment_explanation: explanationSchema,
  pepper: pepperSchema,
  place: placeSchema,
  policy: policySchema,
  policy_explanation: policyExplanationSchema,
  policy_test: policyTestSchema,
  reconciliation: reconciliationSchema,
  reconciliation_status: reconciliationStatusSchema,
  replenishment: replenishmentSchema,
  replenishment_check: replenishmentCheckSchema,
  requisition: requisitionSchema,
  schedule: scheduleSchema,
  schema: schemaSchema,
  session: sessionSchema,
  setting: settingSchema,
  simulation: simulationSchema,
  status: statusSchema,
  suspense_item: suspenseItemSchema,
  statement: statementSchema,
  statement_line: statementLineSchema,
  statement_profile: statementProfileSchema,
  token: tokenSchema,
  totp: enrolmentSchema,
  unmatched: unmatchedSchema,
  user: userSchema,
  variance: varianceSchema,
  version: versionSchema,
  webhook: webhookSchema,
  work: workSchema,
};
