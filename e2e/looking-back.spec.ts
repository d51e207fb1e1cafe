import { expect, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, openWorkflow, publish, startRun } from "./workflow-page";

const talkative = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "each", kind: "forEach", name: "Each", config: { items: "{{ Array.from({ length: 60 }, (_, index) => index + 1) }}" } },
    { id: "count", kind: "log", name: "Count", parent: { id: "each", slot: "body" }, config: { message: "number {{ item }}" } },
    { id: "wait", kind: "wait.signal", name: "Wait", config: { signal: "go" } },
    { id: "last", kind: "log", name: "Last", config: { message: "that was all" } },
  ],
  edges: [{ from: "start", to: "each" }, { from: "each", to: "wait" }, { from: "wait", to: "last" }],
};

test("the log of a run under way is followed to its end, until the reader scrolls up", async ({ page }) => {
  await importWorkflow(page, "Talkative", talkative);
  await publish(page);
  await startRun(page);
  await expectStatus(page, "Waiting");
  const sender = await page.context().newPage();
  await sender.goto(page.url());
  await page.getByRole("tab", { name: "Logs" }).click();
  const log = page.getByRole("log");
  await expect(log).toContainText("number 60");
  await expect(log.getByText("number 60")).toBeInViewport();
  // Rows that are measured late may pin the list to its end once more.
  await expect(async () => {
    await log.hover();
    await page.mouse.wheel(0, -10_000);
    await expect(log.getByText("number 1", { exact: true })).toBeInViewport({ timeout: 2_000 });
  }).toPass();
  await expect(page.getByRole("button", { name: /^Follow/ })).toHaveAttribute("aria-pressed", "false");

  await sender.getByRole("button", { name: "Send the signal" }).click();
  await sender.getByRole("button", { name: "Send signal go" }).click();
  // It came, and did not take the reader away from where they were.
  await expect(page.getByRole("button", { name: "Follow 1 new" })).toBeVisible();
  await expect(log.getByText("that was all")).not.toBeInViewport();
  await page.getByRole("button", { name: "Follow 1 new" }).click();
  await expect(log.getByText("that was all")).toBeInViewport();

  // One stop of Tab in all; arrow keys from line to line, into the panel of a step and back.
  await log.focus();
  await page.keyboard.press("Tab");
  await expect(log.getByRole("button", { name: "last", exact: true })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  const before = log.getByRole("button", { name: "each[59]/count", exact: true });
  await expect(before).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Count" }).getByRole("heading", { name: "Count" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("complementary", { name: "Count" })).toHaveCount(0);
  await expect(before).toBeFocused();
});

const flow = (answer: number) => ({
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "one", kind: "set", name: "Answer", config: { values: { answer } } },
  ],
  edges: [{ from: "start", to: "one" }],
});

test("a version has an address of its own, and two runs are held beside each other", async ({ page }) => {
  await importWorkflow(page, "Looked back at", flow(1));
  await publish(page, "the first");
  const first = await startRun(page);
  await expectStatus(page, "Succeeded");
  await openWorkflow(page, "Looked back at");
  await canvasNode(page, "Answer").click();
  const value = page.getByRole("complementary", { name: "Answer" }).getByRole("textbox", { name: "Values: value of answer" });
  await value.fill("2");
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await publish(page, "the second");

  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("link", { name: "Version 1", exact: true }).click();
  await expect(page).toHaveURL(/version=1/);
  await page.reload();
  await expect(page.getByRole("link", { name: "Version 1", exact: true })).toBeInViewport();
  await expect(page.getByText("the first")).toBeVisible();

  const second = await startRun(page);
  await expectStatus(page, "Succeeded");
  await page.getByRole("button", { name: "More about this run" }).click();
  await page.getByRole("menuitem", { name: /^Compare/ }).click();
  const runs = page.getByRole("dialog", { name: "Compare with another run" }).getByRole("list", { name: "Runs to compare with" });
  await expect(runs.getByRole("link")).toHaveCount(1);
  await runs.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`${second}/compare/${first}`));
  await expect(page.getByRole("main")).toContainText("1 of 2 steps differ");
});

test("the builder takes the data of a run that was chosen, and goes back to the last test", async ({ page }) => {
  await importWorkflow(page, "Chosen data", flow(7));
  await publish(page);
  await startRun(page);
  await expectStatus(page, "Succeeded");
  await openWorkflow(page, "Chosen data");
  await expect(canvasNode(page, "Answer").locator("[data-status]")).toHaveCount(0);
  await page.getByRole("button", { name: "Take the data of another run" }).click();
  await page.getByRole("dialog", { name: "Runs of this workflow" }).getByRole("option", { name: /Succeeded/ }).click();
  await expect(canvasNode(page, "Answer").locator('[data-status="succeeded"]')).toBeVisible();
});

test("a figure of Home leads to the runs that it counts", async ({ page }) => {
  await page.goto("/main");
  await page.getByRole("region", { name: /^Runs / }).getByRole("link", { name: "Succeeded" }).click();
  await expect(page).toHaveURL(/\/main\/runs\?.*status=succeeded/);
  await expect(page.getByRole("row", { name: /Succeeded/ }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /Failed/ })).toHaveCount(0);
});
