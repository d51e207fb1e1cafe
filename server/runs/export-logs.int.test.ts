import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { createSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { exportLogsResponse } from "./export-logs";

const LINES = 2_500;
let scope: Scope;
let cookie: string;
let runId: string;

beforeAll(async () => {
  scope = await makeScope("viewer");
  cookie = `${sessionCookieName()}=${await createSession(scope.userId!)}`;
  runId = newId();
  await sharedPool().query("insert into run (id, workspace_id, status, input, trigger_kind, root_run_id, created_at, started_at, finished_at) values ($1, $2, 'succeeded', '{}', 'api', $1, now(), now(), now())", [runId, scope.workspaceId]);
  await sharedPool().query(
    `insert into run_log (run_id, workspace_id, path, attempt, level, message, fields, at)
    select $1, $2, 'say', 1, case when n % 100 = 0 then 'warn' else 'info' end, 'line ' || n, case when n = 1 then '{"n":1}'::json end, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second'
    from generate_series(1, ${LINES}) n order by n`,
    [runId, scope.workspaceId],
  );
});
afterAll(closeConnections);

const ask = (query: string, headers: Record<string, string> = { cookie }) => exportLogsResponse(new Request(`http://localhost/api/export/logs?${query}`, { headers }));
const linesOf = async (response: Response) => (await response.text()).trimEnd().split("\n");

describe("the log of a run as a file", () => {
  it("holds every line once, in order", async () => {
    const lines = await linesOf(await ask(`workspace=${scope.workspace.slug}&runId=${runId}`));
    expect(lines).toHaveLength(LINES);
    expect(lines[0]).toBe('2026-01-01T00:00:01.000Z INFO  say line 1 {"n":1}');
    expect(lines.map((line) => Number(/line (\d+)/.exec(line)?.[1]))).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
    expect(await linesOf(await ask(`workspace=${scope.workspace.slug}&runId=${runId}&level=warn`))).toHaveLength(LINES / 100);
  });

  it("is for those who may read the run", async () => {
    const other = await makeScope("viewer");
    const foreign = { cookie: `${sessionCookieName()}=${await createSession(other.userId!)}` };
    await expect(ask(`workspace=${other.workspace.slug}&runId=${runId}`, foreign)).rejects.toMatchObject({ kind: "not_found" });
    await expect(ask(`workspace=${scope.workspace.slug}&runId=${runId}`, {})).rejects.toMatchObject({ kind: "unauthenticated" });
  });
});
