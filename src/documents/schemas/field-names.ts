import { z } from 'zod';
import { SCHEMAS } from './catalog.ts';

/**
 * Names of what the documents hold, in their order: their own fields, or with `parts` those of their parts as well. A name that is
 * no document's holds nothing.
 */
export const fieldNames = (documents: readonly string[], { parts }: { readonly parts: boolean }): string[] => {
  const schemas = documents.flatMap((name) => SCHEMAS[name] ?? []);
  return [...new Set(schemas.flatMap((schema) => namesIn(z.toJSONSchema(schema), parts ? Infinity : 1)))];
};

/** Names of the properties of a JSON Schema down to a depth; the members of a union are one level, as is what an array holds. */
function namesIn(schema: unknown, depth: number): string[] {
  if (depth === 0 || typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'anyOf' || key === 'oneOf' || key === 'allOf')
      return Object.values(Object(value)).flatMap((one) => namesIn(one, depth));
    if (key === 'items') return namesIn(value, depth);
    if (key !== 'properties') return [];
    const parts = Object.entries(Object(value));
    return [...parts.map(([name]) => name), ...parts.flatMap(([, part]) => namesIn(part, depth - 1))];
  });
}
