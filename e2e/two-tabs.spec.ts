import type { Page } from "@playwright/test";
import { expect, test } from "./session";
import { ask, canvasNode, importWorkflow, replaceDraft } from "./workflow-page";

const flow = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "one", kind: "set", name: "First", config: { values: { answer: 1 } } },
    { id: "two", kind: "set", name: "Second", config: { values: { answer: 2 } } },
  ],
  edges: [{ from: "start", to: "one" }, { from: "one", to: "two" }],
};

async function rename(page: Page, from: string, to: string): Promise<void> {
  await canvasNode(page, from).click();
  await page.locator("[data-rename-step]").fill(to);
}

const isSaved = (page: Page) => expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
const namesOnServer = async (page: Page) => {
  const { definition } = (await ask(page, "workflows.get", { workflowId: /workflows\/([0-9a-f-]+)/.exec(page.url())![1] })) as { definition: typeof flow };
  return definition.nodes.map(({ name }) => name);
};

test("two tabs edit different steps: both edits stand, and each tab shows the other's at once", async ({ page, context }) => {
  await importWorkflow(page, "Side by side", flow);
  const other = await context.newPage();
  await other.goto(page.url());
  // It is told for a moment only.
  await Promise.all([expect(page.getByText("Another tab changed “Theirs”.")).toBeVisible(), rename(other, "Second", "Theirs")]);
  await isSaved(other);
  await expect(canvasNode(page, "Theirs")).toBeVisible();

  await rename(page, "First", "Mine");
  await rename(other, "Theirs", "Theirs again");
  await isSaved(page);
  await isSaved(other);
  await expect(canvasNode(page, "Theirs again")).toBeVisible();
  await expect(canvasNode(other, "Mine")).toBeVisible();
  await expect.poll(() => namesOnServer(page)).toEqual(["Start", "Mine", "Theirs again"]);

  // Undo takes back one's own edit, not the other's.
  await page.locator(".react-flow__pane").click({ position: { x: 5, y: 200 } });
  await page.keyboard.press("ControlOrMeta+z");
  await expect(canvasNode(page, "First")).toBeVisible();
  await expect(canvasNode(page, "Theirs again")).toBeVisible();
});

test("who writes in a step goes on writing while the other tab changes another field of it", async ({ page, context }) => {
  await importWorkflow(page, "Same step", flow);
  const other = await context.newPage();
  await other.goto(page.url());
  await rename(page, "First", "Mine");
  await isSaved(page);
  const name = page.locator("[data-rename-step]");
  await name.press("Home");
  await canvasNode(other, "Mine").click();
  await other.getByRole("button", { name: "Add", exact: true }).click();
  await other.getByLabel("Values: name 2").fill("theirs");
  await other.getByLabel("Values: value of theirs").fill("yes");
  await isSaved(other);
  await expect(page.getByLabel("Values: value of theirs")).toHaveValue("yes");
  await page.keyboard.type("All ");
  await expect(name).toHaveValue("All Mine");
  await isSaved(page);
  await expect(canvasNode(other, "All Mine")).toBeVisible();
});

test("two tabs edit the same field: both values are shown, and the choice is saved", async ({ page, context }) => {
  await importWorkflow(page, "Head on", flow);
  await page.getByRole("tab", { name: "JSON" }).click();
  await replaceDraft(page, (text) => text.replace('"First"', '"Mine"'));
  const other = await context.newPage();
  await other.goto(page.url().replace(/\?.*/, ""));
  await rename(other, "First", "Theirs");
  await rename(other, "Second", "New second");
  await isSaved(other);

  const choice = page.getByRole("region", { name: "Edits that collide" });
  await expect(choice.getByText("You and another tab both changed “Mine”.")).toBeVisible();
  await expect(choice.getByText("Mine", { exact: true }).last()).toBeVisible();
  await expect(choice.getByText("Theirs", { exact: true }).last()).toBeVisible();
  await page.getByRole("tab", { name: "Canvas" }).click();
  await expect(canvasNode(page, "New second")).toBeVisible();
  await choice.getByRole("button", { name: "Keep mine: Mine" }).click();
  await expect(choice).toBeHidden();
  await page.getByRole("button", { name: "Save" }).click();
  await isSaved(page);
  await expect(canvasNode(other, "Mine")).toBeVisible();
  expect(await namesOnServer(page)).toEqual(["Start", "Mine", "New second"]);
});

test("a tab that is killed in the middle of an edit leaves it to the next one", async ({ page, context }) => {
  await importWorkflow(page, "Killed", flow);
  const address = page.url();
  const doomed = await context.newPage();
  await doomed.goto(address);
  await doomed.route("**/api/trpc/workflows.updateDraft*", (route) => route.abort());
  await rename(doomed, "First", "Not yet saved");
  await expect(canvasNode(doomed, "Not yet saved")).toBeVisible();
  // A page that is closed saves what it still can; one that dies does not.
  const died = doomed.waitForEvent("crash");
  void (await context.newCDPSession(doomed)).send("Page.crash").catch(() => {});
  await died;

  await page.goto(address);
  await expect(page.getByText(/Your unsaved edit .* is back/)).toBeVisible();
  await expect(canvasNode(page, "Not yet saved")).toBeVisible();
  await page.getByRole("button", { name: "Keep it" }).click();
  await isSaved(page);
  expect(await namesOnServer(page)).toContain("Not yet saved");
});

test("each tab shows who else is here, and at which step", async ({ page, context }) => {
  await importWorkflow(page, "Company", flow);
  const other = await context.newPage();
  await other.goto(page.url());
  await canvasNode(other, "Second").click();
  await expect(page.getByRole("list", { name: "Also here" }).getByText("You, in another tab, at Second")).toBeAttached();
  await expect(canvasNode(page, "Second").getByText("is here")).toBeAttached();
  await other.close();
  await expect(page.getByRole("list", { name: "Also here" })).toBeHidden({ timeout: 50_000 });
});
