import { expect, test } from "@playwright/test";
import { Installation } from "./installation";
import { signIn } from "./session";
import { expectStatus, importWorkflow, outputOf, publish, startRun, stepsOf } from "./workflow-page";

const ITEMS = 12;

const slow = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    {
      id: "each",
      kind: "forEach",
      name: "Each",
      config: { items: Array.from({ length: ITEMS }, (_, index) => index), mode: "sequential", result: "{{ steps.square.output.value }}" },
    },
    { id: "pause", kind: "delay", name: "Pause", parent: { id: "each", slot: "body" }, config: { seconds: 0.5 } },
    { id: "square", kind: "transform", name: "Square", parent: { id: "each", slot: "body" }, config: { code: "return { value: args.item * args.item };", args: { item: "{{ item }}" } } },
  ],
  edges: [
    { from: "start", to: "each" },
    { from: "pause", to: "square" },
  ],
};

test("killed in the middle and started again, a run finishes with every step done once", async ({ browser }) => {
  test.setTimeout(240_000);
  // Leases are short, so that a killed worker's runs are taken over soon.
  const installation = await Installation.start({ LEASE_SECONDS: "5" });
  try {
    const context = await browser.newContext({ baseURL: installation.url });
    const page = await context.newPage();
    await signIn(page, installation.signInUrl);
    installation.noteSignedIn();
    await importWorkflow(page, "Slow squares", slow);
    await publish(page);
    const runId = await startRun(page);
    await expect.poll(async () => (await stepsOf(page, runId)).filter(({ path: step }) => step.endsWith("/square")).length).toBeGreaterThan(2);

    await installation.end("SIGKILL");
    await installation.startAgain();

    // The same page finds the server again by itself.
    await expectStatus(page, "Succeeded", 90_000);
    expect(await outputOf(page, runId, "each")).toEqual(Array.from({ length: ITEMS }, (_, index) => index * index));
    const done = (await stepsOf(page, runId)).filter(({ status }) => status === "succeeded").map(({ path: step }) => step);
    expect(done.length).toBe(new Set(done).size);
    expect(done.filter((step) => step.endsWith("/square"))).toHaveLength(ITEMS);
    await context.close();
  } finally {
    await installation.remove();
  }
});
