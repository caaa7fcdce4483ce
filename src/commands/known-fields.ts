import type { Command } from './command.ts';
import type { GlobalFlags } from './context.ts';
import { fieldUnknown } from './fields.ts';

/**
 * Refuses fields that no answer of a command that writes can have, before it writes: afterwards it is too late to say that nothing
 * was changed. What it proposes instead answers with a change. Throws usage FIELD_UNKNOWN.
 */
export async function refuseUnknownFields(command: Command, flags: GlobalFlags): Promise<void> {
  if (flags.fields === null) return;
  const { fieldNames } = await import('../documents/schemas/field-names.ts');
  // Rows of other formats may be parts of the document.
  const known = fieldNames([command.document, 'change'], { parts: !flags.json });
  const unknown = flags.fields.filter((field) => !known.includes(field));
  if (unknown.length > 0) throw fieldUnknown(unknown, known);
}
