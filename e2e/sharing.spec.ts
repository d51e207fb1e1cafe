import fs from "node:fs";
import { expect, fresh, test } from "./session";
import { canvasNode, importWorkflow } from "./workflow-page";

const flow = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "call", kind: "http", name: "Call the bank", config: { url: "https://example.com", auth: { type: "bearer", token: "typed by hand" } } },
  ],
  edges: [{ from: "start", to: "call" }],
};

test("a workflow is shared by a link that shows it, hides credentials, and ends when it is revoked", async ({ page, browser, baseURL }) => {
  const name = fresh("Shared");
  await importWorkflow(page, name, flow);
  await page.getByRole("button", { name: `More actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Share a link …" }).click();
  const dialog = page.getByRole("dialog", { name: `Share ${name}` });
  await dialog.getByLabel("For whom").fill("Auditors");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const address = new URL(await dialog.getByRole("textbox", { name: "Link" }).inputValue()).pathname;

  const visitor = await page.context().newPage();
  await visitor.goto(address);
  await expect(visitor.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(visitor.getByText("Read only")).toBeVisible();
  await canvasNode(visitor, "Call the bank").click();
  const panel = visitor.getByRole("complementary", { name: "Call the bank" });
  await expect(panel).toContainText("(hidden)");
  await expect(visitor.getByText("typed by hand")).toHaveCount(0);
  await expect(visitor.getByRole("button", { name: /Publish|Save|Run|Add step/ })).toHaveCount(0);

  const stranger = await (await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } })).newPage();
  await stranger.goto(address);
  await expect(stranger).toHaveURL(/\/sign-in\?callbackUrl=/);
  await stranger.context().close();

  await dialog.getByRole("button", { name: "Revoke Auditors" }).click();
  await dialog.getByRole("button", { name: "Revoke for good" }).click();
  await expect(dialog.getByRole("list", { name: "Links" })).toHaveCount(0);
  expect((await visitor.goto(address))?.status()).toBe(404);
  await expect(visitor.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
});

test("workflows are exported as one file, imported after a look at what will come, and taken back", async ({ page }) => {
  const [one, two] = [fresh("Travels one"), fresh("Travels two")];
  await importWorkflow(page, one, flow);
  await importWorkflow(page, two, flow);
  await page.goto("/main/workflows?q=Travels");
  await page.getByRole("checkbox", { name: `Select ${one}`, exact: true }).click();
  await page.getByRole("checkbox", { name: `Select ${two}`, exact: true }).click();
  await page.getByRole("toolbar", { name: "Chosen workflows" }).getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "One YAML file" }).click()]);
  expect(download.suggestedFilename()).toBe("workflows.yaml");
  const text = fs.readFileSync(await download.path(), "utf8");
  const slug = one.toLowerCase().replaceAll(" ", "-");
  expect(text).toContain(`slug: ${slug}\n`);

  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByLabel("Workflow files").setInputFiles({ name: "workflows.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) });
  const preview = page.getByRole("region", { name: "What will be made" });
  await expect(preview).toContainText(`${slug} is taken: it becomes ${slug}-2`);
  await page.getByRole("button", { name: "Import 2 workflows" }).click();
  const list = page.getByRole("list", { name: "Workflows" });
  await expect(list.getByRole("link", { name: one, exact: true })).toHaveCount(2);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(list.getByRole("link", { name: one, exact: true })).toHaveCount(1);
});
