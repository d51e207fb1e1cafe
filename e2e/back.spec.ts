import { expect, fresh, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, openWorkflow, pickWorkflow, publish, startRun } from "./workflow-page";

const two = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "one", kind: "set", name: "Answer", config: { values: { answer: 1 } } },
    { id: "two", kind: "log", name: "Say", config: { message: "that was all" } },
  ],
  edges: [{ from: "start", to: "one" }, { from: "one", to: "two" }],
};

test("Back leads to another page, not to the one whose panel was closed", async ({ page }) => {
  await importWorkflow(page, "Looked at closely", two);
  await publish(page);
  const run = await startRun(page);
  await expectStatus(page, "Succeeded");
  await page.goto("/main/runs");
  await page.getByRole("link", { name: "Looked at closely" }).first().click();
  await expect(page).toHaveURL(new RegExp(`runs/${run}$`));
  for (const step of ["Answer", "Say"]) await canvasNode(page, step).click();
  const panel = page.getByRole("complementary", { name: "Say" });
  await panel.getByRole("button", { name: "Close panel" }).click();
  await expect(panel).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`runs/${run}$`));
  await page.goBack();
  await expect(page).toHaveURL(/\/main\/runs$/);
  await page.goForward();
  await expect(page).toHaveURL(new RegExp(`runs/${run}$`));

  // What was chosen beside an open panel stays when it closes.
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByRole("log").getByRole("button", { name: "two", exact: true }).click();
  await expect(panel).toBeVisible();
  await page.getByRole("combobox", { name: "Least severe level" }).click();
  await page.getByRole("option", { name: "Info and worse" }).click();
  await expect(page).toHaveURL(/level=info/);
  await panel.getByRole("button", { name: "Close panel" }).click();
  await expect(page).toHaveURL(new RegExp(`runs/${run}\\?tab=logs&level=info$`));
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Canvas" })).toHaveAttribute("aria-selected", "true");
});

test("filters of the list of runs are one place, whichever version is chosen", async ({ page }) => {
  await importWorkflow(page, "Of two versions", two);
  await publish(page);
  await page.goto("/main/workflows");
  await expect(page.getByRole("heading", { name: "Workflows", level: 1 })).toBeVisible();
  await page.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name: "Runs" }).click();
  await pickWorkflow(page, "Of two versions");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByLabel("Version").click();
  await page.getByRole("option", { name: /1/ }).first().click();
  await expect(page).toHaveURL(/version=/);
  await page.goBack();
  await expect(page).toHaveURL(/\/main\/workflows$/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("Back closes the step that is filled in, and then leaves the workflow", async ({ page }) => {
    const name = fresh("Held in a hand");
    await importWorkflow(page, name, two);
    await openWorkflow(page, name);
    const sheet = page.getByRole("dialog", { name: "Answer" });
    const open = async () => {
      await canvasNode(page, "Answer").tap();
      await page.getByRole("button", { name: "Set up", exact: true }).tap();
      await expect(sheet).toBeVisible();
    };
    await open();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), "pixels that stick out").toBeLessThanOrEqual(0);
    await page.goBack();
    await expect(sheet).toHaveCount(0);
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await open();
    await sheet.getByRole("button", { name: "Close" }).tap();
    await expect(sheet).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL(/\/main\/workflows\?q=/);
  });

  test("what is wrong with a long text is in view while it is written", async ({ page }) => {
    await importWorkflow(page, "Written in a hand", { ...two, nodes: [...two.nodes, ...Array.from({ length: 12 }, (_, index) => ({ id: `more_${index}`, kind: "log", config: { message: "more" } }))] });
    await page.getByRole("tab", { name: "JSON" }).tap();
    const editor = page.getByRole("textbox", { name: "Draft as JSON" });
    await editor.click({ position: { x: 200, y: 20 } });
    await page.keyboard.type("x");
    await expect(page.getByRole("button", { name: /The JSON is broken/ })).toBeInViewport();
  });
});
