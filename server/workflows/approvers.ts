import { permissionsOfRole } from "@/server/auth/access";
import { isRole } from "@/server/auth/permissions";
import type { Tx } from "@/server/db/scoped";
import type { Definition } from "@/server/engine/definition";
import { DomainError } from "@/server/errors/domain-error";
import type { WorkflowProblem } from "./contract";

/** Approvals that name a role which nobody can have, or whose people may not answer, would wait for nobody. */
export async function requireKnownApprovers(tx: Tx, { nodes }: Definition): Promise<void> {
  const named = nodes.flatMap((node, place) => rolesNamed(node).map(([role, index]) => ({ node, role, path: `/nodes/${place}/config/approvers/${index}` })));
  if (named.length === 0) return;
  const custom = new Map((await tx.customRole.findMany({ select: { name: true, permissions: true } })).map(({ name, permissions }) => [name.toLowerCase(), permissions]));
  const problems = named.flatMap(({ node, role, path }): WorkflowProblem[] => {
    const objection = objectionTo(role.toLowerCase(), custom);
    return objection === null ? [] : [{ severity: "error", code: "invalid_config", message: `${role} ${objection}`, nodeId: node.id, path }];
  });
  if (problems.length > 0) throw new DomainError("invalid_definition", { problems });
}

function rolesNamed({ kind, config }: Definition["nodes"][number]): [role: string, index: number][] {
  const { approvers } = config;
  if (kind !== "approval" || !Array.isArray(approvers)) return [];
  return approvers.flatMap((entry, index): [string, number][] => (typeof entry === "string" && !entry.includes("@") && !entry.includes("{{") ? [[entry, index]] : []));
}

function objectionTo(role: string, custom: ReadonlyMap<string, string[]>): string | null {
  const own = isRole(role) ? undefined : custom.get(role);
  if (own === undefined && !isRole(role)) return "is neither an e-mail address nor a role of this organization";
  const permissions = permissionsOfRole({ role: own === undefined ? role : "custom", permissions: own ?? null });
  return permissions.includes("wait:answer") ? null : "is a role that may not answer approvals";
}
