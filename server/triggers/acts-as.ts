import { Prisma } from "@/prisma/generated/client";
import { requireRunAs } from "@/server/auth/acting/run-as";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";

/** The column for whom a trigger's runs act, checked anew by every change: whoever sets it must be allowed to. */
export async function actsAsOf(tx: Tx, scope: Scope, runAs: string | null): Promise<{ actsAs: Prisma.InputJsonObject | typeof Prisma.DbNull }> {
  return { actsAs: runAs === null || runAs === "" ? Prisma.DbNull : { ...(await requireRunAs(tx, scope, runAs, "settings.runAs")) } };
}
