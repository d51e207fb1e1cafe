import { expect, fresh, test } from "./session";
import { expectStatus, importWorkflow, pickWorkflow, publish, startRun } from "./workflow-page";

const patient = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "wait", kind: "wait.signal", name: "Wait for the parcel", config: { signal: "parcel" } },
    { id: "thanks", kind: "log", name: "Say thanks", config: { level: "warn", message: "thanks for {{ steps.wait.output.what }}" } },
  ],
  edges: [
    { from: "start", to: "wait" },
    { from: "wait", to: "thanks" },
  ],
};

test("a waiting run is cancelled with a reason, and found again by the filters", async ({ page }) => {
  const name = fresh("Patient");
  await importWorkflow(page, name, patient);
  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Waiting");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByLabel("Reason").fill("The parcel is lost");
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await expectStatus(page, "Cancelled");
  await expect(page.getByText("The parcel is lost")).toBeVisible();

  await page.goto("/main/runs");
  await pickWorkflow(page, name);
  await page.getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Cancelled" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/workflow=.*status=cancelled/);
  await page.reload();
  const row = page.getByRole("row", { name: new RegExp(`Cancelled ${name}`) });
  await expect(row).toHaveCount(1);
  await row.getByRole("link", { name }).click();
  await expect(page).toHaveURL(new RegExp(runId));
});

test("a signal is sent from the page of the run, and the log says what came of it", async ({ page }) => {
  await importWorkflow(page, "Thankful", patient);
  await publish(page);
  await startRun(page);
  await expectStatus(page, "Waiting");
  await page.getByRole("button", { name: "Send the signal" }).click();
  await page.getByLabel("Payload").fill('{"what": "the lamp"}');
  await page.getByRole("button", { name: "Send signal parcel" }).click();
  await expectStatus(page, "Succeeded");
  await page.getByRole("tab", { name: "Logs" }).click();
  await expect(page.getByRole("log")).toContainText("thanks for the lamp");
  await page.getByRole("combobox", { name: "Least severe level" }).click();
  await page.getByRole("option", { name: "Errors", exact: true }).click();
  await expect(page.getByText("Nothing as severe as that was written.")).toBeVisible();
});

test("the list of runs follows what happens", async ({ page, context }) => {
  const other = await context.newPage();
  const name = fresh("Followed");
  await importWorkflow(other, name, patient);
  await publish(other);
  await page.goto("/main/runs");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const running = page.getByRole("row", { name: new RegExp(`Waiting ${name}`) });
  await expect(running).toHaveCount(0);
  await startRun(other);
  await expect(running).toHaveCount(1);
});
