import { readFile } from "node:fs/promises";
import { afterAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as workflows from "@/server/workflows/service";
import { dispatchEvent } from "./dispatch";
import { storeEvent } from "./record";
import { settleRuns } from "./settle";
import { sideRunOf } from "./side-run";
import { definitionWith, TriggerScene } from "./testing/scene";

afterAll(closeConnections);

async function open() {
  const scene = await TriggerScene.open([{ id: "clock", kind: "trigger.schedule", config: { timing: { type: "every", seconds: 31_536_000 } } }]);
  const { scope } = scene;
  const [trigger] = await scene.triggers();
  const make = async (name: string) => {
    const { id, slug } = await workflows.createWorkflow({ scope }, { name, description: "", definition: definitionWith([]) });
    await workflows.publish({ scope }, { workflowId: id, note: "" });
    return { id, slug, name };
  };
  const rename = ({ id }: { id: string }, name: string) => workflows.renameWorkflow({ scope }, { workflowId: id, name });
  const asked = async (workflow: string) => {
    const runs = await Promise.all((["authorizer", "poller"] as const).map((kind) => sideRunOf({ kind, trigger: trigger!, workflow, input: null })));
    return runs.map((run) => run?.workflowId);
  };
  const seen = new Set<string>();
  /** Which workflow runs when a run of the trigger failed. */
  const handled = async (onFailure: string) => {
    await rawDb().trigger.update({ where: { id: trigger!.id }, data: { handlers: { onFailure }, failures: 0 } });
    const { eventId } = await storeEvent(scene.event(trigger!.id, newId()));
    await dispatchEvent({ eventId, triggerId: trigger!.id, workspaceId: scope.workspaceId });
    const { runId } = await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: eventId } });
    await sharedPool().query("delete from run_queue where run_id = $1", [runId]);
    await sharedPool().query("update run set status = 'failed', finished_at = now() where id = $1", [runId]);
    await settleRuns();
    expect((await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: eventId } })).outcome).toBe("failed");
    const runs = await rawDb().run.findMany({ where: { triggerId: trigger!.id, triggerKind: "handler", id: { notIn: [...seen] } } });
    for (const { id } of runs) seen.add(id);
    return runs.map(({ workflowId }) => workflowId);
  };
  return { scope, make, rename, asked, handled };
}

describe("attack: a workflow slipped in where a trigger names another", () => {
  it("becomes neither authorizer, poller nor handler by a name, whether older, new, archived or an id that is nobody's", async () => {
    const { scope, make, rename, asked, handled } = await open();
    const [older, target, gone] = [await make("Older"), await make("Check token"), await make("Gone")];
    await rename(older, target.slug);
    expect([await asked(target.slug), await handled(target.slug)]).toEqual([[target.id, target.id], [target.id]]);
    await rename(older, target.name);
    expect([await asked(target.name), await handled(target.name)]).toEqual([[target.id, target.id], [target.id]]);
    await workflows.deleteWorkflow({ scope }, { workflowId: gone.id });
    await rename(older, gone.id);
    expect([await asked(gone.id), await handled(gone.id)]).toEqual([[undefined, undefined], []]);
    await rename(older, target.name);
    await workflows.archiveWorkflow({ scope }, { workflowId: target.id });
    expect([await asked(target.name), await handled(target.name)]).toEqual([[undefined, undefined], []]);
  });
});

describe("the upgrade", () => {
  it("leaves calls by a name with the workflow that had taken an archived one's place", async () => {
    const { scope, make, rename, asked } = await open();
    const archived = await make("Notify");
    const [live, other] = [await make("Notify"), await make("Other")];
    const [short, shortNow] = [await make("Ring"), await make("Bell")];
    // Until now nothing kept a workflow from being named as the short name of another.
    await workflows.archiveWorkflow({ scope }, { workflowId: short.id });
    await rename(shortNow, short.slug);
    await workflows.archiveWorkflow({ scope }, { workflowId: archived.id });
    await workflows.archiveWorkflow({ scope }, { workflowId: other.id });
    expect([await asked("Notify"), await asked(short.slug)]).toEqual([[undefined, undefined], [undefined, undefined]]);
    await sharedPool().query(await readFile("prisma/migrations/20261127110800_archived_namesakes/migration.sql", "utf8"));
    expect([await asked("Notify"), await asked(short.slug)]).toEqual([[live.id, live.id], [shortNow.id, shortNow.id]]);
    await rename(live, "Other");
    expect(await asked("Other")).toEqual([undefined, undefined]);
  });
});
