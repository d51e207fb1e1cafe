import { afterAll, expect, it } from "vitest";
import expected from "./catalog.expected.json";
import { closeConnections, sharedPool } from "./client";
import { EITHER_MODELS, SHARED_MODELS, TENANT_MODELS } from "./tenant-guard";

/**
 * `prisma migrate dev` proposes to drop what the Prisma schema cannot say (partial indexes, checks, policies). Here is
 * what must be there; after a migration that changes it on purpose, `vitest -u` writes the list anew: read the
 * difference before it is committed.
 */
afterAll(closeConnections);

async function lines(sql: string): Promise<string[]> {
  const { rows } = await sharedPool().query<{ line: string }>(sql);
  return rows.map((row) => row.line).sort();
}

function rightsOf(role: string): Promise<string[]> {
  return lines(`
    select table_name || ' ' || string_agg(privilege_type, ' ' order by privilege_type) as line
    from information_schema.role_table_grants where grantee = '${role}' and table_schema = 'public' group by table_name`);
}

async function readCatalog() {
  return {
    indexes: await lines(`
      select regexp_replace(indexdef, '(public\\.| USING btree)', '', 'g') as line from pg_indexes
      where schemaname = 'public' and tablename <> '_prisma_migrations'`),
    constraints: await lines(`
      select conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint
      where connamespace = 'public'::regnamespace and contype in ('c', 'f') and conrelid <> 0`),
    policies: await lines(`
      select format('%s.%s %s to %s using %s check %s', tablename, policyname, cmd, array_to_string(array_replace(roles, current_user, 'owner'), ','), coalesce(qual, '-'), coalesce(with_check, '-')) as line
      from pg_policies where schemaname = 'public'`),
    withoutRowLevelSecurity: await lines(`
      select relname::text as line from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity) and relname <> '_prisma_migrations'`),
    storage: await lines(`
      select relname || ' ' || array_to_string(reloptions, ' ') as line from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and reloptions is not null`),
    triggers: await lines(`
      select regexp_replace(pg_get_triggerdef(oid), 'public\\.', '', 'g') as line from pg_trigger where not tgisinternal`),
    appMay: await rightsOf("millrace_app"),
    workerMay: await rightsOf("millrace_worker"),
  };
}

it("holds the indexes, checks, foreign keys, policies, triggers and rights that it should", async () => {
  const catalog = await readCatalog();
  await expect(`${JSON.stringify(catalog, null, 2)}\n`).toMatchFileSnapshot("./catalog.expected.json");
});

it("puts every table with a workspace under a policy, and the guard knows it", async () => {
  const withWorkspace = await lines(`
    select c.table_name || ' ' || c.is_nullable as line from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'workspace_id' and t.table_type = 'BASE TABLE'`);
  const nameOf = (model: string) => model.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const ownedOrAudit = ["audit_event YES", ...[...SHARED_MODELS, ...EITHER_MODELS].map((model) => `${nameOf(model)} YES`)];
  const tenant = TENANT_MODELS.filter((model) => model !== "AuditEvent").map((model) => `${nameOf(model)} NO`);
  expect(withWorkspace).toEqual([...ownedOrAudit, ...tenant].sort());
  for (const line of withWorkspace) expect(expected.withoutRowLevelSecurity).not.toContain(line.split(" ")[0]);
});
