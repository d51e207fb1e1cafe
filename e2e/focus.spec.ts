import { expect, test } from "./session";
import { canvasNode, importWorkflow } from "./workflow-page";

const fetching = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "fetch", kind: "http", name: "Fetch", config: { method: "GET", url: "https://example.com/" } },
  ],
  edges: [{ from: "start", to: "fetch" }],
};

test("keys stay in the field that is written in, however long the text gets and whatever it becomes", async ({ page }) => {
  await importWorkflow(page, "Written in", fetching);
  await canvasNode(page, "Fetch").click();
  const url = page.getByRole("textbox", { name: "URL" });
  const long = `https://example.com/${"a".repeat(69)}`;
  await url.fill(long);
  await url.press("End");
  await page.keyboard.type("bcdef");
  await expect(url).toHaveValue(`${long}bcdef`);
  await expect(url).toBeFocused();
  for (let count = 0; count < 6; count++) await page.keyboard.press("Backspace");
  await expect(url).toHaveValue(long.slice(0, -1));

  await url.fill("");
  await page.keyboard.type("{{ steps.a");
  await expect(url).toContainText("{{ steps.a");
  await page.keyboard.press("Escape");
  await url.click();
  await page.keyboard.press("ControlOrMeta+a");
  for (let count = 0; count < 3; count++) await page.keyboard.press("Backspace");
  await page.keyboard.type("plain");
  await expect(url).toHaveText("plain");
  await expect(canvasNode(page, "Fetch")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  const first = canvasNode(page, "Start");
  await first.focus();
  await page.keyboard.press("Shift+Enter");
  await expect(page.getByRole("toolbar", { name: "Arrange 2 selected" })).toBeVisible();
  await page.keyboard.press("Shift+Enter");
  await expect(page.getByRole("toolbar", { name: /^Arrange/ })).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(first).toBeFocused();
});

test("an expression is begun in the middle of a text, and written there", async ({ page }) => {
  await importWorkflow(page, "Begun in the middle", fetching);
  await canvasNode(page, "Fetch").click();
  const url = page.getByRole("textbox", { name: "URL" });
  await url.fill("https://example.com/items/all");
  await url.press("End");
  for (let count = 0; count < 3; count++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("{{ input.kind }}/");
  await expect(page.getByRole("complementary", { name: "Fetch" }).locator(".cm-content").first()).toBeFocused();
  await expect(url).toHaveText("https://example.com/items/{{ input.kind }}/all");
});

test("the editor stays while the server cannot be reached, and says so", async ({ page, context }) => {
  await importWorkflow(page, "Out of reach", fetching);
  await canvasNode(page, "Fetch").click();
  const url = page.getByRole("textbox", { name: "URL" });
  await context.setOffline(true);
  await url.fill("https://example.com/typed-offline");
  await expect(async () => {
    // As when somebody comes back to the tab.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await expect(page.getByText("This page may be out of date.")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(url).toHaveValue("https://example.com/typed-offline");
  await context.setOffline(false);
  await expect(page.getByRole("button", { name: "Saved", exact: true })).toBeVisible();
});

test("an edit is saved though the page is left at once", async ({ page }) => {
  await importWorkflow(page, "Left at once", fetching);
  await canvasNode(page, "Fetch").click();
  await page.getByRole("textbox", { name: "URL" }).fill("https://example.com/the-last-edit");
  await page.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name: "Runs" }).click();
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
  await page.goBack();
  await canvasNode(page, "Fetch").click();
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveValue("https://example.com/the-last-edit");
  await expect(page.getByText(/Your unsaved edit/)).toHaveCount(0);
});

test("letters act on the canvas alone, and lead along connections", async ({ page }) => {
  await importWorkflow(page, "Letters", fetching);
  await canvasNode(page, "Fetch").click();
  await page.getByRole("complementary", { name: "Fetch" }).getByRole("button", { name: "Edit in JSON" }).focus();
  for (const key of ["x", "Backspace", "t"]) await page.keyboard.press(key);
  await page.keyboard.press("Escape");
  await expect(canvasNode(page, "Fetch")).toBeFocused();
  await page.keyboard.press("[");
  await expect(canvasNode(page, "Start")).toBeFocused();
  await page.keyboard.press("]");
  await expect(canvasNode(page, "Fetch")).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(canvasNode(page, "Fetch")).toHaveCount(0);
});

test("what is half written is there again: JSON of a field, and a pin that was not set", async ({ page }) => {
  await importWorkflow(page, "Half written", { schema: 1, nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }, { id: "one", kind: "set", name: "One", config: { values: { list: [1] } } }], edges: [{ from: "start", to: "one" }] });
  await canvasNode(page, "One").click();
  const panel = page.getByRole("complementary", { name: "One" });
  const list = panel.getByLabel("Values: value of list");
  await list.fill("[1, 2,");
  await expect(panel.getByText("This is not JSON yet.").first()).toBeVisible();
  await canvasNode(page, "Start").click();
  await canvasNode(page, "One").click();
  await expect(list).toHaveValue("[1, 2,");
  await expect(panel.getByText("This is not JSON yet.").first()).toBeVisible();
  await list.fill("[1, 2, 3]");
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();

  await panel.getByRole("tab", { name: "Test" }).click();
  await panel.getByRole("button", { name: "Write a pin" }).click();
  const editor = page.getByRole("dialog").getByRole("textbox", { name: "Pinned output as JSON" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type('"written by hand');
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await panel.getByRole("button", { name: "Write a pin" }).click();
  await expect(editor).toContainText("written by hand");
  await page.getByRole("dialog").getByRole("button", { name: "Begin anew" }).click();
  await expect(editor).toHaveText("null");
});
