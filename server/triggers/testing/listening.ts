import { Prisma } from "@/prisma/generated/client";
import { afterEach, expect } from "vitest";
import { rawDb } from "@/server/db/client";
import { putSecret } from "@/server/secrets/service";
import { Listeners } from "../listeners";
import { type Broker, startBroker } from "./brokers";
import { TriggerScene } from "./scene";

export const PATIENT = { timeout: 60_000, interval: 50 };
/** Servers on a virtual machine of their own take their time to start. */
export const SLOW_MS = 240_000;

/** Of a lease: what its holder says or renews is nothing any more. */
export const FREED = { leaseOwner: null, leaseUntil: null, leaseEpoch: { increment: 1 } };

const running: Listeners[] = [];
const brokers: Broker[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await rawDb().trigger.deleteMany({});
  await Promise.all(brokers.splice(0).map((one) => one.remove()));
});

/** A real server, gone after the test. */
export async function broker(...launch: Parameters<typeof startBroker>): Promise<Broker> {
  const started = await startBroker(...launch);
  brokers.push(started);
  return started;
}

/** A process with listeners of its own. */
export function listen(kind: string): Listeners {
  const listeners = new Listeners(() => {}, [kind]);
  running.push(listeners);
  listeners.start();
  return listeners;
}

/** A trigger of the kind, whose field `secret` names the given one; `more`: other secrets of its workspace, by name. */
export async function triggerOf(kind: string, config: Record<string, unknown>, secret?: string, more: Readonly<Record<string, string>> = {}) {
  const scene = await TriggerScene.open([{ id: "in", kind: `trigger.${kind}`, config: { ...config, ...(secret === undefined ? {} : { secret: "KEY" }) } }]);
  for (const [name, value] of Object.entries({ ...(secret === undefined ? {} : { KEY: secret }), ...more })) await putSecret({ scope: scene.scope }, { name, value });
  const [trigger] = await scene.triggers();
  const id = trigger!.id;
  const row = () => rawDb().trigger.findUniqueOrThrow({ where: { id } });
  return {
    id,
    bodies: async () => (await scene.events(id)).map(({ body }) => Buffer.from(body ?? []).toString()),
    events: () => scene.events(id),
    health: async () => (await row()).health,
    error: async () => (await row()).error,
    listening: () => expect.poll(async () => (await row()).health, PATIENT).toMatchObject({ state: "listening" }),
    /** As an edit does; and who listens still says nothing more about it. */
    change: (more: Record<string, unknown>) => rawDb().trigger.update({ where: { id }, data: { config: { ...config, ...more } as Prisma.InputJsonObject, revision: { increment: 1 }, health: Prisma.DbNull, ...FREED } }),
    failing: () => expect.poll(async () => (await row()).error, PATIENT).toMatchObject({ code: "listener_failed" }),
  };
}
