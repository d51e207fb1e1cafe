import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { personBehind } from "@/server/auth/acting/starter";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import { tellTriggerChanged } from "./activity";
import type * as contract from "./contract";
import { getTrigger } from "./manage";
import { lockTrigger } from "./queries";

/** The next look comes at once; with `startOver` it is the first one again. */
export async function pollNow({ scope }: { scope: Scope }, { triggerId, startOver }: z.output<typeof contract.pollNowInput>): Promise<contract.TriggerDetail> {
  await scope.db.transaction(async (tx) => {
    const row = await lockTrigger(tx, triggerId);
    if (row.kind !== "poll") throw new DomainError("invalid_input", { field: "triggerId", reason: "does not poll" });
    if (row.mode === "disabled" || row.retiredAt !== null) throw new DomainError("invalid_input", { field: "triggerId", reason: "is not enabled" });
    if (startOver) {
      // What a look that goes on finds is of the old state: nobody takes it in.
      await tx.triggerSeen.deleteMany({ where: { triggerId } });
      await tx.trigger.update({ where: { id: triggerId }, data: { checkpoint: Prisma.DbNull } });
    }
    // One that goes on already is nobody's wish.
    const begins = startOver || (row.checkpoint as { run?: string | null } | null)?.run == null;
    await tx.trigger.update({ where: { id: triggerId }, data: { nextFireAt: new Date(), ...(begins ? { polledById: personBehind(scope) } : {}) } });
    await recordAudit(tx, scope, { action: startOver ? "trigger.started_over" : "trigger.polled", resource: { type: "trigger", id: triggerId, name: row.name } });
  });
  tellTriggerChanged(scope.workspaceId, triggerId);
  return getTrigger({ scope }, { triggerId });
}
