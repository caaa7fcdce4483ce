import { z } from 'zod';
import type { JSONSchema } from 'zod/v4/core';

const checkSchema = z.strictObject({
  id: z.string(),
  ok: z.boolean().nullable(),
  code: z.string().nullable(),
  message: z.string(),
  fix: z.strictObject({ command: z.string().nullable(), who: z.array(z.string()) }).nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const metaSchema = z.strictObject({
  actor: z.string().nullable(),
  at: z.string(),
  dry_run: z.boolean(),
  replayed: z.boolean(),
  version: z.string(),
});

const pageSchema = z.strictObject({
  next: z.string().nullable(),
  count: z.int(),
  totals: z.record(z.string(), z.string()),
});

/** What a command answers with `--json`: one document, or an array of them with its page. */
const successSchema = (name: string, document: z.ZodType) =>
  z.strictObject({
    schema: z.literal(`treasury.${name}/1`),
    ok: z.literal(true),
    data: z.union([document, z.array(document)]),
    page: pageSchema.nullable(),
    warnings: z.array(z.string()),
    meta: metaSchema,
  });

/** What a command answers with `--json` when it did not do what it was asked. */
export const errorSchema = z.strictObject({
  schema: z.literal('treasury.error/1'),
  ok: z.literal(false),
  error: z.strictObject({
    code: z.string(),
    exit_code: z.int(),
    message: z.string(),
    retryable: z.boolean(),
    checks: z.array(checkSchema),
    unchanged: z.string().nullable(),
    fix: z.string().nullable(),
    faults: z.array(z.string()),
  }),
  warnings: z.array(z.string()),
  meta: metaSchema,
});

/** The JSON Schema of a whole answer that carries this document; `error` is an answer of its own. */
export const answerSchema = (name: string, document: z.ZodType): JSONSchema.BaseSchema =>
  z.toJSONSchema(name === 'error' ? errorSchema : successSchema(name, document));
