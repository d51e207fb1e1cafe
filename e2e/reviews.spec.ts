import type { Browser, Page } from "@playwright/test";
import { expect, test } from "./session";
import { importWorkflow } from "./workflow-page";

const guarded = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual", name: "Start" },
    { id: "say", kind: "log", name: "Say it", config: { level: "info", message: "with four eyes" } },
  ],
  edges: [{ from: "start", to: "say" }],
};

/** A second person, who may publish too. */
async function inviteReviewer(page: Page, browser: Browser, baseURL: string | undefined): Promise<Page> {
  await page.goto("/main/settings/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail addresses").fill("rosalind@example.com");
  await dialog.getByLabel("Role").click();
  await page.getByRole("option", { name: "builder" }).click();
  await dialog.getByLabel("Send the links by mail").uncheck();
  await dialog.getByRole("button", { name: "Invite" }).click();
  const link = await dialog.locator("code").textContent();
  await dialog.getByRole("button", { name: "Done" }).click();
  const reviewer = await (await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } })).newPage();
  await reviewer.goto(link!);
  await reviewer.getByLabel("Your name").fill("Rosalind Franklin");
  await reviewer.getByLabel("Password").fill("a password of another person");
  await reviewer.getByRole("button", { name: "Join", exact: true }).click();
  await expect(reviewer.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  return reviewer;
}

test("publishing waits for another person's review where a rule says so", async ({ page, browser, baseURL }) => {
  // Two people and nine pages.
  test.slow();
  const reviewer = await inviteReviewer(page, browser, baseURL);
  await importWorkflow(page, "Four eyes", guarded);
  const workflow = page.url();
  await page.goto("/main/workflows");
  await page.getByRole("button", { name: "New folder" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Guarded");
  await page.getByRole("dialog").getByRole("button", { name: "Create folder" }).click();
  await page.getByRole("button", { name: "More actions for Four eyes" }).click();
  await page.getByRole("menuitem", { name: "Move to folder …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Guarded" }).click();
  await expect(page.getByText("Moved to Guarded.")).toBeVisible();

  await page.goto("/main/settings/protection");
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Where").click();
  await page.getByRole("option", { name: "Guarded" }).click();
  await expect(dialog.getByRole("switch", { name: "Publishing needs another person's review" })).toBeChecked();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Review before publishing")).toBeVisible();

  await page.goto(workflow);
  await expect(page.getByRole("button", { name: "Publish", exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Request review" }).click();
  await dialog.getByLabel("Note").fill("It says hello.");
  await dialog.getByRole("button", { name: "Request review" }).click();
  await expect(page.getByText("Waits for a review")).toBeVisible();

  await reviewer.goto("/main/reviews");
  await reviewer.getByRole("button", { name: /Four eyes/ }).click();
  const review = reviewer.getByRole("dialog", { name: "Review of Four eyes" });
  await expect(review.getByText("It says hello.")).toBeVisible();
  await review.getByLabel("Comment").fill("Fine.");
  await review.getByRole("button", { name: "Approve" }).click();
  await expect(review.getByText("Approved", { exact: true })).toBeVisible();

  await page.goto(workflow);
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Version 1 is published. New runs use it.")).toBeVisible();
  await page.goto("/main/reviews?list=mine");
  await page.getByRole("button", { name: /Four eyes/ }).click();
  await expect(dialog.getByRole("list", { name: "What was said" })).toContainText("Rosalind Franklin approved");
  await expect(dialog.getByText("Published", { exact: true })).toBeVisible();
  await reviewer.context().close();
});
