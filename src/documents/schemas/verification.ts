import { z } from 'zod';

const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const ledgerVerificationSchema = z.strictObject({
  verified: z.literal('ledger'),
  fund: z.string().nullable(),
  funds: count,
  entries: count,
  rules: z.array(z.strictObject({ id: z.string(), title: z.string() })),
});

export const auditVerificationSchema = z.strictObject({
  verified: z.literal('audit'),
  fund: z.string().nullable(),
  events: count,
  entries: count,
  executions: count,
  chains: z.array(
    z.strictObject({
      chain: z.string(),
      events: count,
      entries: count,
      executions: count,
      head: hash,
    }),
  ),
  heads: z.array(
    z.strictObject({
      head: hash,
      chain: z.string(),
      seq: z.int().positive(),
      at: z.iso.datetime({ precision: 3 }).nullable(),
      since: count,
    }),
  ),
});
