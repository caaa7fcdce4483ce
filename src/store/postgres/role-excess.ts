import type { TableGrant } from './grants.ts';
import { POWERS, seenByAuditor } from './roles.ts';

/** One right that somebody has, as the server tells it. */
export interface Right {
  /** Null for PUBLIC, which is everybody. */
  readonly role: string | null;
  /** `relation` is a table, `attribute` a column of one, `database` and `schema` those of the office, `power` and `member` of the role itself. */
  readonly on: 'relation' | 'attribute' | 'database' | 'schema' | 'function' | 'power' | 'member';
  /** The table, function, attribute of the role, or role that it is a member of. */
  readonly name: string;
  readonly column: string | null;
  readonly privilege: string;
}

/** A right that nobody should have, and the statement that takes it away. */
export interface Excess {
  readonly text: string;
  readonly sql: string;
}

/** What an app role or an auditor role may do; PUBLIC nothing but come in. */
interface Allowance {
  readonly relation: (table: string) => readonly string[];
  readonly attribute: (table: string, column: string) => readonly string[];
}

const NOTHING: Allowance = { relation: () => [], attribute: () => [] };

function allowanceOf(kind: 'app' | 'auditor', grants: readonly TableGrant[]): Allowance {
  const known = new Map(grants.map((grant) => [grant.table, grant]));
  if (kind === 'app') {
    return {
      relation: (table) => (known.has(table) ? ['SELECT', 'INSERT'] : ['SELECT']),
      attribute: (table, column) =>
        known.get(table)?.changeable.includes(column) ? ['SELECT', 'INSERT', 'UPDATE'] : ['SELECT', 'INSERT'],
    };
  }
  return {
    relation: (table) => (known.get(table)?.secret.length ? [] : ['SELECT']),
    attribute: (table, column) => {
      const grant = known.get(table);
      return grant === undefined || seenByAuditor(grant).includes(column) ? ['SELECT'] : [];
    },
  };
}

/** The rights of one role (null: PUBLIC) that are more than it should have. A role that may add entries is an app role. */
export function excessOf(role: string | null, rights: readonly Right[], grants: readonly TableGrant[]): Excess[] {
  const own = rights.filter((right) => right.role === role);
  const allowed = role === null ? NOTHING : allowanceOf(isAppRole(role, rights) ? 'app' : 'auditor', grants);
  const who = role === null ? 'PUBLIC' : `"${role}"`;
  return own.flatMap((right): Excess[] => {
    if (right.on === 'relation' && allowed.relation(right.name).includes(right.privilege)) return [];
    if (right.on === 'attribute' && allowed.attribute(right.name, right.column ?? '').includes(right.privilege))
      return [];
    return [{ text: textOf(right), sql: `${sqlOf(right, who)}${grantedAgain(right, who, allowed, grants)}` }];
  });
}

/** To take a right on a table away takes it from its columns as well. */
function grantedAgain(right: Right, who: string, allowed: Allowance, grants: readonly TableGrant[]): string {
  if (right.on !== 'relation') return '';
  const { columns = [] } = grants.find(({ table }) => table === right.name) ?? {};
  const kept = columns.filter((column) => allowed.attribute(right.name, column).includes(right.privilege));
  return kept.length === 0 ? '' : `; GRANT ${right.privilege} (${kept.join(', ')}) ON "${right.name}" TO ${who}`;
}

/** Rights that a role needs for what it is for and does not have, as after a migration that made a table. */
export function lacksOf(role: string, rights: readonly Right[], grants: readonly TableGrant[]): string[] {
  const own = rights.filter((right) => right.role === role);
  const has = (table: string, privilege: string, column: string) =>
    own.some((right) => right.name === table && right.privilege === privilege && (right.column ?? column) === column);
  const writes = isAppRole(role, rights);
  return grants.flatMap((grant) => {
    const needed = [
      ...seenByAuditor(grant).map((column) => ['SELECT', column] as const),
      ...(writes ? [['INSERT', grant.columns[0] ?? ''] as const] : []),
      ...(writes ? grant.changeable.map((column) => ['UPDATE', column] as const) : []),
    ];
    const missing = needed.filter(([privilege, column]) => !has(grant.table, privilege, column));
    return missing.length === 0
      ? []
      : [`${[...new Set(missing.map(([privilege]) => privilege))].join(', ')} on ${grant.table}`];
  });
}

