import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, openWorkflow, outputOf, pickWorkflow, publish, runIdOf, startRun } from "./workflow-page";

const input = { type: "object", required: ["order"], properties: { order: { type: "string", title: "Order" } } };

const parcels = {
  schema: 1,
  input,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "wait", kind: "wait.signal", name: "Wait for the parcel", config: { signal: "parcel" } },
  ],
  edges: [{ from: "start", to: "wait" }],
};

const slow = {
  schema: 1,
  input,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "pause", kind: "delay", name: "Think about it", config: { seconds: 1 } },
    { id: "say", kind: "set", name: "Say it", config: { values: { order: "{{ input.order }}" } } },
  ],
  edges: [{ from: "start", to: "pause" }, { from: "pause", to: "say" }],
};

const order = (value: string) => async (dialog: Locator) => dialog.getByLabel("Order").fill(value);
// A second attempt has its own.
const parcelsOf = () => `Tool parcels ${test.info().retry + 1}`;
const rows = (page: Page, status: string) => page.getByRole("row", { name: new RegExp(`${status} ${parcelsOf()}`) });

test("runs are found by a saved view, run again and called back, compared, and narrowed by keys on the chart", async ({ page }) => {
  await importWorkflow(page, parcelsOf(), parcels);
  await publish(page);
  for (const value of ["ORD-A", "ORD-B"]) {
    await openWorkflow(page, parcelsOf());
    await startRun(page, "Run", order(value));
    await expectStatus(page, "Waiting");
  }
  await page.goto("/main/runs");
  await pickWorkflow(page, parcelsOf());
  await expect(rows(page, "Waiting")).toHaveCount(2);

  const [before, after] = [`Parcels for now ${test.info().retry + 1}`, `Parcels of tools ${test.info().retry + 1}`];
  // A view of its own, renamed, shared, and overwritten by another filter.
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await page.getByRole("button", { name: "Save this filter …" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(before);
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: before, exact: true }).click();
  const views = page.getByRole("dialog", { name: "Saved views" });
  await views.getByRole("button", { name: `Change the view ${before}` }).click();
  await page.getByRole("menuitem", { name: "Rename …" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(after);
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: after, exact: true }).click();
  await views.getByRole("button", { name: `Change the view ${after}` }).click();
  await page.getByRole("menuitem", { name: "Share with the workspace" }).click();
  await expect(views.getByLabel("Shared by Ada Lovelace")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Waiting" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/status=waiting/);
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await views.getByRole("button", { name: `Change the view ${after}` }).click();
  await page.getByRole("menuitem", { name: "Save this filter over it" }).click();
  await expect(page.getByText(`The view ${after} has the filter that you see.`)).toBeVisible();
  await page.goto("/main/runs");
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await views.getByRole("button", { name: new RegExp(`^${after}`) }).click();
  await expect(page).toHaveURL(/workflow=.*status=waiting|status=waiting.*workflow=/);
  await expect(rows(page, "Waiting")).toHaveCount(2);

  // Both once more, and called back.
  await page.getByRole("checkbox", { name: "Choose all shown runs" }).click();
  const chosen = page.getByRole("region", { name: "Chosen runs" });
  await chosen.getByRole("button", { name: "Re-run 2", exact: true }).click();
  await expect(chosen.getByRole("region", { name: "Result" })).toContainText("2 of 2 began again.");
  await expect(rows(page, "Waiting")).toHaveCount(4);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(rows(page, "Waiting")).toHaveCount(2);
  await chosen.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: "Two runs compared" })).toBeVisible();
  await expect(page.getByText("ORD-A").first()).toBeVisible();
  await expect(page.getByText("ORD-B").first()).toBeVisible();
  await page.goBack();

  // Both are cancelled by the list, with a reason.
  await expect(rows(page, "Waiting")).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Choose all shown runs" }).click();
  await chosen.getByRole("button", { name: "Cancel 2", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("They are lost");
  await page.getByRole("dialog").getByRole("button", { name: /^Cancel/ }).last().click();
  await expect(rows(page, "Waiting")).toHaveCount(0);

  const brush = page.getByRole("slider", { name: /^Choose a time by arrow keys/ });
  await brush.focus();
  await brush.press("ArrowRight");
  await expect(brush).not.toHaveAttribute("aria-valuetext", "Nothing chosen");
  await brush.press("Shift+Home");
  await brush.press("Enter");
  await expect(page).toHaveURL(/from=.*to=/);
  await page.getByRole("button", { name: "Views", exact: true }).click();
  await views.getByRole("button", { name: `Change the view ${after}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByText(`The view ${after} is deleted.`)).toBeVisible();
});

test("a run is replayed, kept, and run again with another input", async ({ page }) => {
  await importWorkflow(page, "Tool thoughts", slow);
  await publish(page);
  const first = await startRun(page, "Run", order("ORD-1"));
  await expectStatus(page, "Succeeded");
  const said = canvasNode(page, "Say it").locator('[data-status="succeeded"]');
  await expect(said).toBeVisible();
  const replay = page.getByRole("group", { name: "Replay" });
  await replay.getByRole("slider", { name: "Moment of the run" }).focus();
  await page.keyboard.press("Home");
  await expect(said).toHaveCount(0);
  await replay.getByRole("button", { name: "Next change" }).click();
  await replay.getByRole("button", { name: "Now" }).click();
  await expect(said).toBeVisible();

  await page.getByRole("button", { name: "More about this run" }).click();
  await page.getByRole("menuitem", { name: /^Keep: retention/ }).click();
  await expect(page.getByText("The run is kept.")).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: "More about this run" }).click();
  await expect(page.getByRole("menuitem", { name: "Keep no longer than others" })).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "More ways to re-run" }).click();
  await page.getByRole("menuitem", { name: "With another input" }).click();
  const dialog = page.getByRole("dialog", { name: "Re-run with another input" });
  await expect(dialog.getByLabel("Order")).toHaveValue("ORD-1");
  await dialog.getByLabel("Order").fill("ORD-2");
  await dialog.getByRole("button", { name: "Re-run", exact: true }).click();
  await expect(page).not.toHaveURL(new RegExp(first));
  const second = await runIdOf(page);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, second, "say")).toEqual({ order: "ORD-2" });
});
