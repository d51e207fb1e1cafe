import { newId } from "@/server/db/id";
import { StoreScene } from "@/server/queue/testing/store-scene";
import { WorkerWorld } from "@/server/testing/worker-world";
import type { WorkerSettings } from "@/server/worker/ports";
import { createWorker } from "@/server/worker/worker";

export type StoredWorld = Awaited<ReturnType<typeof openStoredWorld>>;

/** A worker over the store in PostgreSQL, with steps that a test scripts. `prepare`: before it begins. */
export async function openStoredWorld({ settings = {}, prepare }: { settings?: Partial<WorkerSettings>; prepare?: (world: WorkerWorld) => void } = {}) {
  const scene = await StoreScene.open();
  const world = new WorkerWorld();
  world.workspaceId = scene.workspaceId;
  prepare?.(world);
  const worker = createWorker({ id: newId(), store: scene.store, ports: world.ports, pollMs: 20, settings });
  worker.start();
  return {
    scene,
    world,
    async start(definition: Parameters<WorkerWorld["define"]>[0]): Promise<string> {
      const run = world.newRun(world.define(definition));
      await scene.store.enqueue([run]);
      return run.id;
    },
    async close(): Promise<void> {
      await worker.stop();
      await world.close();
      await scene.close();
    },
  };
}
