import { describe } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import type { StoreHarness, StepRow } from "@/server/testing/conformance/suite";
import { makeWorkspace } from "@/server/testing/factories";
import { describeRunStore } from "@/server/testing/run-store.conformance";
import { PgRunStore } from "@/server/queue/pg-run-store";

async function rows<Row>(text: string, ...values: unknown[]): Promise<Row[]> {
  return (await sharedPool().query(text, values)).rows as Row[];
}

async function open(): Promise<StoreHarness> {
  const workspace = await makeWorkspace();
  const workflowId = newId();
  await rawDb().workflow.create({ data: { id: workflowId, workspaceId: workspace.id, name: "Child", slug: "child", draft: {} } });
  const store = new PgRunStore({ pool: sharedPool(), listenUrl: env.DATABASE_URL, leaseSeconds: 30 });
  return {
    store,
    home: { workspaceId: workspace.id, workflowId },
    expire: async (...runIds) => {
      await rows("update run_queue set claimed_at = coalesce(claimed_at, started_at) - interval '31 seconds', lease_until = now() - interval '1 second' where run_id = any($1) and state = 'running'", runIds);
      await store.promote();
    },
    heldSince: async (seconds, ...runIds) => void (await rows("update run_queue set claimed_at = clock_timestamp() - make_interval(secs => $2) where run_id = any($1)", runIds, seconds)),
    refuse: async (runId) => {
      await rows("create or replace function refuse() returns trigger language plpgsql as $$ begin raise insufficient_privilege using message = 'the test refuses it'; end $$");
      await rows(`create trigger refused before insert or update on step_run for each row when (new.run_id = '${runId}' and new.status = 'succeeded') execute function refuse()`);
      return async () => void (await rows("drop trigger refused on step_run"));
    },
    outcome: async (runId) => (await rows<{ status: "succeeded"; output: string; error: string }>("select status, output::text, error::text from run where id = $1 and finished_at is not null", runId))[0] ?? null,
    steps: (runId) => rows<StepRow>("select path, attempt, status, input::text, output::text, error::text from step_run where run_id = $1 order by path, attempt", runId),
    logs: (runId) => rows("select path, level, message, fields::text from run_log where run_id = $1 order by seq", runId),
    waits: (runId) => rows("select path, status from wait where run_id = $1 order by opened_at, closed_at nulls last, path", runId),
    children: async (runId) => (await rows<{ id: string }>("select id from run where parent_run_id = $1", runId)).map(({ id }) => id),
    state: async (runId) => (await rows<{ state: string }>("select coalesce(q.state, r.status) as state from run r left join run_queue q on q.run_id = r.id where r.id = $1", runId))[0]?.state ?? "unknown",
    close: async () => {
      await store.close();
      await closeConnections();
    },
  };
}

describe("the store over PostgreSQL", () => describeRunStore(open));
