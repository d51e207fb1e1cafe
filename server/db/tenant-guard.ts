import type { Tenant } from "./tenant-lock";

/** Models whose every row belongs to one workspace. A test compares the list with the database. */
export const TENANT_MODELS = [
  "Membership", "AccessGrant", "Folder", "FolderItem", "Tag", "TagLink", "Favorite", "ShareLink",
  "Workflow", "WorkflowVersion", "WorkflowDependency", "WorkflowSearch", "SampleInput",
  "Run", "RunQueue", "RunSnapshot", "StepRun", "RunEvent", "RunLog", "RunInbox", "StepCache", "FlowWindow", "FlowDebounce", "StepPlace", "StepTurn", "RunBatch", "RetentionState", "RetentionRemoval", "RetentionGone", "RetentionOpen",
  "Trigger", "TriggerEvent", "TriggerSubscription", "TriggerSeen", "TriggerKey", "TriggerLeftover",
  "PlatformFact", "NotificationChannel", "NotificationRule", "NotificationRuleChannel", "NotificationState", "Notification", "InboxItem", "NotificationDelivery", "NotificationPreference",
  "RunChange", "RunSearch", "UsageChange", "StorageChange", "UsageMonth", "UsageStorage", "SavedView", "BulkJob",
  "Wait", "WaitResponse", "WaitLink",
  "Variable", "Secret", "SecretUse", "SecretStore", "DataKey", "ApiToken", "ServiceAccount", "OauthClient", "OauthClientSecret", "TrustedIssuer", "LlmRequest", "Blob", "BlobChunk", "BlobShare", "AuditEvent",
  "RunToken", "ProtectionRule", "ProtectionException", "ReviewRequest", "ReviewEntry", "Environment", "Deployment",
] as const;

/** Rows may also be global or the organization's: readable by the workspaces below, written only above. */
export const SHARED_MODELS = ["CatalogItem", "CatalogItemVersion", "ScopedSetting"] as const;

/** Rows of the organization: read within its workspaces, written by the organization only (`organization-guard.ts`). */
const ABOVE_MODELS = ["OrganizationMember", "CustomRole", "PersonGroup", "GroupMember"];

/** Of an organization, or of one workspace of it: each sees its own. */
export const EITHER_MODELS = ["Invitation", "UsageQuota"];

/** Readable within a scope, limited by row-level security alone. */
const READABLE_MODELS = ["Organization", "Workspace", "User", "Pool", "Worker"];

export const READS = ["findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany", "count", "aggregate", "groupBy"];

type Arguments = Record<string, unknown>;
type Row = Record<string, unknown>;

/** Puts the tenant into the arguments of an operation; refuses models that no workspace may touch. */
export function guardArguments<Args>(tenant: Tenant, model: string, operation: string, args: Args): Args {
  const given = (args ?? {}) as Arguments;
  if ((TENANT_MODELS as readonly string[]).includes(model)) return guard(tenant, operation, given) as Args;
  if (EITHER_MODELS.includes(model)) return guardOwned({ workspaceId: tenant.workspaceId, organizationId: tenant.organizationId }, operation, given) as Args;
  if (ABOVE_MODELS.includes(model) && READS.includes(operation)) return guardOwned({ organizationId: tenant.organizationId }, operation, given) as Args;
  if ((SHARED_MODELS as readonly string[]).includes(model)) {
    return (READS.includes(operation) ? guardSharedRead(tenant, given) : guard(tenant, operation, given)) as Args;
  }
  if (READABLE_MODELS.includes(model) && READS.includes(operation)) return args;
  if (model === "Workspace" && operation === "update") {
    return { ...given, where: { ...(given.where as Row), id: tenant.workspaceId } } as Args;
  }
  throw new Error(`${model}.${operation} is not possible within the scope of a workspace`);
}

function guard({ workspaceId }: Tenant, operation: string, args: Arguments): Arguments {
  return guardOwned({ workspaceId }, operation, args);
}

/** Puts the owner into every filter and every new row. */
export function guardOwned(owner: Row, operation: string, args: Arguments): Arguments {
  const own = (row: unknown): Row => ({ ...(row as Row), ...owner });
  switch (operation) {
    case "create":
      return { ...args, data: own(args.data) };
    case "createMany":
    case "createManyAndReturn":
      return { ...args, data: Array.isArray(args.data) ? args.data.map(own) : own(args.data) };
    case "upsert":
      return { ...args, where: own(args.where), create: own(args.create), update: keepOwner(args.update, owner) };
    case "update":
    case "updateMany":
    case "updateManyAndReturn":
      return { ...args, where: own(args.where), data: keepOwner(args.data, owner) };
    default:
      return { ...args, where: own(args.where) };
  }
}

function keepOwner(data: unknown, owner: Row): unknown {
  const row = data as Row;
  return row !== null && typeof row === "object" && Object.keys(owner).some((name) => name in row) ? { ...row, ...owner } : row;
}

function guardSharedRead({ workspaceId, organizationId }: Tenant, args: Arguments): Arguments {
  const where = (args.where ?? {}) as Row;
  const earlier = Array.isArray(where.AND) ? (where.AND as unknown[]) : where.AND === undefined ? [] : [where.AND];
  const visible = { OR: [{ workspaceId }, { workspaceId: null, OR: [{ organizationId: null }, { organizationId }] }] };
  return { ...args, where: { ...where, AND: [...earlier, visible] } };
}
