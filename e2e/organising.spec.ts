import type { Page } from "@playwright/test";
import { drag } from "./hands";
import { expect, fresh, test } from "./session";
import { canvasNode, importWorkflow } from "./workflow-page";

const greeting = (text: string) => ({
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "say", kind: "log", name: "Say it", config: { level: "info", message: text } },
  ],
  edges: [{ from: "start", to: "say" }],
});

const list = (page: Page) => page.getByRole("list", { name: "Workflows" });
const row = (page: Page, name: string) => list(page).getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
const places = (page: Page) => page.getByRole("navigation", { name: "Places of workflows" });

async function choose(page: Page, name: string, action: string): Promise<void> {
  await row(page, name).getByRole("button", { name: `More actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("workflows are put into a folder, tagged, liked, found by what a step says, archived and restored", async ({ page }) => {
  const [mills, boats, folder, tag] = [fresh("Hello to mills"), fresh("Hello to boats"), fresh("Greetings"), fresh("river")];
  await importWorkflow(page, mills, greeting("the wheel of the mill turns"));
  await importWorkflow(page, boats, greeting("the boat waits in the lock"));
  await page.goto("/main/workflows");
  await page.getByRole("button", { name: "New folder" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(folder);
  await page.getByRole("dialog").getByRole("button", { name: "Create folder" }).click();
  await drag(page, row(page, mills), places(page).getByRole("button", { name: folder }).first());
  await expect(page.getByText(`Moved to ${folder}.`)).toBeVisible();
  await choose(page, boats, "Move to folder …");
  await page.getByRole("dialog").getByRole("button", { name: folder }).click();
  await expect(places(page).getByRole("button", { name: `${folder} 2 workflows` })).toBeVisible();

  await choose(page, boats, "Tags …");
  await page.getByRole("dialog").getByRole("button", { name: "New tag" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(tag);
  await page.getByRole("dialog").getByRole("button", { name: "Create tag" }).click();
  await expect(row(page, boats).getByText(tag)).toBeVisible();
  await row(page, boats).getByRole("button", { name: `Favourite: ${boats}` }).click();
  await expect(list(page).getByRole("listitem").first()).toContainText(boats);

  await places(page).getByRole("button", { name: `${folder} 2 workflows` }).click();
  await expect(page).toHaveURL(/folder=/);
  await expect(list(page).getByRole("link", { name: /^Hello to/ })).toHaveCount(2);
  await places(page).getByRole("button", { name: `${tag} 1 workflows` }).click();
  await expect(page).toHaveURL(/folder=.*tag=/);
  await page.reload();
  await expect(list(page).getByRole("link", { name: /^Hello to/ })).toHaveCount(1);

  await page.goto("/main/workflows");
  await page.getByRole("searchbox", { name: "Search workflows" }).fill("wheel mill");
  await expect(row(page, boats)).toHaveCount(0);
  await row(page, mills).getByRole("list", { name: "Found in" }).getByRole("link", { name: /Say it/ }).first().click();
  await expect(page.getByRole("complementary", { name: "Say it" })).toBeVisible();

  await page.goto("/main/workflows");
  await choose(page, mills, "Archive");
  await expect(row(page, mills)).toHaveCount(0);
  await places(page).getByRole("button", { name: /^Archived/ }).click();
  await choose(page, mills, "Restore");
  await expect(row(page, mills)).toHaveCount(0);
  await places(page).getByRole("button", { name: /^All workflows/ }).click();
  await expect(row(page, mills)).toBeVisible();
});

test("a template becomes a workflow that can be run", async ({ page }) => {
  await page.goto("/main/workflows");
  await page.getByRole("link", { name: "Templates" }).click();
  await page.getByRole("button", { name: "Use template Retry with backoff" }).click();
  await expect(page.getByRole("heading", { name: /Retry with backoff/, level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
});

test("steps are copied into another workflow, where what they read among themselves is renamed and the rest is named", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await importWorkflow(page, "Copied from", {
    schema: 1,
    nodes: [
      { id: "start", kind: "trigger.manual", name: "Start" },
      { id: "rate", kind: "set", name: "Rate", config: { values: { percent: 19 } } },
      { id: "sum", kind: "set", name: "Sum", config: { values: { net: 100 } } },
      { id: "gross", kind: "set", name: "Gross", config: { values: { all: "{{ steps.sum.output.net * steps.rate.output.percent }}" } } },
    ],
    edges: [{ from: "start", to: "rate" }, { from: "rate", to: "sum" }, { from: "sum", to: "gross" }],
  });
  await canvasNode(page, "Sum").click();
  await canvasNode(page, "Gross").click({ modifiers: ["ControlOrMeta"] });
  await page.keyboard.press("ControlOrMeta+c");
  await importWorkflow(page, "Copied to", {
    schema: 1,
    nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }, { id: "sum", kind: "log", name: "Taken", config: { level: "info", message: "here" } }],
    edges: [{ from: "start", to: "sum" }],
  });
  await expect(canvasNode(page, "Taken")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(page.locator('.react-flow__node[data-id="sum_2"]')).toBeVisible();
  await expect(page.getByText("The pasted steps read rate, which did not come along.")).toBeVisible();
  // A click on one of several that are selected keeps them all.
  await page.keyboard.press("Escape");
  await page.locator('.react-flow__node[data-id="gross"]').click({ position: { x: 30, y: 20 } });
  await expect(page.getByRole("complementary", { name: "Gross" }).getByRole("textbox", { name: "Values: value of all" })).toHaveText("{{ steps.sum_2.output.net * steps.rate.output.percent }}");
  await expect(page.getByRole("list", { name: "Problems of this step" }).getByText('there is no step "rate"')).toBeVisible();
});
