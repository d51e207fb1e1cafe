import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { OwnSignInMethod } from "./constants";
import { countByWays } from "./other-way";
import type { OrganizationScope } from "./organization-scope";
import type { Session } from "./session";
import { defaultLifetime } from "./session-lifetime";
import { readSessionWithin } from "./session-row";
import { stageOf } from "./session-stage";

interface SignInPolicy {
  secondFactorRequired: boolean;
  ssoRequired: boolean;
  /** Null: every way that works here. */
  methods: OwnSignInMethod[] | null;
  /** Null: as the installation says. */
  sessionIdleMinutes: number | null;
  sessionMaxMinutes: number | null;
  /** So long API tokens live at most. Null: as long as they say. */
  tokenMaxDays: number | null;
}

const FIELDS = { secondFactorRequired: true, ssoRequired: true, signInMethods: true, sessionIdleMinutes: true, sessionMaxMinutes: true, tokenMaxDays: true } as const;

export function readSignInPolicy({ organizationId }: OrganizationScope) {
  return rawDb().$transaction((tx) => view(tx, organizationId));
}

/** Holds from the next request of everybody on, in sessions that are open too. Nobody shuts themselves out, nor everybody. */
export async function setSignInPolicy(scope: OrganizationScope, { methods, ...policy }: Partial<SignInPolicy>, session: Session | null = null) {
  return rawDb().$transaction(async (tx) => {
    const where = { id: scope.organizationId };
    const before = await tx.organization.findUniqueOrThrow({ where, select: FIELDS });
    const after = await tx.organization.update({ where, data: { ...policy, ...(methods === undefined ? {} : { signInMethods: methods ?? [] }) }, select: FIELDS });
    await recordAudit(tx, scope, { action: "sign_in_policy.changed", resource: { type: "organization", id: scope.organizationId, name: scope.organization.name }, before: { ...before }, after: { ...after } });
    const now = await view(tx, scope.organizationId);
    if (after.ssoRequired && !before.ssoRequired) requireWorkingSso(now);
    if (session !== null) await requireOpenDoor(tx, session);
    return now;
  });
}

type View = Awaited<ReturnType<typeof view>>;

function requireWorkingSso({ ssoDomains, ownersWithFactor }: View): void {
  const refuse = (reason: string) => new DomainError("invalid_input", { field: "ssoRequired", reason });
  if (ssoDomains.length === 0) throw refuse("needs a verified domain whose people sign in with a connection that is on");
  if (ownersWithFactor === 0) throw refuse("needs an owner who has a passkey or an authenticator app, to come in when the provider fails");
}

async function requireOpenDoor(tx: Tx, session: Session): Promise<void> {
  const row = await readSessionWithin(tx, session.id);
  const stage = row === null ? "full" : stageOf(row);
  if (stage === "sso") throw new DomainError("invalid_input", { field: "ssoRequired", reason: "would end your own session: sign in with single sign-on first, or set up a passkey or an authenticator app if you are an owner" });
  if (row?.methodRefused === true) throw new DomainError("invalid_input", { field: "methods", reason: "would end your own session: sign in first in one of the ways that stay" });
}

async function view(tx: Tx, organizationId: string) {
  const { signInMethods, ...policy } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: FIELDS });
  const domains = await tx.ssoDomain.findMany({ where: { organizationId, verifiedAt: { not: null }, connection: { enabled: true } }, orderBy: { domain: "asc" } });
  const withoutFactor = { disabledAt: null, passkeys: { none: {} }, OR: [{ totpFactor: null }, { totpFactor: { confirmedAt: null } }] };
  const peopleWithoutFactor = await tx.organizationMember.count({ where: { organizationId, user: withoutFactor } });
  const ownersWithFactor = await tx.organizationMember.count({ where: { organizationId, role: "owner", user: { disabledAt: null, NOT: withoutFactor } } });
  return { ...policy, methods: signInMethods.length === 0 ? null : (signInMethods as OwnSignInMethod[]), ssoDomains: domains.map(({ domain }) => domain), peopleByWays: await countByWays(tx, organizationId), peopleWithoutFactor, ownersWithFactor, defaults: defaultLifetime() };
}
