import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import type { OrganizationScope } from "./organization-scope";

export interface SignInPolicy {
  secondFactorRequired: boolean;
  ssoRequired: boolean;
  /** Null: as the installation says. */
  sessionIdleMinutes: number | null;
  sessionMaxMinutes: number | null;
}

const FIELDS = { secondFactorRequired: true, ssoRequired: true, sessionIdleMinutes: true, sessionMaxMinutes: true } as const;

export function readSignInPolicy({ organizationId }: OrganizationScope): Promise<SignInPolicy> {
  return rawDb().organization.findUniqueOrThrow({ where: { id: organizationId }, select: FIELDS });
}

/** Holds from the next request of everybody on, in sessions that are open too. */
export async function setSignInPolicy(scope: OrganizationScope, policy: Partial<SignInPolicy>): Promise<SignInPolicy> {
  return rawDb().$transaction(async (tx) => {
    const where = { id: scope.organizationId };
    const before = await tx.organization.findUniqueOrThrow({ where, select: FIELDS });
    const after = await tx.organization.update({ where, data: policy, select: FIELDS });
    await recordAudit(tx, scope, { action: "sign_in_policy.changed", resource: { type: "organization", id: scope.organizationId, name: scope.organization.name }, before: { ...before }, after: { ...after } });
    return after;
  });
}
