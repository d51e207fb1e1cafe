import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";

/** As if the runs of a published workflow acted for somebody who is gone by now. */
export async function loseAccount(workflowId: string): Promise<void> {
  const gone = { type: "user", id: newId(), name: "gone@example.com" };
  await inTransaction(sharedPool(), async (client) => {
    // A published version never changes: that is the database's own rule.
    await client.query("set local session_replication_role = replica");
    await client.query("update workflow_version set run_as = $2::json where workflow_id = $1", [workflowId, JSON.stringify(gone)]);
  });
}
