import { DomainError } from "@/server/errors/domain-error";
import { PROOF_MINUTES } from "./constants";
import type { Session } from "./session";

export function isProven({ authenticatedAt }: Pick<Session, "authenticatedAt">, minutes = PROOF_MINUTES): boolean {
  return Date.now() - authenticatedAt.getTime() <= minutes * 60_000;
}

/** For what changes how a person signs in, and for the installation: who has not shown lately who they are does so first. */
export function requireRecentProof(session: Session, minutes = PROOF_MINUTES): void {
  if (!isProven(session, minutes)) throw new DomainError("proof_needed", {});
}
