import fs from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "@playwright/test";
import { removeAnnouncements } from "./installation";
import { expect, fresh, signInAnew, test } from "./session";
import { beginRun, canvasNode, endedRunOf, expectStatus, importWorkflow, makeWorkflow, openWorkflow, startRun, tell } from "./workflow-page";

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PAGES = ["", "?range=month", "workflows", "runs", "approvals", "approvals?box=others", "approvals?box=answered", "triggers", "workflows/templates", "workflows/blocks", "settings/limits", "settings/retention", "settings/notifications", "inbox", "start", "settings/tokens", "settings/secrets", "settings/variables", "settings/environments", "settings/adapters", "settings/workers", "settings/members", "settings/roles", "settings/organization", "settings/sign-in", "settings/single-sign-on", "settings/audit", "settings/protection", "settings/usage", "settings/workspace", "reviews", "reviews?list=mine"];
const OF_THE_INSTALLATION = ["", "/organizations", "/usage", "/people", "/workers", "/events", "/database", "/audit", "/announcements"];

/** No barrier that is serious, and nothing that sticks out of the window. */
async function expectSound(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/Millrace/);
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await page.evaluate(axeSource);
  const results = await page.evaluate(() => (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run());
  const serious = results.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, "pixels that stick out on the right").toBeLessThanOrEqual(0);
}

const failing = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "look", kind: "set", name: "Look", config: { values: { lines: null } } },
    { id: "divide", kind: "set", name: "Divide", config: { values: { lines: "{{ steps.look.output.lines.length }}", all: "{{ steps.look.output }}" } } },
  ],
  edges: [{ from: "start", to: "look" }, { from: "look", to: "divide" }],
};

