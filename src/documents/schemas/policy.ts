import { z } from 'zod';
import { METHODS } from '../../domain/payment.ts';
import { APPROVING_ROLES, AUDIENCES, NOTIFY_EVENTS, WEEKDAYS } from '../../domain/policy.ts';
import { checkSchema } from './payment.ts';

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });
const figure = { text: decimal.nullable(), minor: z.int().nonnegative().nullable() };
const clock = z.string().regex(/^\d\d:\d\d$/);
const days = z.int().positive().nullable();

const moneyRulesSchema = z.strictObject({
  currency: z.string().length(3),
  approval: z.array(
    z.strictObject({
      up_to: figure.text,
      up_to_minor: figure.minor,
      approvers: z.int().positive(),
      roles: z.array(z.enum(APPROVING_ROLES)),
    }),
  ),
  cfo_above: figure.text,
  cfo_above_minor: figure.minor,
  otp_above: figure.text,
  otp_above_minor: figure.minor,
  methods: z.array(
    z.strictObject({
      method: z.enum(METHODS),
      per_payment: figure.text,
      per_payment_minor: figure.minor,
      per_day: figure.text,
      per_day_minor: figure.minor,
      otp_above: figure.text,
      otp_above_minor: figure.minor,
    }),
  ),
  variance: figure.text,
  variance_minor: figure.minor,
});

/** `policy show` and `policy set`: one version of the policy, and the file that makes it. */
export const policySchema = z.strictObject({
  version: z.int().nonnegative(),
  digest: z.string().length(64).nullable(),
  money: z.array(moneyRulesSchema),
  hours: z.array(
    z.strictObject({ methods: z.array(z.enum(METHODS)), days: z.array(z.enum(WEEKDAYS)), from: clock, to: clock }),
  ),
  variance_percent: z.string().nullable(),
  stale: z.strictObject({ statement_days: days, requisition_days: days, change_days: days }),
  alerts: z.strictObject({
    payment_stuck_minutes: z.int().positive(),
    variance_waiting_hours: z.int().positive(),
    replenishment_waiting_hours: z.int().positive(),
  }),
  notify: z.array(z.strictObject({ event: z.enum(NOTIFY_EVENTS), to: z.array(z.enum(AUDIENCES)), sms: z.boolean() })),
  reason: z.string().nullable(),
  set_by: z.string().nullable(),
  confirmed_by: z.string().nullable(),
  change: z.string().startsWith('chg_').nullable(),
  created_at: instant.nullable(),
  toml: z.string(),
});

const judgementSchema = z.strictObject({
  policy: z.int().nonnegative(),
  passed: z.boolean(),
  checks: z.array(checkSchema),
});

/** `policy explain`: which rules applied when it was decided (null: it was not), and which would now. */
export const policyExplanationSchema = z.strictObject({
  kind: z.enum(['requisition', 'payment', 'variance']),
  ref: z.string(),
  requisition_number: z.string().nullable(),
  status: z.string(),
  decided: judgementSchema.nullable(),
  now: judgementSchema,
});

const countedSchema = z.strictObject({ count: z.int().nonnegative(), totals: z.record(z.string(), decimal) });

/** `policy test`: what a proposed policy would have changed about past payments. */
export const policyTestSchema = z.strictObject({
  policy: z.int().nonnegative(),
  since: instant,
  until: instant.nullable(),
  replayed: countedSchema,
  stricter: countedSchema,
  looser: countedSchema,
  payments: z.array(
    z.strictObject({
      ref: z.string().startsWith('pay_'),
      requisition_number: z.string(),
      fund: z.string(),
      amount: decimal,
      amount_minor: z.int().positive(),
      currency: z.string().length(3),
      method: z.enum(METHODS),
      executed_at: instant,
      policy: z.int().nonnegative(),
      outcome: z.enum(['stricter', 'looser']),
      reasons: z.array(z.string()),
    }),
  ),
});
