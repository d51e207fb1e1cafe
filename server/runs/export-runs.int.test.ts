import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { createSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections, sharedPool } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import type { RunSummary } from "./contract";
import { exportRunsResponse } from "./export-response";
import { csvHeader, csvRows } from "./export-runs";

const RUNS = 2_345;
let scope: Scope;
let cookie: string;

beforeAll(async () => {
  scope = await makeScope("viewer");
  cookie = `${sessionCookieName()}=${await createSession(scope.userId!)}`;
  await sharedPool().query(
    `insert into run (id, workspace_id, status, input, output, error, trigger_kind, root_run_id, created_at, started_at, finished_at, labels)
    select id, $1, case when n % 10 = 0 then 'failed' else 'succeeded' end, '{}', '1', case when n % 10 = 0 then '{"code":"no","message":"=1+1, \\"said\\"\\nhe"}'::json end,
      'api', id, now() - n * interval '1 minute', now() - n * interval '1 minute', now() - n * interval '1 minute' + interval '2 seconds', '{"team":"ops"}'
    from (select n, gen_random_uuid() as id from generate_series(1, ${RUNS}) n) numbers`,
    [scope.workspaceId],
  );
});
afterAll(closeConnections);

const ask = (query: string, headers: Record<string, string> = { cookie }) => exportRunsResponse(new Request(`http://localhost/api/export/runs?${query}`, { headers }));
const rowsOf = async (response: Response) => parse(await response.text(), { columns: true });

describe("the export of runs", () => {
  it("holds every run of the filter", async () => {
    const response = await ask(`workspace=${scope.workspace.slug}`);
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="runs-/);
    const rows = (await rowsOf(response)) as Record<string, string>[];
    expect(new Set(rows.map(({ id }) => id)).size).toBe(RUNS);
    const failed = (await rowsOf(await ask(`workspace=${scope.workspace.slug}&status=failed&status=cancelled`))) as Record<string, string>[];
    expect(failed).toHaveLength(Math.floor(RUNS / 10));
    expect(failed[0]).toMatchObject({ status: "failed", duration_ms: "2000", error_message: `'=1+1, "said"\nhe`, labels: '{"team":"ops"}' });
  });

  it("is for those who may read runs there, and says what is wrong with a filter", async () => {
    const other = await makeScope("viewer");
    await expect(ask(`workspace=${other.workspace.slug}`)).rejects.toMatchObject({ kind: "not_found" });
    await expect(ask(`workspace=${scope.workspace.slug}`, {})).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(ask(`workspace=${scope.workspace.slug}&status=odd`)).rejects.toMatchObject({ kind: "invalid_input", data: { field: "status" } });
  });
});

describe("rows of the export", () => {
  it("have a value for every column", () => {
    const run: RunSummary = {
      id: "1", workflow: null, version: null, environment: null, mode: "test", status: "running", startedBy: null, trigger: "cli", createdAt: "2026-01-01T00:00:00.000Z", startedAt: null, finishedAt: null,
      failure: { code: "x", message: "a;b,c" }, parentRunId: null, labels: {},
    };
    const [row] = parse(csvHeader() + csvRows([run]), { columns: true }) as Record<string, string>[];
    expect(row).toEqual({
      id: "1", workflow: "", version: "", mode: "test", status: "running", started_by: "", trigger: "cli", created_at: "2026-01-01T00:00:00.000Z", started_at: "", finished_at: "", duration_ms: "",
      error_code: "x", error_message: "a;b,c", error_path: "", labels: "", parent_run_id: "",
    });
  });
});
