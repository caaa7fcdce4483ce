import type pg from 'pg';
import { advice, fine, type Finding } from '../../domain/finding.ts';
import { tableGrants } from './grants.ts';
import { excessOf, isAppRole, lacksOf, rightsQuery, type Right } from './role-excess.ts';

interface InUse {
  readonly role: string;
  readonly owner: boolean;
}

/**
 * Whether the role in use, every other role that has been granted something, and PUBLIC may do more than they should. A role
 * that owns the tables could switch the guards off.
 */
export async function examineRoles(client: pg.Client, tables: readonly string[]): Promise<Finding[]> {
  const { rows: rights } = await client.query<Right>(rightsQuery(tables));
  const { rows } = await client.query<InUse>(
    `select current_user as role, bool_or(pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER')) as owner
       from pg_catalog.pg_class c where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname = any($1)`,
    [tables],
  );
  const [inUse] = rows;
  const granted = new Set(
    rights.flatMap(({ role, on }) => (role !== null && (on === 'relation' || on === 'attribute') ? [role] : [])),
  );
  const others = [...granted].filter((role) => role !== inUse?.role).toSorted();
  return [
    inUse === undefined || inUse.owner ? ownerInUse(inUse?.role ?? '?') : finding('privileges', inUse.role, rights),
    ...others.map((role) => finding(`role_${role}`, role, rights)),
    // Where nobody but the owner comes in, what everybody may do is the least of it.
    ...(granted.size === 0 ? [] : [finding('role_public', null, rights)]),
  ];
}

const ownerInUse = (role: string): Finding =>
  advice(
    'privileges',
    `The role ${role} owns the tables, and could take their guards away: segregation is not enforced by the database.`,
    'treasury migrate --app-role treasury_app --apply, and connect as that role',
  );

function finding(id: string, role: string | null, rights: readonly Right[]): Finding {
  const who = role === null ? 'PUBLIC' : `The role ${role}`;
  const excess = excessOf(role, rights, tableGrants());
  if (excess.length > 0) {
    const fix = excess.map(({ sql }) => `${sql};`).join(' ');
    return advice(id, `${who} may do more than it should: ${excess.map(({ text }) => text).join(', ')}.`, fix);
  }
  const lacks = role === null ? [] : lacksOf(role, rights, tableGrants());
  if (role === null || lacks.length === 0) return fine(id, `${who} may do what it is for and nothing else.`);
  const kind = isAppRole(role, rights) ? 'app' : 'auditor';
  return advice(id, `${who} lacks ${lacks.join('; ')}.`, `treasury migrate --${kind}-role ${role} --apply`);
}
