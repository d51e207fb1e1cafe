import { MouseHand } from "./hands";
import { expect, fresh, test } from "./session";
import { ask as askServer, expectNoProblems, expectStatus, openWorkflow, outputOf, publish, startRun, tell } from "./workflow-page";

// What an attempt that broke off has left open.
test.beforeEach(async ({ page }) => {
  const { items } = (await askServer(page, "waits.mine", { limit: 100 })) as { items: { id: string }[] };
  for (const { id: waitId } of items) await tell(page, "waits.answer", { waitId, decision: "rejected" });
});

test("an approval is answered from the inbox, and kept there with the answer", async ({ page, context }) => {
  const purpose = fresh("A new kettle");
  const other = await context.newPage();
  await other.goto("/main/runs");
  const counted = other.getByRole("navigation", { name: "Workspace" }).getByRole("link", { name: /^Approvals/ });
  await expect(counted).not.toContainText("waiting for your answer");

  await openWorkflow(page, "Approval with escalation");
  const runId = await startRun(page, "Run", (dialog) => dialog.getByLabel("Purpose").fill(purpose));
  await expectStatus(page, "Waiting");
  // The other tab follows.
  await expect(counted).toContainText("waiting for your answer");
  await page.getByRole("link", { name: /^Approvals/ }).click();
  await page.getByRole("list", { name: "For me" }).getByRole("button", { name: new RegExp(purpose) }).click();
  await expect(page).toHaveURL(/wait=/);
  const wait = page.getByRole("region", { name: `${purpose}: 480 EUR` });
  await expect(wait.getByText("Reminder")).toBeVisible();
  await expect(wait.getByText("Expires")).toBeVisible();
  await expect(wait.getByRole("link", { name: "Approval with escalation" })).toHaveAttribute("href", `/main/runs/${runId}`);
  await wait.getByLabel("Budget").click();
  await page.getByRole("option", { name: "Travel" }).click();
  await wait.getByLabel("Comment").fill("Tea helps");
  await wait.getByRole("button", { name: "Approve" }).click();
  await expect(wait).toBeHidden();
  await expect(counted).not.toContainText("waiting for your answer");

  await page.getByRole("tab", { name: "Answered by me" }).click();
  await page.getByRole("list", { name: "Answered by me" }).getByRole("button", { name: new RegExp(purpose) }).click();
  await expect(wait).toContainText("Tea helps");
  await expect(wait).toContainText("Travel");
  await page.goto(`/main/runs/${runId}`);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId)).toMatchObject({ approved: true, budget: "Travel" });
});

test("an approval is chosen and answered by keys alone", async ({ page }) => {
  for (const purpose of ["A first lamp", "A second lamp"]) {
    await openWorkflow(page, "Approval with escalation");
    await startRun(page, "Run", (dialog) => dialog.getByLabel("Purpose").fill(purpose));
    await expectStatus(page, "Waiting");
  }
  await page.goto("/main/approvals");
  await expect(page.getByRole("region", { name: /A second lamp/ })).toBeVisible();
  await page.keyboard.press("j");
  const first = page.getByRole("region", { name: /A first lamp/ });
  await expect(first.getByRole("button", { name: "Approve" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await expect(first).toBeHidden();
  await expect(page.getByRole("region", { name: /A second lamp/ }).getByRole("button", { name: "Reject" })).toBeVisible();
  await page.getByLabel("Comment").press("Control+Shift+Enter");
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
});

test("the approval that somebody is about to answer stays, whatever else is asked meanwhile", async ({ page, context }) => {
  const ask = async (where: typeof page, purpose: string) => {
    await openWorkflow(where, "Approval with escalation");
    await startRun(where, "Run", (dialog) => dialog.getByLabel("Purpose").fill(purpose));
    await expectStatus(where, "Waiting");
  };
  await ask(page, "An old chair");
  await page.goto("/main/approvals");
  const old = page.getByRole("region", { name: /An old chair/ });
  await old.getByLabel("Comment").fill("Only if it is red");
  await ask(await context.newPage(), "A new chair");
  await expect(page.getByRole("list", { name: "For me" }).getByRole("button", { name: /A new chair/ })).toBeVisible();
  await expect(old.getByLabel("Comment")).toHaveValue("Only if it is red");
  await old.getByRole("button", { name: "Reject" }).click();
  const next = page.getByRole("region", { name: /A new chair/ });
  await next.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
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

test("an approval asks for a number by a form that was made in the builder, and the inbox holds answers to it", async ({ page }) => {
  const hand = new MouseHand(page);
  await page.goto("/main/workflows");
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("tab", { name: "Blank" }).click();
  await hand.write(page.getByRole("dialog").getByLabel("Name"), "Budgets by form");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await page.locator('.react-flow__node[data-id="start"]').getByRole("button", { name: "Add a step", exact: true }).click();
  await page.getByRole("dialog").getByRole("option", { name: /^Approval/ }).click();
  const panel = page.getByRole("complementary");
  await hand.write(panel.locator('[data-field="/title"]').getByRole("textbox"), "How much for lamps?");
  const form = panel.getByRole("group", { name: "Form", exact: true });
  await form.getByRole("button", { name: "Add a field" }).click();
  await hand.write(form.getByRole("textbox", { name: /^Name of / }), "budget");
  await hand.choose(form.getByRole("combobox", { name: "Type of" }), "Number");
  await form.getByRole("checkbox", { name: "Required" }).click();
  await form.getByRole("button", { name: "Details of budget" }).click();
  await hand.write(form.getByRole("textbox", { name: "Title" }), "Budget in EUR");
  await form.getByRole("button", { name: "JSON Schema" }).click();
  await expect.poll(async () => JSON.parse(await form.getByRole("textbox").inputValue()) as unknown).toEqual({
    type: "object",
    properties: { budget: { type: "number", title: "Budget in EUR" } },
    required: ["budget"],
  });
  await expectNoProblems(page);
  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Waiting");
  await page.getByRole("link", { name: /^Approvals/ }).click();
  await page.getByRole("list", { name: "For me" }).getByRole("button", { name: /How much for lamps/ }).click();
  const wait = page.getByRole("region", { name: "How much for lamps?" });
  await wait.getByRole("button", { name: "Approve" }).click();
  await expect(wait.getByRole("alert")).toBeVisible();
  await wait.getByLabel("Budget in EUR").fill("1250.5");
  await wait.getByRole("button", { name: "Approve" }).click();
  await expect(wait).toBeHidden();
  await page.goto(`/main/runs/${runId}`);
  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId)).toMatchObject({ decision: "approved", values: { budget: 1250.5 } });
});
