import { beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { startBatch } from "@/server/batches/service";
import { keptGiven, readBlobText } from "@/server/blobs/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { readBlobReference } from "@/server/expressions/decoding";
import { LARGE_GIVEN_BYTES } from "@/server/queue/given-bytes";
import { loosenBlobs } from "@/server/retention/loosen-blobs";
import { inTransaction } from "@/server/db/transaction";
import { makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";
import { untilEnded, workWhileTesting } from "./testing/worked";

let scope: Scope;
let workflowId: string;
/** Of which no run is carried out. */
let parkedId: string;

workWhileTesting();
beforeAll(async () => {
  scope = await makeScope("owner");
  const definition = {
    schema: 1,
    input: { type: "object", required: ["text"], properties: { text: { type: "string" } } },
    nodes: [{ id: "start", kind: "trigger.manual" }, { id: "one", kind: "set", config: { values: { length: "{{ input.text.length }}" } } }],
    edges: [{ from: "start", to: "one" }],
    output: "{{ steps.one.output.length }}",
  };
  ({ id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Large", description: "", definition }));
  await workflows.publish({ scope }, { workflowId, note: "" });
  ({ id: parkedId } = await workflows.createWorkflow({ scope }, { name: "Parked", description: "", definition: { ...definition, settings: { pool: "nobody" } } }));
  await workflows.publish({ scope }, { workflowId: parkedId, note: "" });
});

const large = (mark: string) => ({ text: `${mark} "quoted" ${"x".repeat(40_000)} end ${mark.replaceAll(" ", "-")} ${"🚀".repeat(env.PAYLOAD_INLINE_MAX_BYTES / 4)}` });
const rowOf = async (id: string) => (await sharedPool().query<{ input: string; trigger: string | null }>("select input::text, trigger::text from run where id = $1", [id])).rows[0]!;
const blobOf = async (id: string) => readBlobReference((await rowOf(id)).input);
const blobs = () => rawDb().blob.count({ where: { workspaceId: scope.workspaceId } });
const begin = (input: unknown, more: { workflowId?: string; idempotencyKey?: string } = {}) => service.startRun({ scope }, { workflowId, mode: "production", input, ...more });
const outputOf = async (runId: string) => (await untilEnded(scope, runId), (await service.readResult({ scope }, runId)).output);

describe("an input that is too large for a row", () => {
  it("lies in the blob store, and is read, found and repeated as any other", async () => {
    const input = large("needle of one");
    const { runId } = await begin(input);
    expect(await outputOf(runId)).toBe(input.text.length);
    const reference = (await blobOf(runId))!;
    expect(JSON.parse((await readBlobText(scope.workspaceId, reference.id))!)).toEqual(input);
    const place = { runId, path: "", what: "input" as const };
    const slice = await service.getValue({ scope }, { ...place, offset: 0, limit: 40 });
    expect(slice).toMatchObject({ text: JSON.stringify(input).slice(0, slice.text.length), total: reference.size });
    expect(await service.getPart({ scope }, { ...place, pointer: "/text", from: 0, limit: 10, itemCharacters: 20 })).not.toBeNull();
    for (const text of ['needle of one \\"quoted', "needle-of-one"]) expect((await service.listRuns({ scope }, { limit: 10, text })).items.map(({ id }) => id)).toEqual([runId]);
    const { rows } = await sharedPool().query<{ content: string }>("select run_content(input, output, error) as content from run where id = $1", [runId]);
    expect([rows[0]?.content.startsWith('{"text":"needle of one \\"quoted'), rows[0]?.content.includes("needle-of-one")]).toEqual([true, true]);

    const again = await service.rerun({ scope }, { runId });
    expect(await rowOf(again.runId)).toEqual(await rowOf(runId));
    expect(await outputOf(again.runId)).toBe(input.text.length);
    const other = await service.rerun({ scope }, { runId, input: { text: "small" } });
    expect([await outputOf(other.runId), await blobOf(other.runId)]).toEqual([5, null]);
    expect(await outputOf((await service.rerun({ scope }, { runId, input: large("changed") })).runId)).toBe(large("changed").text.length);
  });

  it("counts for claims as if it were in the row", async () => {
    const { runId } = await service.startInlineRun({ scope }, { input: large("to be claimed"), definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] } }, "api", newId());
    const { givenBytes } = await rawDb().runQueue.findUniqueOrThrow({ where: { runId } });
    expect(givenBytes).toBe((await blobOf(runId))!.size);
    expect(givenBytes).toBeGreaterThan(LARGE_GIVEN_BYTES);
  });

  it("stays until the last run that has it is gone, and one without it cannot be repeated", async () => {
    const [first, alone] = [(await begin(large("shared"))).runId, (await begin(large("alone"))).runId];
    await Promise.all([outputOf(first), outputOf(alone)]);
    const again = (await service.rerun({ scope }, { runId: first })).runId;
    await outputOf(again);
    const before = new Date(Date.now() + 60_000);
    await sharedPool().query("update run set finished_at = $2 where id = $1", [again, new Date(before.getTime() + 1)]);
    await inTransaction(sharedPool(), (client) => loosenBlobs(client, { oldRuns: [first, alone], before, most: 10 }));
    const ownerOf = async (runId: string) => (await rawDb().blob.findUnique({ where: { id: (await blobOf(runId))!.id } }))?.ownerId ?? null;
    expect([await ownerOf(first), await ownerOf(alone)]).toEqual([first, null]);
    await rawDb().blob.delete({ where: { id: (await blobOf(alone))!.id } });
    await expect(service.rerun({ scope }, { runId: alone })).rejects.toMatchObject({ kind: "not_found", data: { what: "input" } });
    expect((await service.getValue({ scope }, { runId: alone, path: "", what: "input", offset: 0, limit: 10 })).total).toBeNull();
  });

  it("leaves nothing behind where the run is refused, and is stored once where it is asked for again", async () => {
    const before = await blobs();
    await expect(begin({ name: large("of no run").text })).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(begin(large("elsewhere"), { workflowId: newId() })).rejects.toMatchObject({ kind: "not_found" });
    expect(await blobs()).toBe(before);
    const keyed = () => begin(large("with a key"), { workflowId: parkedId, idempotencyKey: "k" });
    const [one, two] = [await keyed(), await keyed()];
    expect([two.runId, await blobs()]).toEqual([one.runId, before + 1]);
  });

  it("is given to the same run once, however often its start is prepared, and is young each time", async () => {
    const given = { id: newId(), workspaceId: scope.workspaceId, input: JSON.stringify(large("prepared")), trigger: null };
    const kept = await keptGiven(given);
    const { id } = readBlobReference(kept.input)!;
    await sharedPool().query("update blob set created_at = now() - interval '2 days' where id = $1", [id]);
    expect(await keptGiven(given)).toEqual(kept);
    expect(Date.now() - (await rawDb().blob.findUniqueOrThrow({ where: { id } })).createdAt.getTime()).toBeLessThan(3_600_000);
    expect(await keptGiven({ ...given, id: newId() })).not.toEqual(kept);
  });

  it("is one of a batch", async () => {
    const inputs = [{ text: "a" }, large("of a batch")];
    const batch = await startBatch({ scope }, { workflowId, inputs, badRows: "refuse" });
    const runs = await rawDb().run.findMany({ where: { batchId: batch.id }, orderBy: { id: "asc" } });
    expect(await Promise.all(runs.map(({ id }) => outputOf(id)))).toEqual(inputs.map(({ text }) => text.length));
    expect([await blobOf(runs[0]!.id), (await blobOf(runs[1]!.id))?.size]).toEqual([null, Buffer.byteLength(JSON.stringify(inputs[1]))]);
    const before = await blobs();
    await expect(startBatch({ scope }, { workflowId, inputs, badRows: "refuse", name: (await rawDb().runBatch.findUniqueOrThrow({ where: { id: batch.id } })).name })).rejects.toMatchObject({ kind: "name_taken" });
    expect(await blobs()).toBe(before);
  });
});