/** Whether a role is one that the tool works as: it may add entries. An auditor's may not. */
export const isAppRole = (role: string, rights: readonly Right[]): boolean =>
  rights.some((right) => right.role === role && right.name === 'ledger_entries' && right.privilege === 'INSERT');

function textOf({ on, name, column, privilege }: Right): string {
  if (on === 'power') return `is ${privilege}`;
  if (on === 'member') return `is a member of ${name}`;
  return `${privilege} on ${column === null ? '' : `${column} of `}${on === 'relation' || on === 'attribute' ? '' : `${on} `}${name}`;
}

function sqlOf({ on, name, column, privilege }: Right, who: string): string {
  if (on === 'power') return `ALTER ROLE ${who} NO${privilege}`;
  if (on === 'member') return `REVOKE "${name}" FROM ${who}`;
  if (on === 'attribute') return `REVOKE ${privilege} ("${column ?? ''}") ON "${name}" FROM ${who}`;
  if (on === 'relation') return `REVOKE ${privilege} ON "${name}" FROM ${who}`;
  return `REVOKE ${privilege} ON ${on.toUpperCase()} ${on === 'function' ? name : `"${name}"`} FROM ${who}`;
}

const WORDS: Readonly<Record<string, string>> = {
  rolsuper: 'SUPERUSER',
  rolcreatedb: 'CREATEDB',
  rolcreaterole: 'CREATEROLE',
  rolreplication: 'REPLICATION',
  rolbypassrls: 'BYPASSRLS',
};

/** Every right that somebody who owns no table has on these tables, on the schema, the database and by being who they are. */
export const rightsQuery = (tables: readonly string[]): string => `
with c as materialized (
  select c.oid, c.relname, c.relowner, c.relacl from pg_catalog.pg_class c
   where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relname in (${tables.map((name) => `'${name}'`).join(', ')})
), granted (grantee, "on", name, "column", privilege) as (
  select a.grantee, 'relation', c.relname, null::text, a.privilege_type from c, pg_catalog.aclexplode(c.relacl) a where a.grantee <> c.relowner
  union all
  select a.grantee, 'attribute', c.relname, t.attname, a.privilege_type
    from c join pg_catalog.pg_attribute t on t.attrelid = c.oid, pg_catalog.aclexplode(t.attacl) a where a.grantee <> c.relowner
  union all
  select a.grantee, 'schema', n.nspname, null, a.privilege_type
    from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
   where n.nspname = 'public' and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
  union all
  select a.grantee, 'database', d.datname, null, a.privilege_type
    from pg_catalog.pg_database d, pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
   where d.datname = pg_catalog.current_database() and a.privilege_type <> 'CONNECT' and a.grantee <> d.datdba
  union all
  select a.grantee, 'function', p.oid::pg_catalog.regprocedure::text, null, a.privilege_type
    from pg_catalog.pg_proc p, pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
   where p.pronamespace = 'public'::pg_catalog.regnamespace and p.prosecdef and p.proname like 'treasury%' and a.grantee = 0
), roles as (
  select distinct grantee as oid from granted where grantee <> 0 and "on" in ('relation', 'attribute')
  union select oid from pg_catalog.pg_roles where rolname = current_user
)
select r.rolname as role, g."on", g.name, g."column", g.privilege from granted g left join pg_catalog.pg_roles r on r.oid = g.grantee
 where g.grantee = 0 or g.grantee in (select oid from roles)
union all
select r.rolname, 'power', p.word, null, p.word from pg_catalog.pg_roles r join roles on roles.oid = r.oid,
  lateral (values ${POWERS.map((power) => `(r.${power}, '${WORDS[power] ?? power}')`).join(', ')}) p (has, word)
 where p.has and not exists (select from c where c.relowner = r.oid)
union all
select r.rolname, 'member', o.rolname, null, 'MEMBER' from pg_catalog.pg_auth_members m join roles on roles.oid = m.member
  join pg_catalog.pg_roles r on r.oid = m.member join pg_catalog.pg_roles o on o.oid = m.roleid
 where not exists (select from c where c.relowner = r.oid)`;
