import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readBlob, sweepBlobs } from "@/server/blobs/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { workOnDue } from "./runtime";
import { viewRemovals } from "./service";
import { RetentionScene, TABLES } from "./testing/scene";

const ROUND = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-round.ts"));

afterAll(closeConnections);

describe("a process that dies while it removes runs", () => {
  it.each([
    ["before their rows are gone", "retention-run-deleted", 3],
    ["after that", "retention-committed", 0],
    ["after what belongs to them", "retention-belongings-deleted", 0],
  ])("%s shows none of them half removed, and another goes on", async (_when, crashPoint, left) => {
    const scene = await RetentionScene.open();
    const parent = await scene.run({ ageDays: 100 });
    const ids = [parent, await scene.run({ ageDays: 100, parent }), await scene.run({ ageDays: 100 })];
    const staying = await scene.run({ ageDays: 1 });
    const blob = await scene.blob({ type: "run", id: parent });
    await sharedPool().query("update retention_state set next_at = now() + interval '1 hour' where workspace_id <> $1", [scene.scope.workspaceId]);
    expect(await dieAt(crashPoint, ROUND)).toBe("SIGKILL");
    const whole = await scene.rows([staying]);
    // PostgreSQL takes a moment to see that the connection is gone.
    const seen = ["run", "run_search"];
    await expect.poll(() => scene.rows(ids)).toEqual(Object.fromEntries(TABLES.map((table) => [table, (seen.includes(table) ? left : 3) * whole[table]!])));
    // The dead process holds the lease: nobody else begins before it is over.
    expect(await workOnDue()).toBe(0);
    await scene.due();
    await workOnDue();
    await sweepBlobs();
    expect(await scene.rows(ids)).toEqual(Object.fromEntries(TABLES.map((table) => [table, 0])));
    expect(await scene.rows([staying])).toEqual(whole);
    expect(await readBlob(scene.scope.workspaceId, blob)).toBeNull();
    expect(await rawDb().retentionGone.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(0);
    expect(await rawDb().blob.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(0);
    expect((await viewRemovals({ scope: scene.scope }))[0]).toMatchObject({ runs: 3, logs: 6, blobs: 1, blobBytes: 10 });
  });
});
