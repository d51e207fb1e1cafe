import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./session";
import { canvasNode, expectStatus, outputOf, publish, startRun } from "./workflow-page";

async function createBlank(page: Page, name: string): Promise<void> {
  await page.goto("/main/workflows");
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("tab", { name: "Blank" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(canvasNode(page, "Start")).toBeVisible();
}

const edges = (page: Page) => page.locator(".react-flow__edge");
const stepNamed = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const begin = (await from.boundingBox())!;
  const end = (await to.boundingBox())!;
  await page.mouse.move(begin.x + begin.width / 2, begin.y + begin.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
  await page.mouse.up();
}

test("draw three connected steps with the mouse, publish and run them", async ({ page }) => {
  await createBlank(page, "Drawn by mouse");
  await page.getByRole("button", { name: "Add a step", exact: true }).click();
  await page.getByRole("dialog").getByRole("option", { name: /^Set values/ }).click();
  await expect(edges(page)).toHaveCount(1);
  const panel = page.getByRole("complementary", { name: "Set values" });
  await panel.getByRole("button", { name: "Add", exact: true }).click();
  await panel.getByLabel("Values: name 1").fill("total");
  await panel.getByLabel("Values: value of total").fill("{{ 20 + 22 }}");
  await panel.getByRole("button", { name: "Close panel" }).click();

  await page.getByRole("button", { name: "Show the steps" }).click();
  const canvas = (await page.locator(".react-flow__pane").boundingBox())!;
  await page.getByRole("region", { name: "Steps to add" }).getByRole("option", { name: /^Log/ }).dragTo(page.locator(".react-flow__pane"), { targetPosition: { x: canvas.width / 2, y: canvas.height - 90 } });
  const log = page.getByRole("complementary", { name: "Log" });
  await log.getByLabel("Message").fill("The total is {{ steps.set.output.total }}");
  await log.getByRole("button", { name: "Close panel" }).click();
  await drag(page, stepNamed(page, "set").locator(".react-flow__handle-bottom"), stepNamed(page, "log").locator(".react-flow__handle-top"));
  await expect(edges(page)).toHaveCount(2);
  await expect(page.getByText("No problems")).toBeVisible();
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();

  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId, "set")).toEqual({ total: 42 });
});

test("draw three connected steps with the keyboard, take one back, publish and run", async ({ page }) => {
  await createBlank(page, "Drawn by keys");
  const add = async (kind: string) => {
    await page.keyboard.press("a");
    await expect(page.getByRole("dialog").getByRole("combobox", { name: "Search steps" })).toBeFocused();
    await page.keyboard.type(kind);
    await page.keyboard.press("Enter");
  };
  await add("set values");
  await expect(stepNamed(page, "set")).toBeFocused();
  await add("delay");
  await expect(stepNamed(page, "delay")).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(edges(page)).toHaveCount(1);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(edges(page)).toHaveCount(2);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(stepNamed(page, "delay")).toHaveCount(0);
  await add("transform");
  await expect(stepNamed(page, "transform")).toBeFocused();
  await expect(page.getByText("No problems")).toBeVisible();
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");

  await publish(page);
  await startRun(page);
  await expectStatus(page, "Succeeded");
});
