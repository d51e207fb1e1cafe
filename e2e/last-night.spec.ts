import { expect, fresh, test } from "./session";
import { expectStatus, importWorkflow, publish, runIdOf, startRun } from "./workflow-page";

const orders = {
  schema: 1,
  input: { type: "object", required: ["order"], properties: { order: { type: "string", title: "Order" } } },
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "look", kind: "set", name: "Look it up", config: { values: { lines: null } } },
    { id: "count", kind: "set", name: "Count the lines", config: { values: { lines: "{{ steps.look.output.lines.length }}" } } },
  ],
  edges: [{ from: "start", to: "look" }, { from: "look", to: "count" }],
};

test("a failed run is found by a value in its input, and re-run from the failed step", async ({ page }) => {
  const [name, order] = [fresh("Night orders"), fresh("ORD-77120", "-")];
  await importWorkflow(page, name, orders);
  await publish(page);
  const first = await startRun(page, "Run", async (dialog) => dialog.getByLabel("Order").fill(order));
  await expectStatus(page, "Failed");
  await page.goto("/main/runs");
  const found = page.getByRole("row", { name: new RegExp(`Failed ${name}`) });
  await expect(found).toBeVisible();
  await page.getByRole("searchbox", { name: "Search input, output, error or id" }).fill(order);
  await expect(page).toHaveURL(new RegExp(`q=${order}`));
  // A run is found by its values once it was indexed, a moment after its end.
  await expect(async () => {
    await page.reload();
    await expect(found).toHaveCount(1, { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await found.getByRole("link", { name }).click();
  await expect(page).toHaveURL(new RegExp(first));
  const summary = page.getByRole("alert").filter({ hasText: "Count the lines" });
  await expect(summary).toContainText("lines");
  await summary.getByRole("button", { name: "Re-run from this step" }).click();
  await expect(page).not.toHaveURL(new RegExp(first));
  await runIdOf(page);
  await expectStatus(page, "Failed");
  await expect(page.getByText("another run from count")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a failed run is read: why, which step, its values, the times and the logs", async ({ page }) => {
    await importWorkflow(page, "Phone orders", orders);
    await publish(page);
    await startRun(page, "Run", async (dialog) => dialog.getByLabel("Order").fill("ORD-1"));
    await expectStatus(page, "Failed");
    const summary = page.getByRole("alert").filter({ hasText: "Count the lines" });
    await expect(summary).toBeInViewport();
    await summary.getByRole("button", { name: "Show the step" }).click();
    const sheet = page.getByRole("dialog", { name: "Count the lines" });
    await expect(sheet.getByText("lines").first()).toBeInViewport();
    await sheet.getByRole("tab", { name: "Input" }).click();
    await expect(sheet.getByRole("button", { name: "Re-run from here" })).toBeVisible();
    await page.goBack();
    await expect(sheet).toBeHidden();
    await expect(summary).toBeInViewport();
    for (const tab of ["Timeline", "Logs", "Data"]) {
      await page.getByRole("tab", { name: tab }).click();
      await expect(page.getByRole("tab", { name: tab })).toHaveAttribute("aria-selected", "true");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${tab}: pixels that stick out`).toBeLessThanOrEqual(0);
    }
    await expect(page.getByText("ORD-1").first()).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("tab", { name: "Logs" })).toHaveAttribute("aria-selected", "true");
  });
});
