import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

/** Every secret that a config names: fields for them are called `secret`, or end with it. */
export function secretsIn(config: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown, field: string) => {
    if (typeof value === "string") {
      if (/^(?:secret|[a-z][A-Za-z]*Secret)$/.test(field)) found.add(value);
    } else if (Array.isArray(value)) value.forEach((item: unknown) => look(item, field));
    else if (typeof value === "object" && value !== null) for (const [key, item] of Object.entries(value)) look(item, key);
  };
  look(config, "");
  return [...found];
}

/**
 * A trigger sends its secrets to an address that the same form names. So whoever sets it may use the workspace's secrets, or may set
 * those of the one folder that they lie in, and then they have to lie there for as long as the trigger names them.
 */
export async function secretReachOf(tx: Tx, scope: Scope, workflowId: string, config: Record<string, unknown>): Promise<{ secretFolderId: string | null }> {
  const names = secretsIn(config);
  if (names.length === 0 || scope.can("secret:use")) return { secretFolderId: null };
  const found = await tx.$queryRaw<{ name: string; folderId: string }[]>`
    select distinct on (s.name) s.name, s.folder_id::text as "folderId" from folder_chain(${workflowId}::uuid) c join secret s on s.folder_id = c.id and s.workspace_id = current_workspace_id()
    where s.name = any(${names}::text[]) order by s.name, c.depth`;
  const [folderId, ...others] = new Set(found.map((one) => one.folderId));
  const isOne = found.length === names.length && folderId !== undefined && others.length === 0;
  const writable = isOne ? await scope.reach("secret:write")?.db.folder.findFirst({ where: { id: folderId }, select: { id: true } }) : null;
  if (writable == null) throw new DomainError("forbidden", { permission: "secret:use" });
  return { secretFolderId: writable.id };
}
