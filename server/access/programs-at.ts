import { permissionsOfRole } from "@/server/auth/access";
import type { Permission } from "@/server/auth/permissions";
import { holding } from "@/server/db/fold-case";
import type { Tx } from "@/server/db/scoped";
import type { Reaching } from "./contract";

/** Service accounts and trusted issuers whose roles allow it: they have them in the whole workspace. What their tokens may not do is not told here. */
export async function programsAt(tx: Tx, permission: Permission, search: string): Promise<Reaching["programs"]> {
  const [ofAccounts, ofIssuers] = [await holding(tx, "service_account", "name", search), await holding(tx, "trusted_issuer", "name", search)];
  const accounts = await tx.serviceAccount.findMany({ where: { disabledAt: null, name: ofAccounts }, include: { customRole: { select: { name: true, permissions: true } } }, orderBy: [{ name: "asc" }, { id: "asc" }] });
  const issuers = await tx.trustedIssuer.findMany({ where: { enabled: true, name: ofIssuers }, orderBy: [{ name: "asc" }, { id: "asc" }] });
  const found: Reaching["programs"] = accounts
    .filter(({ role, customRole }) => permissionsOfRole({ role, permissions: customRole?.permissions ?? null }).includes(permission))
    .map(({ id, name, role, customRole }) => ({ kind: "service_account", id, name, roles: [customRole?.name ?? role] }));
  const customs = new Map((await tx.customRole.findMany({ select: { id: true, name: true, permissions: true } })).map((custom) => [custom.id, custom]));
  for (const { id, name, roles } of issuers) {
    const labels = new Set<string>();
    for (const { role } of roles as { role: string }[]) {
      const custom = customs.get(role);
      const held = custom === undefined ? { role, permissions: null } : { role: "custom", permissions: custom.permissions };
      if (permissionsOfRole(held).includes(permission)) labels.add(custom?.name ?? role);
    }
    if (labels.size > 0) found.push({ kind: "issuer", id, name, roles: [...labels] });
  }
  return found;
}
