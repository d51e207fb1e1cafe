import type { TrustedIssuer } from "@/prisma/generated/client";
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
  const customs = await tx.customRole.findMany({ select: { id: true, name: true, permissions: true } });
  for (const issuer of issuers) {
    const labels = new Set(rolesOfIssuer(issuer, customs).filter(({ permissions }) => permissions.includes(permission)).map(({ label }) => label));
    if (labels.size > 0) found.push({ kind: "issuer", id: issuer.id, name: issuer.name, roles: [...labels] });
  }
  return found;
}

interface Custom {
  id: string;
  name: string;
  permissions: string[];
}

/** What each value of its claim gives. A role that is gone gives nothing. */
export function rolesOfIssuer({ roles }: Pick<TrustedIssuer, "roles">, customs: readonly Custom[]): { value: string; label: string; permissions: Permission[] }[] {
  return (roles as { value: string; role: string }[]).map(({ value, role }) => {
    const custom = customs.find(({ id }) => id === role);
    return { value, label: custom?.name ?? role, permissions: permissionsOfRole(custom === undefined ? { role, permissions: null } : { role: "custom", permissions: custom.permissions }) };
  });
}
