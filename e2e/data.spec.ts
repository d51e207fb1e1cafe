import type { Page } from "@playwright/test";
import { expect, fresh, test } from "./session";
import { ask, canvasNode, expectNoProblems, importWorkflow, outputOf, tell } from "./workflow-page";

const definition = (text: string) => ({
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "order", kind: "set", name: "Order", config: { values: { total: 42, lines: [{ sku: "a" }, { sku: "b" }] } } },
    { id: "say", kind: "set", name: "Say", config: { values: { text } } },
  ],
  edges: [{ from: "start", to: "order" }, { from: "order", to: "say" }],
});

const panel = (page: Page, name: string) => page.getByRole("complementary", { name });
const tests = (page: Page) => page.getByRole("group", { name: "Tests of the draft" });

async function select(page: Page, name: string): Promise<void> {
  await canvasNode(page, name).click({ position: { x: 30, y: 20 } });
  await expect(panel(page, name)).toBeVisible();
}

test("pin an output and test the step after it alone", async ({ page }) => {
  await importWorkflow(page, "Pinned", definition("{{ steps.order.output.total }} euros"));
  await tests(page).getByRole("button", { name: "Test", exact: true }).click();
  await expect(tests(page).getByText("Succeeded")).toBeVisible({ timeout: 30_000 });
  await expect(canvasNode(page, "Say").locator('[data-status="succeeded"]')).toBeVisible();

  await select(page, "Order");
  await panel(page, "Order").getByRole("tab", { name: "Test" }).click();
  await panel(page, "Order").getByRole("button", { name: "Write a pin" }).click();
  const editor = page.getByRole("dialog").getByRole("textbox", { name: "Pinned output as JSON" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText('{ "total": 7 }');
  await page.getByRole("dialog").getByRole("button", { name: "Pin", exact: true }).click();
  await expect(canvasNode(page, "Order").locator("[data-pinned]")).toBeVisible();

  await select(page, "Say");
  await page.locator('.react-flow__node[data-id="say"]').focus();
  await page.keyboard.press("t");
  await expect(tests(page).getByText("only Say")).toBeVisible({ timeout: 30_000 });
  await expect(panel(page, "Say").getByRole("group", { name: "Output" }).getByText("7 euros")).toBeVisible({ timeout: 30_000 });

  await select(page, "Order");
  await panel(page, "Order").getByRole("button", { name: "Unpin output" }).click();
  await expect(canvasNode(page, "Order").locator("[data-pinned]")).toHaveCount(0);
});

test("an input is kept under a name, and later tests begin with it", async ({ page }) => {
  const sample = fresh("Seven of them");
  await importWorkflow(page, fresh("Sampled"), {
    ...definition("{{ input.count }} lamps"),
    input: { type: "object", required: ["count"], properties: { count: { type: "number", title: "Count" } } },
  });
  const workflowId = /workflows\/([0-9a-f-]+)/.exec(page.url())![1];
  const outputs = async () => {
    const { items } = (await ask(page, "runs.list", { workflowId, mode: "test" })) as { items: { id: string; status: string }[] };
    return Promise.all(items.map(async ({ id, status }) => (status === "succeeded" ? await outputOf(page, id, "say") : status)));
  };
  const dialog = page.getByRole("dialog", { name: "Input of the test" });
  const input = tests(page).getByRole("button", { name: "Input of tests" });
  await input.click();
  await dialog.getByLabel("Count").fill("7");
  await dialog.getByRole("button", { name: "Keep as sample" }).click();
  await dialog.getByLabel("Name of the sample").fill(sample);
  await dialog.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(dialog.getByRole("combobox", { name: "Sample input" })).toHaveText(sample);
  await dialog.getByRole("button", { name: "Use for tests" }).click();
  await expect(input).toHaveText(sample);
  await tests(page).getByRole("button", { name: "Test", exact: true }).click();
  await expect.poll(outputs).toEqual([{ text: "7 lamps" }]);

  // As somebody who comes back to it later, from elsewhere.
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await tests(page).getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByRole("combobox", { name: "Sample input" }).click();
  await page.getByRole("option", { name: sample }).click();
  await expect(dialog.getByLabel("Count")).toHaveValue("7");
  await dialog.getByRole("button", { name: "Start test" }).click();
  await expect.poll(outputs).toEqual([{ text: "7 lamps" }, { text: "7 lamps" }]);
});

test("see that a reference is broken, and mend it by choosing a value", async ({ page }) => {
  await importWorkflow(page, fresh("Broken"), definition("{{ steps.odrer.output.total }}"));
  await select(page, "Say");
  const say = panel(page, "Say");
  await expect(say.getByRole("list", { name: "Problems of this step" }).getByText('there is no step "odrer"')).toBeVisible();
  const field = say.getByRole("textbox", { name: "Values: value of text" });
  await field.click();
  // What is typed before the editor is there would be a command of the canvas.
  await expect(say.locator(".cm-content").first()).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await say.getByRole("button", { name: "Expression", exact: true }).click();
  // The editor takes the focus once it is loaded, which would close what was opened before.
  await expect(say.locator(".cm-editor").first()).toBeVisible();
  await say.getByRole("button", { name: /^Insert a value into Values: value of text/ }).click();
  const values = page.getByRole("dialog", { name: "Values to insert" });
  await values.getByRole("textbox", { name: "Search the values" }).fill("total");
  await values.getByRole("button", { name: "total", exact: true }).click();
  await expect(field).toHaveText("{{ steps.order.output.total }}");
  await expectNoProblems(page);
});

test("a called workflow is opened from its step, by its button and by a key", async ({ page }) => {
  await importWorkflow(page, "Called by step", definition("called"));
  const slug = "called-by-step";
  await importWorkflow(page, "Caller of step", {
    schema: 1,
    nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }, { id: "call", kind: "subworkflow", name: "Call it", config: { workflow: slug } }],
    edges: [{ from: "start", to: "call" }],
  });
  await select(page, "Call it");
  await expect(panel(page, "Call it").getByRole("link", { name: "Open Called by step" })).toBeVisible();
  await page.locator('.react-flow__node[data-id="call"]').focus();
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { name: "Called by step", level: 1 })).toBeVisible();
  await page.goBack();
  await select(page, "Call it");
  await panel(page, "Call it").getByRole("link", { name: "Open Called by step" }).click();
  await expect(page.getByRole("heading", { name: "Called by step", level: 1 })).toBeVisible();
});

