import type { ChangeKind } from './two-people.ts';

/** Every kind of change by its name; the file that can apply it is read only when one is decided. */
const KINDS: Readonly<Record<string, () => Promise<ChangeKind>>> = {
  'user.roles': async () => (await import('./change-roles.ts')).rolesChange,
};

/** The kind of this name. Throws when a newer release has made it. */
export function kindOf(name: string): Promise<ChangeKind> {
  const load = KINDS[name];
  if (load === undefined) throw new Error(`this release knows no change ${name}`);
  return load();
}
