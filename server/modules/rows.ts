import { z } from "zod";
import type { Scope } from "@/server/auth/scope";

/** Beside a version's schemas: the unlisted workflow version that its runs execute. */
export const versionConfigSchema = z.object({ versionId: z.uuid() });

export function ownModules(scope: Scope) {
  return { workspaceId: scope.workspaceId, type: "module", deletedAt: null };
}
