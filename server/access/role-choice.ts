import { permissionsOfRole } from "@/server/auth/access";
import { isOnThings, isRole, type Permission } from "@/server/auth/permissions";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { RoleChoice } from "./contract";

export interface ChosenRole {
  role: string;
  customRoleId: string | null;
  label: string;
  permissions: Permission[];
}

/** Whoever gives roles: what they may do themselves is the most that they can give. */
interface Giver {
  permissions: ReadonlySet<Permission>;
}

/** Whoever gets it can let others in, so that it outlasts what is done about it. */
export function isLastingRole({ permissions }: Pick<ChosenRole, "permissions">): boolean {
  return permissions.includes("member:write");
}

/** The role with what it allows. Refused if it allows more than its giver may do. */
export async function chooseRole(tx: Tx, giver: Giver, choice: RoleChoice, where: "workspace" | "part"): Promise<ChosenRole> {
  const chosen = await findRole(tx, choice);
  const counts = where === "workspace" ? chosen.permissions : chosen.permissions.filter(isOnThings);
  const beyond = counts.find((permission) => !giver.permissions.has(permission));
  if (beyond !== undefined) throw new DomainError("forbidden", { permission: beyond });
  return chosen;
}

export async function findRole(tx: Tx, choice: RoleChoice): Promise<ChosenRole> {
  if (isRole(choice)) return { role: choice, customRoleId: null, label: choice, permissions: permissionsOfRole({ role: choice, permissions: null }) };
  const custom = await tx.customRole.findFirst({ where: { id: choice } });
  if (custom === null) throw new DomainError("not_found", { what: "role", id: choice });
  return { role: "custom", customRoleId: custom.id, label: custom.name, permissions: permissionsOfRole({ role: "custom", permissions: custom.permissions }) };
}

interface RoleRow {
  role: string;
  customRoleId: string | null;
}

/** As the pages name it: the role, or the id of the custom one. */
export function viewRole({ role, customRoleId }: RoleRow, names: ReadonlyMap<string, string>): { role: string; label: string } {
  return customRoleId === null ? { role, label: role } : { role: customRoleId, label: names.get(customRoleId) ?? "custom" };
}

export async function namesOfRoles(tx: Tx): Promise<Map<string, string>> {
  return new Map((await tx.customRole.findMany({ select: { id: true, name: true } })).map(({ id, name }) => [id, name]));
}
