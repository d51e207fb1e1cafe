import { guardOwned, READS } from "./tenant-guard";

/** Models whose every row belongs to one organization, and to no workspace's inside. */
export const ORGANIZATION_MODELS = ["OrganizationMember", "CustomRole", "PersonGroup", "GroupMember", "Workspace", "Membership", "AccessGrant", "Invitation", "AuditEvent", "SsoConnection", "SsoDomain", "ScimToken", "ScimUser", "UsageQuota"] as const;

/** Puts the organization into the arguments of an operation; refuses models that are not an organization's. */
export function guardOrganization<Args>(organizationId: string, model: string, operation: string, args: Args): Args {
  const given = (args ?? {}) as Record<string, unknown>;
  if ((ORGANIZATION_MODELS as readonly string[]).includes(model)) return guardOwned({ organizationId }, operation, given) as Args;
  if (model === "Organization" && (READS.includes(operation) || operation === "update")) return { ...given, where: { ...(given.where as object | undefined), id: organizationId } } as Args;
  if (model === "User" && READS.includes(operation)) return args;
  throw new Error(`${model}.${operation} is not possible within the scope of an organization`);
}