for (const look of [
  { name: "wide and light", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "narrow and dark", colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const) {
  test.describe(look.name, () => {
    test.use({ colorScheme: look.colorScheme, viewport: look.viewport });

    test("every page is sound", async ({ page }) => {
      test.setTimeout(300_000);
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (/content security policy|hydrat/i.test(message.text())) complaints.push(message.text());
      });
      for (const name of PAGES) {
        await page.goto(name === "" || name.startsWith("?") ? `/main${name}` : `/main/${name}`);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectSound(page);
      }
      expect(await page.evaluate(() => document.documentElement.classList.contains("dark"))).toBe(look.colorScheme === "dark");
      expect(complaints).toEqual([]);
    });

    test.afterEach(removeAnnouncements);

    test("the pages of the installation, its banner and a quota are sound", async ({ page }) => {
      // They ask whoever has signed in a while ago.
      await signInAnew(page);
      for (const name of OF_THE_INSTALLATION) {
        await page.goto(`/admin${name}`);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectSound(page);
      }
      await page.getByRole("button", { name: "New announcement" }).click();
      await page.getByRole("dialog").getByLabel("Text").fill(`**Tonight** the mills stand still, ${look.name}`);
      await expectSound(page);
      await page.getByRole("button", { name: "Announce it" }).click();
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await page.goto("/main");
      await expect(page.getByRole("region", { name: "Announcements" })).toContainText(look.name);
      await expectSound(page);
      await page.goto("/admin/announcements");
      await page.getByRole("list", { name: "Announcements" }).getByRole("listitem").filter({ hasText: look.name }).getByRole("button", { name: "Remove the announcement" }).click();
      await expect(page.getByRole("region", { name: "Announcements" }).getByText(look.name)).toHaveCount(0);
      await page.goto("/admin/organizations");
      await page.getByRole("button", { name: /quotas of/ }).first().click();
      await page.getByRole("dialog").getByRole("button", { name: "New quota" }).click();
      await expectSound(page);
    });

    test("an approval and the command palette are sound", async ({ page }) => {
      await openWorkflow(page, "Approval with escalation");
      await startRun(page);
      await expectStatus(page, "Waiting");
      await page.goto("/main/approvals");
      await page.getByRole("list", { name: "For me" }).getByRole("button").first().click();
      await expect(page.getByRole("button", { name: "Approve" })).toBeVisible();
      await expectSound(page);
      await page.getByRole("button", { name: "Search or run a command" }).click();
      await expect(page.getByRole("dialog", { name: "Command palette" }).getByRole("option").first()).toBeVisible();
      await expectSound(page);
      await page.keyboard.press("Escape");
      await page.getByText("Let somebody else answer by link").click();
      await page.getByLabel("Who answers").fill("Grace");
      await page.getByRole("button", { name: "Make a link" }).click();
      await page.goto(await page.getByTestId("answer-link").innerText());
      await page.getByLabel("Your name").fill("Grace Hopper");
      await expectSound(page);
      await page.getByRole("button", { name: "Reject" }).click();
      await expect(page.getByRole("heading", { name: "Thank you" })).toBeVisible();
      await expectSound(page);
    });

    test("two versions, two runs, a new trigger and the form of an import are sound", async ({ page }) => {
      await openWorkflow(page, "Read a paginated API");
      await page.getByRole("tab", { name: "Versions" }).click();
      await page.getByRole("button", { name: "Compare with draft: version 1" }).click();
      await expect(page.getByRole("dialog", { name: "Compare" }).getByRole("tab", { name: "JSON" })).toBeVisible();
      await expectSound(page);
      await page.keyboard.press("Escape");
      const ids: string[] = [];
      for (let count = 0; count < 2; count += 1) {
        await openWorkflow(page, "Read a paginated API");
        ids.push(await startRun(page));
        await expectStatus(page, "Succeeded");
      }
      await page.goto(`/main/runs/${ids[0]}/compare/${ids[1]}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectSound(page);
      await page.goto("/main/triggers");
      await page.getByRole("button", { name: "New trigger" }).click();
      await expect(page.getByRole("dialog").getByLabel("Name")).toBeVisible();
      await expectSound(page);
      await page.keyboard.press("Escape");
      await page.goto("/main/workflows");
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await page.getByLabel("Workflow as YAML or JSON").fill("name: Small\nschema: 1\nnodes: []\nedges: []");
      await expect(page.getByRole("region", { name: "What will be made" })).toBeVisible();
      await expectSound(page);
    });

    test("what is filled in of a workflow, a run that failed, and a shared workflow are sound", async ({ page }) => {
      const name = fresh(`Failing ${look.name}`);
      await importWorkflow(page, name, failing);
      await canvasNode(page, "Divide").click();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("tab", { name: "Behaviour" })).toBeVisible();
      for (const tab of ["Setup", "Behaviour", "Connections", "Help", "Test"]) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
        await expectSound(page);
      }
      await page.goto(page.url().replace(/[?].*/, ""));
      for (const tab of ["Triggers", "Input and output", "Settings"]) {
        await page.getByRole("tab", { name: tab }).click();
        await expectSound(page);
      }
      await page.getByRole("tab", { name: "Canvas" }).click();
      await startRun(page, "Test draft");
      await expectStatus(page, "Failed");
      await expectSound(page);
      await page.goto("/main/workflows");
      await page.getByRole("button", { name: `More actions for ${name}`, exact: true }).click();
      await page.getByRole("menuitem", { name: "Share a link …" }).click();
      const dialog = page.getByRole("dialog", { name: `Share ${name}` });
      await dialog.getByRole("button", { name: "Make a link" }).click();
      await page.goto(new URL(await dialog.getByRole("textbox", { name: "Link" }).inputValue()).pathname);
      await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
      await expectSound(page);
    });

    test("a block, versions, an archived workflow, the list of organizations, and what the server does for many runs are sound", async ({ page }) => {
      const [block, name] = [fresh(`Sound block ${look.name}`), fresh(`Sound versions ${look.name}`)];
      const workflowId = await makeWorkflow(page, name, failing);
      await beginRun(page, workflowId);
      await endedRunOf(page, workflowId);
      const job = (await tell(page, "bulkJobs.rerun", { filter: { workflowId } })) as { id: string };
      await page.goto(`/main/workflows/${workflowId}?view=versions`);
      await expect(page.getByRole("button", { name: "Compare with draft: version 1" })).toBeVisible();
      await expectSound(page);
      const slug = block.toLowerCase().replaceAll(" ", "-");
      await tell(page, "modules.create", { slug, name: block, definition: { ...failing, nodes: failing.nodes.slice(1), edges: failing.edges.slice(1) } });
      await page.goto(`/main/workflows/blocks/${slug}`);
      await expect(page.locator(".react-flow__node").first()).toBeVisible();
      await expectSound(page);
      await page.goto("/organizations");
      await expect(page.getByRole("list", { name: "Organizations" }).getByRole("listitem").first()).toBeVisible();
      await expectSound(page);
      await page.goto(`/main/runs?workflow=${workflowId}`);
      await expect(page.getByRole("region", { name: "Re-run all that fit" }).first()).toContainText("Done: 1 of 1 came by");
      await expectSound(page);
      await tell(page, "bulkJobs.dismiss", { jobId: job.id });
      await tell(page, "workflows.archive", { workflowId });
      await page.goto(`/main/workflows/${workflowId}`);
      await expect(page.getByText("Archived", { exact: true }).first()).toBeVisible();
      await page.locator(".react-flow__node").filter({ hasText: "Divide" }).last().click();
      await expect(page.getByRole("heading", { name: "Divide" }).first()).toBeVisible();
      await expectSound(page);
    });

    test("a workflow and its run are sound", async ({ page }) => {
      await openWorkflow(page, "Read a paginated API");
      await expect(page.locator(".react-flow__node").first()).toBeVisible();
      await expectSound(page);
      await page.getByRole("tab", { name: "JSON" }).click();
      await expect(page.getByRole("textbox", { name: "Draft as JSON" })).toBeVisible();
      await expectSound(page);
      await startRun(page);
      await expectStatus(page, "Succeeded");
      await expectSound(page);
      for (const tab of ["Timeline", "Logs", "Data"]) {
        await page.getByRole("tab", { name: tab }).click();
        await expectSound(page);
      }
    });
  });
}

test("an address that leads nowhere says so", async ({ page }) => {
  await page.goto("/main/runs/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
  await page.goto("/no-such-workspace/runs");
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
});
