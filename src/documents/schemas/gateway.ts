import { z } from 'zod';
import { RAILS } from '../../domain/rail.ts';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const instant = z.iso.datetime({ precision: 3 });

/** `gateway list` and `gateway set`: how a method is paid. */
export const gatewaySchema = z.strictObject({
  method: z.enum(['cash', 'mpesa', 'bank']),
  kind: z.enum(['cash', 'manual', ...RAILS]),
  version: z.int().nonnegative(),
  account: z.string().nullable(),
  highest_fee: decimal,
  highest_fee_minor: z.int().nonnegative(),
  currency: z.string().length(3),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  missing: z.array(z.string()),
  set_by: z.string().nullable(),
  set_at: instant.nullable(),
});

/** `gateway simulate`, when it has stopped. */
export const simulationSchema = z.strictObject({
  url: z.string(),
  short_code: z.string(),
  files: z.array(z.string()),
  scenarios: z.array(z.strictObject({ number: z.string(), about: z.string() })),
  paid: z.array(
    z.strictObject({
      key: z.string(),
      receipt: z.string(),
      amount: decimal,
      amount_minor: z.int().positive(),
      currency: z.string().length(3),
      receiver: z.string(),
    }),
  ),
});

/** `listen`, when it has stopped. */
export const listeningSchema = z.strictObject({
  host: z.string(),
  port: z.int().nonnegative(),
  kept: z.int().nonnegative(),
  applied: z.int().nonnegative(),
});

/** What a gateway said, and what came of it. */
export const gatewayMessageSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('msg_'),
  gateway: z.enum(RAILS),
  source: z.enum(['reply', 'callback', 'query', 'import', 'file']),
  received_at: instant,
  outcome: z.enum(['waiting', 'applied', 'repeated', 'noted', 'unmatched', 'contradicts']),
  detail: z.string().nullable(),
  payment: z.string().startsWith('pay_').nullable(),
  says: z.enum(['paid', 'failed', 'absent', 'in_progress', 'unknown', 'contradictory']).nullable(),
  remote: z.string().nullable(),
  raw: z.string(),
  settled_by: z.string().nullable(),
  confirmed_by: z.string().nullable(),
  settled_at: instant.nullable(),
  settled_reason: z.string().nullable(),
});

/** Money that left although nobody was debited. */
export const suspenseItemSchema = z.strictObject({
  id: z.uuid(),
  ref: z.string().startsWith('sus_'),
  fund: z.string(),
  payment: z.string().startsWith('pay_'),
  attempt: z.string().startsWith('att_'),
  amount: decimal,
  amount_minor: z.int().positive(),
  currency: z.string().length(3),
  gateway: z.enum(RAILS),
  gateway_reference: z.string(),
  status: z.enum(['open', 'settled']),
  created_at: instant,
  settled_by: z.string().nullable(),
  settled_at: instant.nullable(),
  settled_reason: z.string().nullable(),
  ledger_entry: z.string().startsWith('led_').nullable(),
});
