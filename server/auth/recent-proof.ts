import { DomainError } from "@/server/errors/domain-error";
import { PROOF_MINUTES } from "./constants";
import type { Session } from "./session";

/** For what changes how a person signs in: who has not shown lately who they are does so first. */
export function requireRecentProof({ authenticatedAt }: Session): void {
  if (Date.now() - authenticatedAt.getTime() > PROOF_MINUTES * 60_000) throw new DomainError("proof_needed", {});
}
