import type { Locator } from "@playwright/test";
import { expect, fresh, test } from "./session";
import { ask, canvasNode, expectStatus, importWorkflow, outputOf, pickFound, publish, runIdOf, startRun, tell } from "./workflow-page";

const input = { type: "object", required: ["order"], properties: { order: { type: "string", title: "Order" } } };

const slow = {
  schema: 1,
  input,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "pause", kind: "delay", name: "Think about it", config: { seconds: 1 } },
    { id: "say", kind: "set", name: "Say it", config: { values: { order: "{{ input.order }}" } } },
  ],
  edges: [{ from: "start", to: "pause" }, { from: "pause", to: "say" }],
};

const order = (value: string) => async (dialog: Locator) => dialog.getByLabel("Order").fill(value);

test("a run is replayed, kept, and run again with another input", async ({ page }) => {
  await importWorkflow(page, "Tool thoughts", slow);
  await publish(page);
  const first = await startRun(page, "Run", order("ORD-1"));
  await expectStatus(page, "Succeeded");
  const said = canvasNode(page, "Say it").locator('[data-status="succeeded"]');
  await expect(said).toBeVisible();
  const replay = page.getByRole("group", { name: "Replay" });
  await replay.getByRole("slider", { name: "Moment of the run" }).focus();
  await page.keyboard.press("Home");
  await expect(said).toHaveCount(0);
  await replay.getByRole("button", { name: "Next change" }).click();
  await replay.getByRole("button", { name: "Now" }).click();
  await expect(said).toBeVisible();

  await page.getByRole("button", { name: "More about this run" }).click();
  await page.getByRole("menuitem", { name: /^Keep: retention/ }).click();
  await expect(page.getByText("The run is kept.")).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: "More about this run" }).click();
  await expect(page.getByRole("menuitem", { name: "Keep no longer than others" })).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "More ways to re-run" }).click();
  await page.getByRole("menuitem", { name: "With another input" }).click();
  const dialog = page.getByRole("dialog", { name: "Re-run with another input" });
  await expect(dialog.getByLabel("Order")).toHaveValue("ORD-1");
  await dialog.getByLabel("Order").fill("ORD-2");
  await dialog.getByRole("button", { name: "Re-run", exact: true }).click();
  await expect(page).not.toHaveURL(new RegExp(first));
  const second = await runIdOf(page);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, second, "say")).toEqual({ order: "ORD-2" });
});

test("all runs that fit the filter are run again by the server, while nobody looks on", async ({ page }) => {
  const name = fresh("Many orders");
  const { nodes: [start, , say] } = slow;
  await importWorkflow(page, name, { ...slow, nodes: [start, say], edges: [{ from: "start", to: "say" }] });
  await publish(page);
  const workflowId = /workflows\/([0-9a-f-]+)/.exec(page.url())![1]!;
  await tell(page, "batches.start", { workflowId, inputs: Array.from({ length: 60 }, (_, n) => ({ order: `ORD-${n}` })) });
  await page.goto(`/main/runs?workflow=${workflowId}`);
  await page.getByRole("checkbox", { name: "Choose all shown runs" }).click();
  await page.getByRole("button", { name: "All 60 that fit the filter …" }).click();
  const dialog = page.getByRole("dialog", { name: "All runs that fit the filter" });
  await dialog.getByLabel("What to do").click();
  await page.getByRole("option", { name: "Re-run them from their start" }).click();
  await expect(dialog.getByText("60 runs of before now.")).toBeVisible();
  await dialog.getByRole("button", { name: "Begin" }).click();
  await expect(dialog).toBeHidden();
  await page.goto("/main");
  await page.goto(`/main/runs?workflow=${workflowId}&trigger=rerun`);
  // An attempt before this one may have left its own behind.
  const jobs = page.getByRole("region", { name: "Re-run all that fit" });
  const job = jobs.first();
  await expect(job.getByText("Done: 60 of 60 came by, 60 began again.")).toBeVisible({ timeout: 60_000 });
  expect(await ask(page, "bulkJobs.count", { action: "rerun", filter: { workflowId, trigger: ["rerun"] } })).toEqual({ count: 60, isMore: false });
  const shown = await jobs.count();
  await job.getByRole("button", { name: "Close: Re-run all that fit" }).click();
  await expect(jobs).toHaveCount(shown - 1);
});

test("runs are narrowed to who started them and to a version, both searched for", async ({ page }) => {
  const name = fresh("Narrowed");
  await importWorkflow(page, name, slow);
  await publish(page);
  await startRun(page, "Run", order("ORD-3"));
  const runId = await runIdOf(page);
  const { run } = (await ask(page, "runs.get", { runId })) as { run: { workflow: { id: string }; startedBy: string } };
  await page.goto(`/main/runs?workflow=${run.workflow.id}`);
  await page.getByRole("button", { name: "More", exact: true }).click();
  const more = page.getByRole("dialog", { name: "More filters" });
  await more.getByLabel("Started by").click();
  await pickFound(page, "Name or address", run.startedBy.toUpperCase(), run.startedBy);
  await expect(page).toHaveURL(/person=/);
  await expect(more.getByLabel("Started by")).toHaveText(run.startedBy);
  await more.getByLabel("Version").click();
  await pickFound(page, "Number", "1", "Version 1");
  await expect(page).toHaveURL(/version=/);
  // An address says it, too.
  await page.reload();
  await page.getByRole("button", { name: "More (2)" }).click();
  await expect(more.getByLabel("Started by")).toHaveText(run.startedBy);
  await expect(more.getByLabel("Version")).toHaveText("Version 1");
  await expect(page.getByRole("link", { name }).first()).toBeVisible();
});