test("see that a variable which the draft reads is not there, until it is made", async ({ page }) => {
  const variable = fresh("NOT_HERE", "_").replaceAll("-", "_");
  await importWorkflow(page, fresh("Reads a variable"), definition(`{{ vars.${variable} }}`));
  const message = `There is no variable "${variable}" in the folders of this workflow or in the workspace.`;
  await expect(canvasNode(page, "Say").getByText("1 warning")).toBeAttached();
  const problems = page.getByRole("region", { name: "Problems" });
  await problems.getByRole("button", { name: "1 warning" }).click();
  await problems.getByRole("button", { name: message }).click();
  await expect(panel(page, "Say").getByRole("list", { name: "Problems of this step" }).getByText(message)).toBeVisible();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByRole("dialog").getByText(message)).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  // Somebody else makes it, while a button below the list of problems is pressed: what goes does not move it away.
  const add = panel(page, "Say").getByRole("button", { name: "Add", exact: true });
  await add.hover();
  await page.mouse.down();
  const heard = page.waitForResponse((response) => response.url().includes("transfer.missing"));
  await tell(page, "variables.set", { name: variable, value: 1 });
  await (await heard).finished();
  await page.mouse.up();
  await expect(panel(page, "Say").getByRole("textbox", { name: "Values: name 2" })).toBeVisible();
  await expect(panel(page, "Say").getByRole("list", { name: "Problems of this step" })).toHaveCount(0);
  await expectNoProblems(page);
  await tell(page, "variables.delete", { name: variable });
  await expect(problems.getByRole("button", { name: "1 warning" })).toBeVisible();
});
