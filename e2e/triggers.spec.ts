import type { Page } from "@playwright/test";
import { expect, fresh, test } from "./session";
import { canvasNode, importWorkflow, publish } from "./workflow-page";

const GREETING = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "By hand" },
    { id: "hook", kind: "trigger.webhook", name: "Hook", config: {} },
    { id: "greet", kind: "set", name: "Greet", config: { values: { text: "Hello {{ input.name }} by {{ trigger.kind }}" } } },
  ],
  edges: [{ from: "start", to: "greet" }, { from: "hook", to: "greet" }],
  output: "{{ steps.greet.output }}",
};

/** Tests the draft with the event that was caught. */
async function testFromHook(page: Page, greeted: string): Promise<void> {
  const tests = page.getByRole("group", { name: "Tests of the draft" });
  await expect(tests.getByRole("combobox", { name: "Tests start at" })).toHaveText("Hook");
  await tests.getByRole("button", { name: "Test", exact: true }).click();
  await expect(tests.getByText("Succeeded")).toBeVisible();
  await canvasNode(page, "Greet").click();
  await page.getByRole("complementary", { name: "Greet" }).getByRole("tab", { name: "Test" }).click();
  await expect(page.getByRole("complementary", { name: "Greet" })).toContainText(`Hello ${greeted} by webhook`);
}

test("a webhook is caught in the builder, tests the draft with it, and is sent again", async ({ page, request }) => {
  const name = fresh("Greeting");
  await importWorkflow(page, name, GREETING);
  await publish(page);
  await canvasNode(page, "Hook").click();
  const panel = page.getByRole("complementary", { name: "Hook" });
  await panel.getByRole("tab", { name: "Test" }).click();
  await panel.getByRole("button", { name: "Listen for a test event" }).click();
  await expect(panel.getByText("The next event is kept for you and starts no run.")).toBeVisible();
  const address = await panel.locator("code").first().textContent();
  expect((await request.post(address!, { data: { name: "Ada" } })).status()).toBe(202);
  await panel.getByRole("button", { name: "Use as test input" }).click();
  await expect(panel.getByRole("button", { name: "Tests begin with it" })).toBeVisible();
  await testFromHook(page, "Ada");

  // Caught, it started nothing; sent again, it does.
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("list", { name: "Triggers" }).getByRole("button", { name: /Hook/ }).click();
  const events = page.getByRole("list", { name: "Events" });
  await expect(events.getByText("Captured")).toBeVisible();
  await expect(events.getByText("Started")).toHaveCount(0);
  await events.getByRole("button").first().click();
  await events.getByRole("button", { name: "Send again" }).click();
  await expect(events.getByText("Started")).toBeVisible();
  // Not the test of the draft, which has the same input. A run is found by its values once it was indexed, a moment after its end.
  await expect(async () => {
    await page.goto("/main/runs?q=Ada&mode=production");
    await expect(page.getByRole("row", { name: new RegExp(`Succeeded ${name} `) })).toHaveCount(1, { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
});

test("a step that was never published is tried with an event, at an address for that alone", async ({ page, request }) => {
  await importWorkflow(page, fresh("Never published"), GREETING);
  await canvasNode(page, "Hook").click();
  const panel = page.getByRole("complementary", { name: "Hook" });
  await panel.getByRole("tab", { name: "Test" }).click();
  await panel.getByRole("button", { name: "Listen for a test event" }).click();
  await expect(panel.getByText("for tests alone: publishing gives the step another address")).toBeVisible();
  const address = await panel.locator("code").first().textContent();
  expect((await request.post(address!, { data: { name: "Grace" } })).status()).toBe(202);
  await panel.getByRole("button", { name: "Use as test input" }).click();
  expect((await request.post(address!, { data: { name: "Eve" } })).status()).toBe(410);
  await testFromHook(page, "Grace");
  // It is no trigger of the workflow, and no run came of it.
  await page.getByRole("tab", { name: "Triggers" }).click();
  await expect(page.getByText("Nothing starts by itself yet")).toBeVisible();
});

test("a schedule is made in the browser and fires", async ({ page }) => {
  await importWorkflow(page, "Heartbeat", { schema: 1, nodes: [{ id: "beat", kind: "set", config: { values: { alive: true } } }], edges: [] });
  await publish(page);
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("button", { name: "New trigger" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Kind").click();
  await page.getByRole("option", { name: "Schedule" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Each second");
  await dialog.getByLabel("Expression").fill("* * * * * *");
  await expect(dialog.getByRole("region", { name: "Next times" }).getByRole("listitem")).toHaveCount(5);
  await dialog.getByRole("button", { name: "Make trigger" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("list", { name: "Triggers" }).getByRole("button", { name: /Each second/ }).click();
  await expect(page.getByRole("list", { name: "Events" }).getByText("Started").first()).toBeVisible();
  await page.getByRole("combobox", { name: "Mode" }).click();
  await page.getByRole("option", { name: /^Disabled/ }).click();
  await expect(page.getByRole("list", { name: "Triggers" }).getByText("Disabled")).toBeVisible();
});
