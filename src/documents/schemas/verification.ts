import { z } from 'zod';

const count = z.int().nonnegative();

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
      head: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
