import { sharedPool } from "@/server/db/client";
import { crashPoint } from "@/server/testing/crash-points";
import { tellAlertsChanged } from "./alert-notices";
import { type DueDelivery, hasDue, markNotSent, markSent, MAX_ATTEMPTS, SWITCHED_OFF, takeDue, takeOne } from "./delivery-rows";
import { NotNeeded, send } from "./send";

const AT_ONCE = 20;

/** Sends what is due. At least once: a process that dies after sending, before it could note that, sends again under the same id. */
export async function deliverDue(signal?: AbortSignal): Promise<number> {
  if (!(await hasDue())) return 0;
  let total = 0;
  for (;;) {
    const taken = await takeDue(sharedPool(), AT_ONCE);
    await Promise.all(taken.map((delivery) => (delivery.channel?.enabled === false ? cancel(delivery) : deliver(delivery))));
    total += taken.length;
    if (taken.length < AT_ONCE || signal?.aborted === true) return total;
  }
}

/** One now, for those who wait for its outcome. */
export async function deliverNow(id: string): Promise<void> {
  const taken = await takeOne(sharedPool(), id);
  if (taken !== null) await deliver(taken);
}

/** One that was on its way to the table when its channel was switched off. */
async function cancel(delivery: DueDelivery): Promise<void> {
  await markNotSent(sharedPool(), delivery, "cancelled", SWITCHED_OFF);
  tellAlertsChanged(delivery.workspaceId);
}

async function deliver(delivery: DueDelivery): Promise<void> {
  crashPoint("delivery-taken");
  try {
    await send(delivery);
    crashPoint("delivery-sent");
    await markSent(sharedPool(), delivery);
  } catch (error) {
    const isOver = error instanceof NotNeeded;
    const status = isOver ? "cancelled" : delivery.attempts >= MAX_ATTEMPTS ? "failed" : "pending";
    await markNotSent(sharedPool(), delivery, status, error instanceof Error ? error.message : String(error));
  }
  tellAlertsChanged(delivery.workspaceId);
}
