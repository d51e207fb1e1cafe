import type { Actor, AuditSource, RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { recordingDenials } from "./denials";
import type { Session } from "./session";

/** Whether somebody looks after the installation. */
export async function isPlatformAdmin(userId: string): Promise<boolean> {
  return (await rawDb().platformAdmin.count({ where: { userId, user: { disabledAt: null } } })) > 0;
}

/** Kept as long as it holds. */
export const FACTOR_RULE = "administrators_second_factor";

/** Whether somebody looks after the installation, and whether it asks them for a second factor. */
async function standingOf(userId: string): Promise<{ isAdmin: boolean; factorRequired: boolean }> {
  const [isAdmin, factorRequired] = await Promise.all([isPlatformAdmin(userId), isFactorRequired()]);
  return { isAdmin, factorRequired };
}

export async function isFactorRequired(): Promise<boolean> {
  return (await rawDb().installationMark.count({ where: { name: FACTOR_RULE } })) > 0;
}

/** The installation asks its administrators for a second factor, and this session has shown none. */
export async function lacksFactor({ secondFactorAt }: Pick<Session, "secondFactorAt">): Promise<boolean> {
  return secondFactorAt === null && (await isFactorRequired());
}

/** What the database refuses when nobody would look after the installation any more, in words. */
export async function keepingAnAdministrator<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (losesLastAdministrator(error)) throw new DomainError("last_administrator", {}, { cause: error });
    throw error;
  }
}

export function losesLastAdministrator(error: unknown): boolean {
  return error instanceof Error && error.message.includes("at least one administrator");
}

/** Somebody who looks after the installation, and nothing of what organizations have in it. What they do stands in the installation's own audit log. */
class MintedPlatformScope implements AuditSource {
  readonly organizationId = null;
  readonly workspaceId = null;

  readonly #actor: Actor & { readonly userId: string };

  constructor(
    actor: Actor & { readonly userId: string },
    readonly origin: RequestOrigin,
  ) {
    this.#actor = actor;
  }

  get actor(): Actor {
    return this.#actor;
  }

  get userId(): string {
    return this.#actor.userId;
  }
}

export type PlatformScope = MintedPlatformScope;

export async function openPlatformScope({ userId, name, secondFactorAt }: Session, origin: RequestOrigin): Promise<PlatformScope> {
  const scope = new MintedPlatformScope({ type: "user", id: userId, name, userId }, origin);
  const { isAdmin, factorRequired } = await standingOf(userId);
  return recordingDenials(scope, () => {
    if (!isAdmin) throw new DomainError("forbidden", { permission: "platform" });
    if (factorRequired && secondFactorAt === null) throw new DomainError("forbidden", { permission: "platform", reason: "Administrators of this installation sign in with a second factor: set one up, or show yours." });
    return scope;
  });
}
