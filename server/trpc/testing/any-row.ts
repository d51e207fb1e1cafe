import { randomUUID } from "node:crypto";
import type pg from "pg";

interface Column {
  name: string;
  type: string;
  /** One letter of PostgreSQL's: array, boolean, date, number. */
  category: string;
}

type Client = Pick<pg.ClientBase, "query">;

/** A row of any table, for its workspace and organization: every column that must be there, with the plainest value of its type. */
export async function insertAnyRow(client: Client, table: string, owner: Readonly<Record<string, string>>): Promise<void> {
  const columns = (await client.query<Column>(COLUMNS, [table, Object.keys(owner)])).rows;
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const places = columns.map(({ type }, index) => `$${index + 1}::${type}`).join(", ");
  await client.query(`insert into "${table}" (${names}) values (${places})`, columns.map((column) => owner[column.name] ?? valueOf(column)));
}

/** In a test's own database: rows say nothing but whose they are. Lasts for the transaction as far as keys to other tables go. */
export async function allowAnyRow(client: Client): Promise<void> {
  await client.query(`do $$ declare k record; begin
    for k in select conrelid::regclass::text as held, conname from pg_constraint where contype = 'c' and conrelid <> 0 and connamespace = 'public'::regnamespace and coninhcount = 0 loop
      execute format('alter table %s drop constraint %I', k.held, k.conname);
    end loop; end $$`);
  await client.query("set local session_replication_role = replica");
}

const COLUMNS = `
  select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, y.typcategory::text as category
  from pg_attribute a join pg_type y on y.oid = a.atttypid
  where a.attrelid = format('%I', $1::text)::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
    and (a.attname = any ($2::text[]) or (a.attnotnull and not a.atthasdef)) order by a.attnum`;

function valueOf({ type, category }: Column): string {
  if (type === "uuid") return randomUUID();
  if (type === "bytea") return `\\x${randomUUID().replaceAll("-", "")}`;
  if (type.startsWith("json") || category === "A") return "{}";
  if (category === "B") return "false";
  if (category === "D") return "2026-11-01";
  return category === "N" ? "1" : `x${randomUUID().slice(0, 8)}`;
}
