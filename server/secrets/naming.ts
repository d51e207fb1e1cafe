import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";

/**
 * Whoever names a secret beside an address chooses where its value goes, as if they read it: that is for those alone whose steps may
 * use every secret of the workspace, whatever else they may set there.
 */
export function requireNaming(scope: Scope, field: string, name: string | null | undefined): void {
  if (name == null || scope.wholeRights.permissions.has("secret:use")) return;
  throw new DomainError("invalid_input", { field, reason: `names the secret ${name}: whoever chooses what secrets are used for needs the permission secret:use in the whole workspace` });
}
