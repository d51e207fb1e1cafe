import type { Page } from "@playwright/test";
import { expect, test } from "./session";
import { expectStatus, openWorkflow, runIdOf } from "./workflow-page";

/** On a page that was only just loaded the key is nobody's yet. */
async function openPalette(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Command palette" });
  await expect(async () => {
    if (!(await dialog.isVisible())) await page.keyboard.press("Control+k");
    await expect(dialog).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

test("one key opens pages, workflows, runs and what the page can do", async ({ page }) => {
  await page.goto("/main");
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  const palette = page.getByRole("dialog", { name: "Command palette" });
  const field = palette.getByRole("combobox");

  await openPalette(page);
  await expect(field).toBeFocused();
  await page.keyboard.type("secr");
  await expect(palette.getByRole("option", { name: /Secrets/, selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/settings\/secrets/);
  await expect(palette).toHaveCount(0);

  await page.getByRole("button", { name: "Search or run a command" }).click();
  await field.fill("paginated");
  // Runs of a workflow carry its name too.
  const workflows = palette.getByRole("group", { name: "Workflows" });
  await expect(workflows.getByRole("option", { name: "Read a paginated API" })).toBeVisible();
  await expect(palette.getByRole("option", { name: "Order processing" })).toHaveCount(0);
  await workflows.getByRole("option", { name: "Read a paginated API" }).click();
  await expect(page.getByRole("heading", { name: "Read a paginated API", level: 1 })).toBeVisible();

  await page.keyboard.press("Control+k");
  await field.fill("run this");
  await palette.getByRole("option", { name: "Run this workflow" }).click();
  await expect(page.getByRole("dialog", { name: "Run Read a paginated API" })).toBeVisible();
  // What is being filled in stays in front.
  await page.keyboard.press("Control+k");
  await expect(palette).toHaveCount(0);
  await page.getByRole("dialog").getByRole("button", { name: "Start run" }).click();
  const runId = await runIdOf(page);
  await expectStatus(page, "Succeeded");

  await page.goto("/main/workflows");
  await openPalette(page);
  await field.fill(runId);
  await expect(palette.getByRole("option", { name: `Open the run ${runId}`, selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(runId));
});

test("the palette leaves the keys of the builder alone, and gives the focus back", async ({ page }) => {
  await openWorkflow(page, "Read a paginated API");
  const steps = page.locator(".react-flow__node");
  await expect(steps.first()).toBeVisible();
  const before = await steps.count();
  const button = page.getByRole("button", { name: "Search or run a command" });
  await button.focus();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" }).getByRole("combobox")).toBeFocused();
  await page.keyboard.type("a");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(steps).toHaveCount(before);
});

test("a command changes the colours", async ({ page }) => {
  await page.goto("/main/runs");
  await openPalette(page);
  await page.getByRole("dialog").getByRole("combobox").fill("dark");
  await expect(page.getByRole("dialog").getByRole("option", { name: "Dark colours", selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.locator("html")).toHaveClass(/(^| )dark( |$)/);
});
