import { expect, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, publish, runIdOf } from "./workflow-page";

const flow = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "one", kind: "set", name: "First", config: { values: { answer: 1 } } },
    { id: "two", kind: "set", name: "Second", config: { values: { answer: 2 } } },
  ],
  edges: [{ from: "start", to: "one" }, { from: "one", to: "two" }],
};

test("publish, see what is different, restore, undo, and test an old version", async ({ page }) => {
  await importWorkflow(page, "History", flow);
  await publish(page, "as it began");
  await canvasNode(page, "Second").click();
  await page.locator("[data-rename-step]").fill("Changed");
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await page.getByRole("button", { name: "1 unpublished change" }).click();
  const comparison = page.getByRole("dialog", { name: "Compare" });
  await expect(comparison.getByRole("list", { name: "Changes" })).toContainText("Changed");
  await expect(comparison.locator("[data-change=changed]")).toBeVisible();
  await comparison.getByRole("tab", { name: "JSON" }).click();
  await expect(comparison.getByRole("textbox", { name: "Difference as JSON" })).toContainText('"Second"');
  await page.keyboard.press("Escape");

  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "More for version 1" }).click();
  await page.getByRole("menuitem", { name: "Restore to the draft" }).click();
  await expect(page.getByText("The draft is as version 1 was.")).toBeVisible();
  await page.getByRole("tab", { name: "Canvas" }).click();
  await expect(canvasNode(page, "Second")).toBeVisible();
  await expect(page.getByRole("button", { name: /unpublished change/ })).toBeHidden();
  await page.getByRole("listitem").filter({ hasText: "The draft is as version 1 was." }).getByRole("button", { name: "Undo", exact: true }).click();
  await expect(canvasNode(page, "Changed")).toBeVisible();

  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "More for version 1" }).click();
  await page.getByRole("menuitem", { name: "Test this version" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start run" }).click();
  await runIdOf(page);
  await expectStatus(page, "Succeeded");
});
