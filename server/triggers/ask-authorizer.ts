import { sharedPool } from "@/server/db/client";
import { announce } from "@/server/queue/dispatch";
import { insertRuns } from "@/server/queue/enqueue";
import { DomainError } from "@/server/errors/domain-error";
import { storableJson } from "@/server/queue/storable-json";
import { healthStatement } from "@/server/triggers/health-statement";
import { sideRunOf } from "@/server/triggers/side-run";

const MAY_NOT = healthStatement({ where: "id = $1 AND error ->> 'code' IS DISTINCT FROM 'authorizer_failed'", set: "error = $2::json" });

/** Starts the workflow that decides on a caller. Null: there is none of that name. */
export async function askAuthorizer(trigger: { id: string; workspaceId: string; name: string }, workflow: string, input: unknown): Promise<string | null> {
  const run = await sideRunOf({ kind: "authorizer", trigger, workflow, input }).catch(async (error: unknown) => {
    if (DomainError.is(error, "invalid_input") && error.data.field === "workflow") {
      await sharedPool().query(MAY_NOT, [trigger.id, storableJson({ code: "authorizer_failed", message: `${workflow}, which decides on callers, ${error.data.reason}. Until then all are refused.` })]);
    }
    throw error;
  });
  if (run === null) return null;
  const [ready] = await insertRuns(sharedPool(), [run]);
  if (ready !== undefined) announce(ready);
  return run.id;
}
