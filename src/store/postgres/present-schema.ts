/**
 * What stands on the office's tables, and its functions, one JSON array `[kind, table, name, definition]` a line; from 15 to 18
 * the server writes the same. A definition of a trigger, function or index is the statement that makes it. What others
 * keep beside the office's tables does not matter here. Nothing is found by a search path: everything of it is qualified.
 */
export const presentSchemaQuery = (tables: readonly string[]): string => `
with t as materialized (
  select oid, relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity
    from pg_catalog.pg_class where relnamespace = 'public'::pg_catalog.regnamespace and relname in (${tables.map((name) => `'${name}'`).join(', ')})
), object (kind, tbl, name, definition) as (
  select 'table', t.relname, t.relname, pg_catalog.concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity)
    from t
  union all
  select 'column', t.relname, a.attname, pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
         a.attnotnull, a.attgenerated, a.attidentity, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
    from t join pg_catalog.pg_attribute a on a.attrelid = t.oid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attnum > 0 and not a.attisdropped
  union all
  select 'constraint', t.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid)
    from t join pg_catalog.pg_constraint k on k.conrelid = t.oid where k.contype <> 'n'
  union all
  select 'index', t.relname, c.relname,
         case when i.indisvalid then '' else 'invalid: ' end || pg_catalog.pg_get_indexdef(i.indexrelid)
    from t join pg_catalog.pg_index i on i.indrelid = t.oid join pg_catalog.pg_class c on c.oid = i.indexrelid
   where not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.conrelid = t.oid)
  union all
  select 'trigger', t.relname, g.tgname,
         case g.tgenabled when 'O' then '' else 'disabled: ' end || pg_catalog.pg_get_triggerdef(g.oid)
    from t join pg_catalog.pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal or g.tgenabled <> 'O'
  union all
  select 'rule', t.relname, r.rulename, pg_catalog.pg_get_ruledef(r.oid)
    from t join pg_catalog.pg_rewrite r on r.ev_class = t.oid
  union all
  select 'policy', t.relname, p.polname, '' from t join pg_catalog.pg_policy p on p.polrelid = t.oid
  union all
  select 'heir', t.relname, i.inhrelid::pg_catalog.regclass::text, ''
    from t join pg_catalog.pg_inherits i on i.inhparent = t.oid or i.inhrelid = t.oid
  union all
  select 'function', '', p.oid::pg_catalog.regprocedure::text, pg_catalog.pg_get_functiondef(p.oid)
    from pg_catalog.pg_proc p
   where p.pronamespace = 'public'::pg_catalog.regnamespace and p.proname like 'treasury%' and p.prokind in ('f', 'p')
  union all
  select 'setting', '', 'session_replication_role', pg_catalog.current_setting('session_replication_role')
)
select pg_catalog.string_agg(pg_catalog.json_build_array(kind, tbl, name, definition)::text, E'\\n'
         order by kind, tbl collate "C", name collate "C") as present
  from object`;
