import { expect, fresh, test } from "./session";
import { canvasNode, expectNoProblems, expectStatus, openWorkflow, publish, replaceDraft, startRun, tell } from "./workflow-page";

test("the first page shows an example that ran, and puts its guide away for good", async ({ page }) => {
  // An attempt before may have put it away.
  await tell(page, "home.showGuide", { shown: true });
  await page.goto("/main");
  const guide = page.getByRole("region", { name: "Welcome. A workflow has run here already." });
  await expect(guide.getByText("Succeeded", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(guide.getByRole("group", { name: "Result", exact: true })).toContainText("paid");
  await expect(page.getByRole("region", { name: "Runs in the last 24 hours" }).getByRole("listitem").filter({ hasText: "Succeeded" })).toContainText(/[1-9]/);

  await guide.getByRole("button", { name: "Run it with your input" }).click();
  await expect(page.getByRole("dialog", { name: "Run Order processing" })).toBeVisible();
  await page.keyboard.press("Escape");
  await guide.getByRole("button", { name: "Put the guide away" }).click();
  await expect(guide).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(guide).toBeVisible();
  await guide.getByRole("button", { name: "Put the guide away" }).click();
  await expect(guide).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("link", { name: "In the queue" })).toBeVisible();
  await expect(guide).toHaveCount(0);

  await page.getByRole("link", { name: "Succeeded", exact: true }).click();
  await expect(page).toHaveURL(/runs\?status=succeeded&range=day&mode=production/);
  await expect(page.getByRole("row", { name: /Succeeded/ }).first()).toBeVisible();
});

test("open an example, edit it, publish it, run it and watch it live", async ({ page }) => {
  const name = fresh("Fetch the order");
  await openWorkflow(page, "Order processing");
  await expect(canvasNode(page, "Result")).toBeVisible();

  await replaceDraft(page, (text) => text.replace(/"(Load|Fetch) the order[ 0-9]*"/, `"${name}"`));
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await expect(page.getByText("Unpublished changes")).toBeVisible();
  await page.getByRole("tab", { name: "Canvas" }).click();
  await expect(canvasNode(page, name)).toBeVisible();

  const version = await publish(page, "Say fetch");
  await expect(page.locator("header").getByText(`Version ${version}`)).toBeVisible();
  await expect(page.getByText("Unpublished changes")).toBeHidden();

  await startRun(page);
  await expectStatus(page, "Succeeded");
  await expect(canvasNode(page, name).locator("[data-status=succeeded]").first()).toBeVisible();
  await expect(canvasNode(page, "Take the payment").getByText("attempt 2")).toBeVisible();

  await canvasNode(page, "Result").click();
  await expect(page.getByRole("complementary", { name: "Result" }).getByRole("group", { name: "Output", exact: true })).toContainText("paid");

  await page.getByRole("tab", { name: "Timeline" }).click();
  await expect(page.getByRole("button", { name: new RegExp(`${name}: Succeeded`) })).toBeVisible();

  await page.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name: "Runs" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`Succeeded Order processing v${version}`) }).first()).toBeVisible();
});

test("a draft with problems is saved, shows where they are, and cannot be published", async ({ page }) => {
  await openWorkflow(page, "Triage with a language model");
  await replaceDraft(page, (text) => text.replace('"kind": "llm"', '"kind": "oracle"'));
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await page.getByRole("region", { name: "Problems" }).getByRole("button", { name: /error/ }).click();
  await expect(page.getByRole("region", { name: "Problems" })).toContainText("oracle");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("oracle");
  await expect(dialog.getByRole("button", { name: "Publish", exact: true })).toBeDisabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await replaceDraft(page, (text) => text.replace('"kind": "oracle"', '"kind": "llm"'));
  await page.keyboard.press("ControlOrMeta+s");
  await expectNoProblems(page);
});
