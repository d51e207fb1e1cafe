import { expect, test } from "./session";
import { expectStatus, openWorkflow, outputOf, startRun } from "./workflow-page";

test("an approval is answered on the page of approvals", async ({ page }) => {
  await openWorkflow(page, "Approval with escalation");
  const runId = await startRun(page, "Run", (dialog) => dialog.getByLabel("Purpose").fill("A new kettle"));
  await expectStatus(page, "Waiting");
  await page.getByRole("link", { name: /^Approvals/ }).click();
  const wait = page.getByRole("region", { name: "A new kettle: 480 EUR" });
  await wait.getByLabel("Budget").click();
  await page.getByRole("option", { name: "Travel" }).click();
  await wait.getByLabel("Comment").fill("Tea helps");
  await wait.getByRole("button", { name: "Approve" }).click();
  await expect(wait).toBeHidden();
  await page.goto(`/main/runs/${runId}`);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId)).toMatchObject({ approved: true, budget: "Travel" });
});

test("somebody without an account answers by a signed link, once", async ({ page, browser, baseURL }) => {
  await openWorkflow(page, "Approval with escalation");
  const runId = await startRun(page, "Run", (dialog) => dialog.getByLabel("Purpose").fill("A bigger kettle"));
  await expectStatus(page, "Waiting");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.getByText("Let somebody else answer by link").click();
  await page.getByLabel("Who answers").fill("Grace");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByTestId("answer-link").innerText();

  const stranger = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const theirs = await stranger.newPage();
  await theirs.goto(link);
  await expect(theirs.getByRole("heading", { name: "A bigger kettle: 480 EUR" })).toBeVisible();
  await theirs.getByLabel("Your name").fill("Grace Hopper");
  await theirs.getByRole("button", { name: "Reject" }).click();
  await expect(theirs.getByRole("heading", { name: "Thank you" })).toBeVisible();
  await theirs.goto(link);
  await expect(theirs.getByText("This link was used already")).toBeVisible();
  await theirs.goto("/main/runs");
  await expect(theirs).toHaveURL(/sign-in/);
  await stranger.close();

  // The page of the run followed along.
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId)).toMatchObject({ approved: false });
});
