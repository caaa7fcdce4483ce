import type { JSONSchema } from 'zod/v4/core';
import { usage, type Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { Command, Result } from './command.ts';

export const command: Command = {
  path: 'schema',
  summary: 'Show the JSON Schema of what --json prints',
  details:
    'Without a name, the names are listed. The answer of a command is one document, or an array of them where it lists.',
  arguments: [{ name: 'name', about: 'a document such as payment or fund', optional: true }],
  examples: [
    { command: 'treasury schema', about: 'which documents are there?' },
    { command: 'treasury schema payment', about: 'what does a payment hold?' },
  ],
  access: 'open',
  writes: false,
  document: 'schema',
  run: async (_, input) => {
    const name = input.optional('name')?.replace(/^treasury\.(.*)\/1$/, '$1');
    const { SCHEMAS } = await import('../documents/schemas/catalog.ts');
    const names = Object.keys(SCHEMAS);
    if (name === undefined) return listOf(names);
    const schema = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
    if (schema === undefined) throw unknownSchema(name, names);
    const { answerSchema } = await import('../documents/schemas/envelope.ts');
    return oneSchema(name, answerSchema(name, schema));
  },
};

const listOf = (names: readonly string[]): Result => ({
  data: names.map((name) => ({ name, schema: `treasury.${name}/1`, json_schema: null })),
  page: { next: null, count: names.length, totals: {} },
  human: { lines: names, next: ['treasury schema payment'] },
});

const oneSchema = (name: string, jsonSchema: JSONSchema.BaseSchema): Result => ({
  data: { name, schema: `treasury.${name}/1`, json_schema: jsonSchema },
  human: { lines: JSON.stringify(jsonSchema, null, 2).split('\n') },
});

const unknownSchema = (name: string, names: readonly string[]): Problem =>
  usage('SCHEMA_UNKNOWN', `There is no document ${quoted(name)}. The documents are ${names.join(', ')}.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury schema',
  });
