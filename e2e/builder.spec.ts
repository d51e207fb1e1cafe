import type { Page } from "@playwright/test";
import { drag } from "./hands";
import { expect, test } from "./session";
import { canvasNode, expectNoProblems, expectStatus, outputOf, publish, startRun } from "./workflow-page";

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

test("draw three connected steps with the mouse, publish and run them", async ({ page }) => {
  await createBlank(page, "Drawn by mouse");
  await page.getByRole("button", { name: "Add a step", exact: true }).click();
  await page.getByRole("dialog").getByRole("option", { name: /^Set values/ }).click();
  await expect(edges(page)).toHaveCount(1);
  const panel = page.getByRole("complementary", { name: "Set values" });
  await panel.getByRole("button", { name: "Add", exact: true }).click();
  await expect(panel.getByLabel("Values: name 1")).toBeFocused();
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
  await stepNamed(page, "set").click();
  await stepNamed(page, "log").click({ modifiers: ["ControlOrMeta"] });
  await page.getByRole("toolbar", { name: "Arrange 2 selected" }).getByRole("button", { name: /^Align left/ }).click();
  await expect.poll(async () => Math.abs((await stepNamed(page, "set").boundingBox())!.x - (await stepNamed(page, "log").boundingBox())!.x)).toBeLessThan(1);
  await expectNoProblems(page);
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
  await expectNoProblems(page);
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");

  await publish(page);
  await startRun(page);
  await expectStatus(page, "Succeeded");
});

test("collapse, move, resize and note with the keyboard, and take it back", async ({ page }) => {
  await createBlank(page, "Arranged by keys");
  const add = async (kind: string, id: string) => {
    await page.keyboard.press("a");
    await expect(page.getByRole("dialog").getByRole("combobox", { name: "Search steps" })).toBeFocused();
    await page.keyboard.type(kind);
    await page.keyboard.press("Enter");
    await expect(stepNamed(page, id)).toBeFocused();
  };
  await add("try", "tryCatch");
  await add("http", "http");
  await add("log", "log");
  await page.keyboard.press("m");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("inside try / catch, catch");
  await page.keyboard.press("Enter");
  await expect(stepNamed(page, "log")).toBeFocused();
  await page.keyboard.press("ControlOrMeta+f");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("tryCatch");
  await page.keyboard.press("Enter");
  await expect(stepNamed(page, "tryCatch")).toBeFocused();

  await page.keyboard.press("e");
  await expect(stepNamed(page, "http")).toHaveCount(0);
  await expect(stepNamed(page, "tryCatch")).toHaveAttribute("aria-label", /^Try \/ catch: Try \/ catch, collapsed, 2 steps inside/);
  await page.keyboard.press("e");
  await expect(stepNamed(page, "http")).toHaveCount(1);
  const before = (await stepNamed(page, "tryCatch").boundingBox())!;
  await page.keyboard.press("r");
  for (let press = 0; press < 5; press++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(stepNamed(page, "tryCatch")).toBeFocused();
  await expect.poll(async () => (await stepNamed(page, "tryCatch").boundingBox())!.height).toBeGreaterThan(before.height);
  await page.keyboard.press("n");
  await expect(page.getByRole("textbox", { name: "Text of the note" })).toBeFocused();
  await page.keyboard.type("Ask sales first");
  await page.keyboard.press("Escape");
  await expect(stepNamed(page, "#note")).toHaveAttribute("aria-label", "Note: Ask sales first");
  await page.keyboard.press("ControlOrMeta+z");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(stepNamed(page, "#note")).toHaveCount(0);
});

test("do with menus what keys do: duplicate, delete with reconnect, delete a connection", async ({ page }) => {
  await createBlank(page, "Drawn by menus");
  const addAfter = async (id: string, kind: RegExp) => {
    await stepNamed(page, id).getByRole("button", { name: "Add a step", exact: true }).click();
    await page.getByRole("dialog").getByRole("option", { name: kind }).click();
  };
  await addAfter("start", /^Set values/);
  await addAfter("set", /^Log/);
  await expect(edges(page)).toHaveCount(2);
  await stepNamed(page, "set").click();
  await page.getByRole("button", { name: "More with this step" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(stepNamed(page, "set_2")).toBeVisible();
  await stepNamed(page, "set").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Delete and connect the rest" }).click();
  await expect(stepNamed(page, "set")).toHaveCount(0);
  await expect(page.getByRole("group", { name: "Edge from Start, to Log" })).toBeAttached();
  await expect(edges(page)).toHaveCount(1);
  await edges(page).first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete the connection" }).click();
  await expect(edges(page)).toHaveCount(0);
});
