import { z } from 'zod';
import { APPROVING_ROLES } from '../../domain/policy.ts';
import { flagsSchema } from './flag.ts';
import { METHODS, PAYMENT_STATUSES } from '../../domain/payment.ts';
import { REQUISITION_STATUSES } from '../../domain/requisition.ts';

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

export const requisitionSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('req_'),
  number: z.string().regex(/^REQ-\d{4}-\d{5,}$/),
  requester: z.string(),
  payee: z.string(),
  amount: decimal,
  amount_minor: z.int().positive(),
  currency: z.string().length(3),
  method: z.enum(METHODS),
  destination: z.string(),
  purpose: z.string(),
  category: z.string().nullable(),
  company: z.string(),
  region: z.string().nullable(),
  branch: z.string().nullable(),
  status: z.enum(REQUISITION_STATUSES),
  revision: z.int().positive(),
  decided_reason: z.string().nullable(),
  approvals: z.array(
    z.strictObject({
      approver: z.string(),
      decision: z.enum(['approved', 'rejected']),
      reason: z.string().nullable(),
      revision: z.int().positive(),
      policy: z.int().nonnegative(),
      at: instant,
    }),
  ),
  approval: z
    .strictObject({
      policy: z.int().nonnegative(),
      given: z.int().nonnegative(),
      needed: z.int().positive(),
      missing_roles: z.array(z.enum(APPROVING_ROLES)),
      cfo_must_act: z.boolean(),
      may_approve: z.array(z.string()),
    })
    .nullable(),
  payments: z.array(
    z.strictObject({
      ref: z.string().startsWith('pay_'),
      fund: z.string(),
      amount: decimal,
      amount_minor: z.int().positive(),
      status: z.enum(PAYMENT_STATUSES),
    }),
  ),
  created_at: instant,
  flags: flagsSchema,
});
