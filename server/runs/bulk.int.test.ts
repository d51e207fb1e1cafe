import { encodeBlobReference } from "@/server/expressions/encoding";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";

let scope: Scope;
let stranger: Scope;

beforeAll(async () => {
  scope = await makeScope("owner");
  stranger = await makeScope("owner");
});
afterAll(closeConnections);

const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
const start = async () => (await service.startInlineRun({ scope }, { definition, input: { n: 1 } })).runId;

async function end(runId: string, steps: Record<string, [status: string, output: string, attempt?: number, error?: string]> = {}): Promise<void> {
  await sharedPool().query("with gone as (delete from run_queue where run_id = $1) update run set status = 'succeeded', output = '1', finished_at = now() where id = $1", [runId]);
  for (const [path, [status, output, attempt = 1, error = null]] of Object.entries(steps)) {
    await sharedPool().query(
      "insert into step_run (run_id, path, attempt, workspace_id, node_id, kind, status, output, error, started_at, finished_at) values ($1, $2, $3, $4, $2, 'set', $5, $6, $7, now(), now() + interval '1 second')",
      [runId, path, attempt, scope.workspaceId, status, output, error],
    );
  }
}

describe("many runs at once", () => {
  it("are cancelled with a result for each", async () => {
    const [open, ended, missing] = [await start(), await start(), newId()];
    await end(ended);
    const { results } = await service.cancelRuns({ scope }, { runIds: [open, ended, missing, open], reason: "all of them" });
    expect(results).toEqual([
      { runId: open, requested: true, refusal: null },
      { runId: ended, requested: false, refusal: null },
      { runId: missing, requested: false, refusal: { kind: "not_found", message: "There is no such run." } },
    ]);
  });

  it("are repeated with a result for each", async () => {
    const [one, missing] = [await start(), newId()];
    const { results } = await service.rerunRuns({ scope }, { runIds: [one, missing], from: "start" });
    expect(results).toMatchObject([{ runId: one, refusal: null }, { runId: missing, newRunId: null, refusal: { kind: "not_found" } }]);
    expect((await service.getRunDetail({ scope }, results[0]!.newRunId!)).trigger).toBe("rerun");
  });
});

describe("a kept run", () => {
  it("says so, and who kept it is written down", async () => {
    const runId = await start();
    await service.keepRun({ scope }, { runId, kept: true });
    await service.keepRun({ scope }, { runId, kept: true });
    expect((await service.getRunDetail({ scope }, runId)).kept).toBe(true);
    await service.keepRun({ scope }, { runId, kept: false });
    const actions = await scope.db.auditEvent.findMany({ where: { resourceId: runId }, orderBy: { id: "asc" }, select: { action: true } });
    expect(actions.map(({ action }) => action)).toEqual(["run.started", "run.kept", "run.released"]);
  });
});

describe("two runs compared", () => {
  it("differ where a step ended otherwise, made something else, or is missing", async () => {
    const [left, right] = [await start(), await start()];
    await end(left, { same: ["succeeded", "1"], other: ["succeeded", "1"], tried: ["failed", "null"], gone: ["succeeded", "1"] });
    await end(right, { same: ["succeeded", "1"], other: ["succeeded", "2"], tried: ["succeeded", "null", 2] });
    const compared = await service.compareRuns({ scope }, { runId: left, otherId: right });
    expect(compared).toMatchObject({ same: { input: true, output: true }, differing: 3, total: 4 });
    const byPath = Object.fromEntries(compared.steps.map((step) => [step.path, step]));
    expect(byPath.other).toMatchObject({ sameOutput: false, left: { status: "succeeded", milliseconds: 1_000 } });
    expect(byPath.tried).toMatchObject({ left: { status: "failed", attempts: 1 }, right: { status: "succeeded", attempts: 2 } });
    expect(byPath.gone).toMatchObject({ right: null });
    expect(compared.steps.at(-1)).toMatchObject({ path: "same", sameInput: true, sameOutput: true });
    expect(compared.steps.at(-1)).toMatchObject({ sameConfig: true, sameError: true });
    await expect(service.compareRuns({ scope: stranger }, { runId: left, otherId: right })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("differ where the same step failed for another reason, whatever the order of what is said", async () => {
    const [left, right] = [await start(), await start()];
    await end(left, { first: ["failed", "null", 1, '{"message":"no","code":"a"}'], second: ["failed", "null", 1, '{"message":"no","code":"a"}'] });
    await end(right, { first: ["failed", "null", 1, '{"code":"a","message":"no"}'], second: ["failed", "null", 1, '{"message":"late","code":"a"}'] });
    const { differing, steps } = await service.compareRuns({ scope }, { runId: left, otherId: right });
    expect([differing, ...steps.map(({ path, sameError }) => [path, sameError])]).toEqual([1, ["second", false], ["first", true]]);
  });

  it("are the same where the same value lies in two files", async () => {
    const [left, right] = [await start(), await start()];
    const blob = async (text: string) => {
      const id = newId();
      await rawDb().blob.create({ data: { id, workspaceId: scope.workspaceId, state: "ready", sha256: createHash("sha256").update(text).digest() } });
      return encodeBlobReference({ id, size: 300_000 });
    };
    await end(left, { same: ["succeeded", await blob("a")], other: ["succeeded", await blob("a")] });
    await end(right, { same: ["succeeded", await blob("a")], other: ["succeeded", await blob("b")] });
    const { steps } = await service.compareRuns({ scope }, { runId: left, otherId: right });
    expect(Object.fromEntries(steps.map(({ path, sameOutput }) => [path, sameOutput]))).toEqual({ same: true, other: false });
  });

  it("differ by what their versions say of a step", async () => {
    const withValue = (value: number) => ({ ...definition, nodes: [...definition.nodes, { id: "put", kind: "set", config: { values: { value } } }], edges: [{ from: "start", to: "put" }] });
    const startOf = async (value: number) => (await service.startInlineRun({ scope }, { definition: withValue(value) })).runId;
    const [left, right] = [await startOf(1), await startOf(2)];
    for (const runId of [left, right]) await end(runId, { start: ["succeeded", "1"], put: ["succeeded", "1"] });
    const compared = await service.compareRuns({ scope }, { runId: left, otherId: right });
    expect([compared.differing, ...compared.steps.map(({ path, sameConfig }) => [path, sameConfig])]).toEqual([1, ["put", false], ["start", true]]);
    const node = await service.compareNode({ scope }, { runId: left, otherId: right, nodeId: "put" });
    expect([node.left, node.right].map((text) => (JSON.parse(text!) as { config: unknown }).config)).toEqual([{ values: { value: 1 } }, { values: { value: 2 } }]);
    await expect(service.compareNode({ scope: stranger }, { runId: left, otherId: right, nodeId: "put" })).rejects.toMatchObject({ kind: "not_found" });
  });
});
