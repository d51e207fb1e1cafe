import type { Actor, AuditSource, RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { recordingDenials } from "./denials";
import type { Session } from "./session";

/** Whether somebody looks after the installation. */
export async function isPlatformAdmin(userId: string): Promise<boolean> {
  return (await rawDb().platformAdmin.count({ where: { userId, user: { disabledAt: null } } })) > 0;
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

export async function openPlatformScope({ userId, name }: Session, origin: RequestOrigin): Promise<PlatformScope> {
  const scope = new MintedPlatformScope({ type: "user", id: userId, name, userId }, origin);
  const isAllowed = await isPlatformAdmin(userId);
  return recordingDenials(scope, () => {
    if (!isAllowed) throw new DomainError("forbidden", { permission: "platform" });
    return scope;
  });
}
