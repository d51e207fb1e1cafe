import type { Locator, Page } from "@playwright/test";
import { drag, KeyboardHand, MouseHand } from "./hands";
import { expectOrderProcessing, OrderForms } from "./order-steps";
import { expect, test } from "./session";
import { expectNoProblems, expectStatus, outputOf, publish, runIdOf, startRun } from "./workflow-page";

test.describe.configure({ timeout: 400_000 });
// Thousands of keys: a record of each would take longer than they do.
test.use({ trace: "off" });

const stepNamed = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);

const PAID = { orderId: "1001", status: "paid" };

test("draw the order processing with the mouse alone, publish and run it", async ({ page }) => {
  const hand = new MouseHand(page);
  const forms = new OrderForms(page, hand);
  await page.goto("/main/workflows");
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("tab", { name: "Blank" }).click();
  await hand.write(page.getByRole("dialog").getByLabel("Name"), "Orders by mouse");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(stepNamed(page, "start")).toBeVisible();
  await page.getByRole("button", { name: "Show the steps" }).click();
  const palette = page.getByRole("region", { name: "Steps to add" });

  /** Fills in the step that is selected, closes its panel and shows the whole workflow. */
  const fill = async (id: string) => {
    await forms.fill(id);
    await page.getByRole("complementary").getByRole("button", { name: "Close panel" }).click();
    await expect(stepNamed(page, id)).toBeVisible();
    await page.getByRole("button", { name: "Fit View" }).click();
  };
  const addAfter = async (after: string, port: string | null, kind: RegExp, id: string) => {
    await stepNamed(page, after).getByRole("button", { name: port === null ? "Add a step" : `Add a step after ${port}`, exact: true }).click();
    await page.getByRole("dialog").getByRole("option", { name: kind }).click();
    await fill(id);
  };
  const dragOnto = async (kind: RegExp, target: Locator, id: string) => {
    await palette.getByRole("option", { name: kind }).scrollIntoViewIfNeeded();
    await drag(page, palette.getByRole("option", { name: kind }), target);
    await fill(id);
  };
  await stepNamed(page, "start").click();
  await fill("start");
  await addAfter("start", null, /^HTTP request/, "load");
  await addAfter("load", null, /^If(?! \/)/, "available");
  await dragOnto(/^For each/, page.getByRole("button", { name: "Insert a step here" }).nth(1), "stock");
  await expect(page.getByRole("group", { name: "Edge from Load the order, to For each line" })).toBeAttached();
  await dragOnto(/^HTTP request/, stepNamed(page, "stock:body"), "ask");
  await addAfter("available", "true", /^Try/, "payment");
  await dragOnto(/^HTTP request/, stepNamed(page, "payment:body"), "charge");
  await dragOnto(/^Log/, stepNamed(page, "payment:catch"), "tell");
  await addAfter("available", "false", /^Set values/, "backorder");
  await addAfter("payment", null, /^Set values/, "result");
  await drag(page, stepNamed(page, "backorder").locator(".react-flow__handle-bottom"), stepNamed(page, "result").locator(".react-flow__handle-top"));

  await page.getByRole("tab", { name: "Input and output" }).click();
  await forms.fillInputAndOutput();
  await page.getByRole("tab", { name: "Settings" }).click();
  await forms.fillSettings();
  await expectNoProblems(page);
  await expectOrderProcessing(page);

  await publish(page, "drawn by mouse");
  const runId = await startRun(page);
  await expectStatus(page, "Succeeded", 60_000);
  expect(await outputOf(page, runId)).toMatchObject(PAID);
});

test("draw the order processing with the keyboard alone, publish and run it", async ({ page }) => {
  const hand = new KeyboardHand(page);
  const forms = new OrderForms(page, hand);
  const press = (key: string) => page.keyboard.press(key);
  const command = async (text: string) => {
    await press("ControlOrMeta+k");
    const palette = page.getByRole("dialog", { name: "Command palette" });
    await expect(palette.getByRole("combobox")).toBeFocused();
    await page.keyboard.type(text);
    await expect(palette.getByRole("option", { name: text, selected: true })).toBeVisible();
    await press("Enter");
    await expect(palette).toBeHidden();
  };
  /** Types until it is found, walks the list to it, takes it. */
  const choose = async (key: string, text: string) => {
    await press(key);
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("combobox")).toBeFocused();
    await page.keyboard.type(text);
    const wanted = new RegExp(text, "i");
    const options = dialog.getByRole("option");
    await expect(options.filter({ hasText: wanted }).first()).toBeVisible();
    const most = await options.count();
    const active = dialog.getByRole("option", { selected: true });
    for (let step = 0; step < most && !wanted.test((await active.textContent())!); step += 1) await press("ArrowDown");
    await expect(active).toHaveText(wanted);
    await press("Enter");
    await expect(dialog).toBeHidden();
  };
  const find = async (id: string) => {
    await choose("ControlOrMeta+f", id);
    await expect(stepNamed(page, id)).toBeFocused();
  };
  /** Into the fields of the step in focus, through them, and back to it. */
  const fill = async (id: string) => {
    await press("Enter");
    await forms.fill(id);
    // In an editor, Escape is first for its suggestions.
    await hand.reach(page.getByRole("complementary").getByRole("tab", { selected: true }));
    await press("Escape");
    await expect(stepNamed(page, id)).toBeFocused();
  };
  const add = async (kind: string, drawnAs: string, id: string) => {
    await press("a");
    await expect(page.getByRole("dialog").getByRole("combobox", { name: "Search steps" })).toBeFocused();
    await page.keyboard.type(kind);
    await press("Enter");
    await expect(stepNamed(page, drawnAs)).toBeFocused();
    await fill(id);
  };
  await page.goto("/main");
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  await command("New workflow");
  await hand.show(page.getByRole("dialog").getByRole("tab", { name: "Blank" }));
  await hand.write(page.getByRole("dialog").getByLabel("Name"), "Orders by keys");
  await press("Enter");
  await expect(stepNamed(page, "start")).toBeVisible();

  await find("start");
  await fill("start");
  await add("http", "http", "load");
  await add("for each", "forEach", "stock");
  await add("http", "http", "ask");
  await find("stock");
  await add("if", "if", "available");
  await add("try", "tryCatch", "payment");
  await add("http", "http", "charge");
  await add("log", "log", "tell");
  await choose("m", "inside payment, catch");
  await expect(stepNamed(page, "tell")).toBeFocused();
  await find("payment");
  await add("set values", "set", "result");
  await find("available");
  await add("set values", "set", "backorder");
  await choose("c", "result");

  await command("Show: Input and output");
  await forms.fillInputAndOutput();
  await command("Show: Settings");
  await forms.fillSettings();
  await expectNoProblems(page);
  await expectOrderProcessing(page);

  await command("Publish this workflow");
  await hand.press(page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }));
  await expect(page.getByText(/Version 1 is published/)).toBeVisible();
  await command("Run this workflow");
  await hand.press(page.getByRole("dialog").getByRole("button", { name: "Start run" }));
  const runId = await runIdOf(page);
  await expectStatus(page, "Succeeded", 60_000);
  expect(await outputOf(page, runId)).toMatchObject(PAID);
});
