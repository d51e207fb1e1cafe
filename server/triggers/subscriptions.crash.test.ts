import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { putSecret } from "@/server/secrets/service";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { GithubServer } from "./kinds/github/testing/github-server";
import { createTrigger, deleteTrigger, rotateToken } from "./service";
import { keepSubscriptions } from "./subscriptions";
import { TriggerScene } from "./testing/scene";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const KEEPER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-keeper.ts"));
const SHOP = "repos/acme/shop";
let scene: TriggerScene;
let github: GithubServer;

beforeAll(async () => {
  scene = await TriggerScene.open([]);
  await putSecret({ scope: scene.scope }, { name: "GITHUB_TOKEN", value: "t0ken" });
  github = await GithubServer.start("t0ken", [SHOP]);
});
afterAll(async () => {
  await github.stop();
  await closeConnections();
});

/** Another process, once the lease of the dead one has run out. */
async function keepAgain(): Promise<void> {
  await sharedPool().query("update trigger_subscription set lease_until = now() - interval '1 second' where lease_until is not null");
  await keepSubscriptions(new AbortController().signal);
}

const addresses = () => github.hooks.get(SHOP)!.map(({ config }) => config.url);
const make = () => createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "github", name: "Pushes", settings: {}, nodeId: null, versionNumber: null, config: { target: { type: "repository", owner: "acme", repository: "shop" }, secret: "GITHUB_TOKEN", baseUrl: github.url } });

describe("a process that dies", () => {
  it.each(["subscription-noted", "subscription-made"])("at %s neither doubles nor loses the hook", async (crashPoint) => {
    const { id: triggerId, url } = await make();
    expect(await dieAt(crashPoint, KEEPER)).toBe("SIGKILL");
    await keepAgain();
    expect(addresses()).toEqual([url]);
    await deleteTrigger({ scope: scene.scope }, { triggerId });
    expect(await dieAt("subscription-removed", KEEPER)).toBe("SIGKILL");
    await keepAgain();
    expect([addresses(), await rawDb().triggerSubscription.count()]).toEqual([[], 0]);
  });

  it("after the hook was made leaves none behind when the address or the trigger is gone before the next look", async () => {
    const { id: triggerId, url } = await make();
    expect(await dieAt("subscription-made", KEEPER)).toBe("SIGKILL");
    expect(addresses()).toEqual([url]);
    const { url: second } = await rotateToken({ scope: scene.scope }, { triggerId });
    expect(await keepAndDieAgain("subscription-made")).toBe("SIGKILL");
    expect(addresses()).toEqual([url, second]);
    await deleteTrigger({ scope: scene.scope }, { triggerId });
    await keepAgain();
    expect([addresses(), await rawDb().triggerSubscription.count()]).toEqual([[], 0]);
  });
});

async function keepAndDieAgain(crashPoint: string): Promise<NodeJS.Signals | null> {
  await sharedPool().query("update trigger_subscription set lease_until = now() - interval '1 second' where lease_until is not null");
  return dieAt(crashPoint, KEEPER);
}
