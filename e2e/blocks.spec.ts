import { expect, fresh, test } from "./session";
import { ask, canvasNode, openDraft, openWorkflow } from "./workflow-page";

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

test("steps become a block, the block gets a version, and a workflow takes it deliberately", async ({ page, context }) => {
  const [block, holder] = [fresh("Weigh flour"), fresh("Holds the original")];
  const watching = await context.newPage();
  await watching.goto("/main/workflows/blocks");
  await expect(watching.getByRole("heading", { name: "Blocks", level: 1 })).toBeVisible();
  await openDraft(page, holder, {
    schema: 1,
    nodes: [
      { id: "start", kind: "trigger.manual", name: "Start" },
      { id: "weigh", kind: "set", name: "Weigh", config: { values: { grams: 500 } } },
      { id: "note", kind: "log", name: "Note", config: { level: "info", message: "weighed" } },
    ],
    edges: [{ from: "start", to: "weigh" }, { from: "weigh", to: "note" }],
  });
  await canvasNode(page, "Weigh").click();
  await canvasNode(page, "Note").click({ modifiers: ["ControlOrMeta"] });
  await page.getByRole("button", { name: "Save as block" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(block);
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await expect(canvasNode(page, block)).toBeVisible();
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();

  // Another page that lists them hears of it.
  await expect(watching.getByRole("link", { name: block })).toBeVisible();
  await watching.close();
  await page.goto("/main/workflows/blocks");
  await page.getByRole("link", { name: block }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("button", { name: "Make version 2" })).toBeVisible();
  await canvasNode(page, "Note").click({ position: { x: 30, y: 20 } });
  await page.locator("[data-rename-step]").fill("Note it down");
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  await page.getByRole("button", { name: "Make version 2" }).click();
  await page.getByRole("dialog").getByLabel("Note").fill("Says what it does");
  // While the newer version is on its way, nothing is to be pressed that its input would push away when it comes.
  const [asked, come] = [gate(), gate()];
  await page.route(/modules\.version\b/, async (route) => {
    if (/"version":2/.test(decodeURIComponent(route.request().url()))) {
      asked.open();
      await come.opened;
    }
    await route.fallback();
  });
  await page.getByRole("dialog").getByRole("button", { name: "Make version 2" }).click();
  const uses = page.getByRole("region", { name: "Where it is used" });
  const input = page.getByRole("region", { name: "Input", exact: true });
  await asked.opened;
  await expect(page).toHaveURL(/workflows\/blocks\//);
  await expect.poll(async () => (await input.count()) - (await uses.count())).toBe(0);
  come.open();
  await expect(uses).toContainText("Version 1");
  await uses.getByRole("button", { name: "What is different" }).click();
  await expect(page.getByRole("dialog").getByRole("list", { name: "Changes" })).toContainText("Note it down");
  await page.keyboard.press("Escape");
  await uses.getByRole("button", { name: new RegExp(`^Update ${holder}`) }).click();
  await expect(uses).toContainText("Version 2");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(uses).toContainText("Version 1");

  // The workflow that has the older one says so, and takes the newer one when it is told to.
  await openWorkflow(page, holder);
  await canvasNode(page, block).click({ position: { x: 30, y: 20 } });
  const used = page.getByRole("complementary", { name: block });
  await expect(used).toContainText("Version 2 is there; this step uses version 1.");
  await used.getByRole("button", { name: "Take version 2" }).click();
  await expect(used).toContainText("Version 2, the newest.");
  const workflowId = /workflows\/([0-9a-f-]+)/.exec(page.url())![1];
  const versionInDraft = async () => ((await ask(page, "workflows.get", { workflowId })) as { definition: { nodes: { kind: string; config: { version?: number } }[] } }).definition.nodes.find(({ kind }) => kind === "module")?.config.version;
  await expect.poll(versionInDraft).toBe(2);

  await openDraft(page, fresh("Uses the block"), { schema: 1, nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }], edges: [] });
  await canvasNode(page, "Start").click({ position: { x: 30, y: 20 } });
  await page.keyboard.press("a");
  await page.getByRole("dialog").getByRole("combobox", { name: "Search steps" }).fill(block);
  await page.getByRole("dialog").getByRole("option", { name: new RegExp(`^${block}`) }).click();
  await expect(page.getByRole("complementary", { name: block })).toContainText("Version 2, the newest.");
});
