import { afterAll, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import * as workflows from "@/server/workflows/service";
import { dispatchDue } from "./dispatch";
import { pollDue } from "./polling";
import { storeEvent } from "./record";
import { createTrigger } from "./service";
import { settleRuns } from "./settle";
import { definitionWith, TriggerScene } from "./testing/scene";

afterAll(closeConnections);

it("starts neither a handler nor a look with an input that the workflow does not take, and says which field", async () => {
  const scene = await TriggerScene.open([{ id: "in", kind: "trigger.webhook", config: {} }]);
  const { scope } = scene;
  const [hook] = await scene.triggers();
  const picky = await workflows.createWorkflow({ scope }, { name: "Picky", description: "", definition: definitionWith([], { type: "object", required: ["orderId"] }) });
  await workflows.publish({ scope }, { workflowId: picky.id, note: "" });
  await rawDb().trigger.update({ where: { id: hook!.id }, data: { handlers: { onFailure: picky.id } } });
  await storeEvent(scene.event(hook!.id, "e"));
  await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where trigger_id = $1", [hook!.id]);
  await dispatchDue();
  const { runId } = (await scene.events(hook!.id))[0]!;
  await sharedPool().query("delete from run_queue where run_id = $1", [runId]);
  await sharedPool().query("update run set status = 'failed', finished_at = now() where id = $1", [runId]);
  await settleRuns();
  const errorOf = async (id: string) => (await rawDb().trigger.findUniqueOrThrow({ where: { id } })).error;
  expect(await errorOf(hook!.id)).toMatchObject({ code: "handler_failed", message: expect.stringContaining("input/orderId") as string });
  const { id } = await createTrigger({ scope }, { workflowId: scene.workflowId, kind: "poll", name: "Look", config: { workflow: picky.id, firstPoll: "all" }, settings: {}, nodeId: null, versionNumber: null });
  await sharedPool().query("update trigger set next_fire_at = now() - interval '1 second' where id = $1", [id]);
  await pollDue();
  expect(await errorOf(id)).toMatchObject({ code: "poll_failed", message: expect.stringContaining("input/orderId") as string });
  expect(await rawDb().run.count({ where: { workflowId: picky.id } })).toBe(0);
});
