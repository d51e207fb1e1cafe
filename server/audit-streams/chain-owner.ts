import type { AuditSource } from "@/server/audit/contract";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import type { PlatformScope } from "@/server/auth/platform";

/** Whose chain it is, and who acts. */
export interface ChainOwner {
  /** Null: the installation. */
  organizationId: string | null;
  source: AuditSource;
  userId: string | null;
}

export function ownerOf(scope: OrganizationScope | PlatformScope): ChainOwner {
  return { organizationId: scope.organizationId, source: scope, userId: scope.userId };
}
