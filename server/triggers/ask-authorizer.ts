import { sharedPool } from "@/server/db/client";
import { announce } from "@/server/queue/dispatch";
import { insertRuns } from "@/server/queue/enqueue";
import { sideRunOf } from "@/server/triggers/side-run";

/** Starts the workflow that decides on a caller. Null: there is none of that name. */
export async function askAuthorizer(trigger: { id: string; workspaceId: string; name: string }, workflow: string, input: unknown): Promise<string | null> {
  const run = await sideRunOf({ kind: "authorizer", trigger, workflow, input });
  if (run === null) return null;
  const [ready] = await insertRuns(sharedPool(), [run]);
  if (ready !== undefined) announce(ready);
  return run.id;
}
