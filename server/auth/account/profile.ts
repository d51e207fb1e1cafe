import { rawDb } from "@/server/db/client";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAccess } from "../access-audit";
import type { Session } from "../session";
import { personOf } from "./sessions";

export async function renamePerson(session: Session, name: string, origin: RequestOrigin): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    await tx.user.update({ where: { id: session.userId }, data: { name } });
    await recordAccess(tx, personOf(session), { action: "profile.renamed", resource: { type: "user", id: session.userId }, before: { name: session.name }, after: { name } }, origin);
  });
}
