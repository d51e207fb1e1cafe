import fs from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "@playwright/test";
import { expect, test } from "./session";
import { importWorkflow } from "./workflow-page";

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function expectAccessible(page: Page, part = "main"): Promise<void> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((within) => (window as unknown as { axe: { run: (within: string) => Promise<AxeResults> } }).axe.run(within), part);
  expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)).toEqual([]);
}

const definition = {
  schema: 1,
  input: { type: "object", properties: {} },
  output: "{{ vars.REGION }} in {{ run.environment }}",
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "say", kind: "log", name: "Say it", config: { level: "info", message: "{{ vars.REGION }}" } },
  ],
  edges: [{ from: "start", to: "say" }],
};

/** A workspace of its own: what is published in the others is live at once. */
async function makeWorkspace(page: Page): Promise<string> {
  await page.goto("/organizations");
  await page.getByRole("button", { name: /^New workspace in/ }).first().click();
  const dialog = page.getByRole("dialog");
  const name = `Stages ${Date.now().toString(36)}`;
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/stages-/);
  return new URL(page.url()).pathname.split("/")[1]!;
}

async function setVariable(page: Page, value: string, environment: string): Promise<void> {
  await page.getByRole("button", { name: "New variable" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("REGION");
  await dialog.getByLabel("Environment").click();
  await page.getByRole("option", { name: environment, exact: true }).click();
  await dialog.getByLabel("Value").fill(value);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
}

async function runAndRead(page: Page, environment: string): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Environment").click();
  await page.getByRole("option", { name: new RegExp(`^${environment}`) }).click();
  await dialog.getByRole("button", { name: "Start run" }).click();
  await page.waitForURL(/\/runs\//);
  await page.getByRole("tab", { name: "Data" }).click();
}

test("a version goes from development to production with its difference, and each has values of its own", async ({ page }) => {
  // A workspace, a workflow and a dozen pages.
  test.slow();
  const slug = await makeWorkspace(page);
  await page.goto(`/${slug}/settings/environments`);
  await page.getByRole("button", { name: "Add environments" }).click();
  await expect(page.getByRole("list", { name: "Environments in the order of promotion" }).getByRole("listitem")).toHaveCount(3);
  await expectAccessible(page);

  await page.goto(`/${slug}/settings/variables`);
  await setVariable(page, "eu-dev", "Development");

  await importWorkflow(page, "Regions", definition, slug);
  const workflow = page.url().split("?")[0]!;
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Version 1 is published.")).toBeVisible();

  await runAndRead(page, "Development");
  await expect(page.getByText("eu-dev in dev").first()).toBeVisible();

  await page.goto(`${workflow}?view=versions`);
  await page.getByRole("button", { name: "Promote version 1 to Staging" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("The variable REGION has a value in Development, but none in Staging.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Promote", exact: true })).toBeDisabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await page.goto(`/${slug}/settings/variables`);
  await setVariable(page, "eu-all", "All environments");
  await setVariable(page, "eu-live", "Production");
  await page.goto(`${workflow}?view=versions`);
  for (const [name, note] of [["Staging", "looks right"], ["Production", ""]] as const) {
    await page.getByRole("button", { name: `Promote version 1 to ${name}` }).click();
    await expect(dialog.getByText(`${name} has no version yet.`)).toBeVisible();
    await dialog.getByLabel("Note").fill(note);
    await dialog.getByRole("button", { name: "Promote", exact: true }).click();
    await expect(page.getByText(`${name} has version 1.`)).toBeVisible();
    await expect(dialog).toBeHidden();
  }
  await expect(page.getByRole("region", { name: "Environments" }).getByText("looks right")).toBeVisible();
  await expectAccessible(page, "section[aria-label=Environments]");

  await runAndRead(page, "Production");
  await expect(page.getByText("eu-live in production").first()).toBeVisible();
});
