import type { Browser, Page } from "@playwright/test";
import { expect, fresh, test } from "./session";
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
async function inviteReviewer(page: Page, browser: Browser, baseURL: string | undefined, { slug, email }: { slug: string; email: string }): Promise<Page> {
  await page.goto(`/${slug}/settings/members`);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail addresses").fill(email);
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
  const reviewer = await inviteReviewer(page, browser, baseURL, { slug: "main", email: `${fresh("rosalind", "-")}@example.com` });
  const [name, folder] = [fresh("Four eyes"), fresh("Guarded")];
  await importWorkflow(page, name, guarded);
  const workflow = page.url();
  await page.goto("/main/workflows");
  await page.getByRole("button", { name: "New folder" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(folder);
  await page.getByRole("dialog").getByRole("button", { name: "Create folder" }).click();
  await page.getByRole("button", { name: `More actions for ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: "Move to folder …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: folder, exact: true }).click();
  await expect(page.getByText(`Moved to ${folder}.`)).toBeVisible();

  await page.goto("/main/settings/protection");
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Where").click();
  await page.getByRole("option", { name: folder, exact: true }).click();
  await expect(dialog.getByRole("switch", { name: "Publishing needs another person's review" })).toBeChecked();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: folder })).toContainText("Review before publishing");

  await page.goto(workflow);
  await expect(page.getByRole("button", { name: "Publish", exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Request review" }).click();
  await dialog.getByLabel("Note").fill("It says hello.");
  await dialog.getByRole("button", { name: "Request review" }).click();
  // The dialog says so too, as long as it closes.
  await expect(page.locator("a").filter({ hasText: "Waits for a review" })).toBeVisible();

  await reviewer.goto("/main/reviews");
  await reviewer.getByRole("button", { name: new RegExp(name) }).click();
  const review = reviewer.getByRole("dialog", { name: `Review of ${name}` });
  await expect(review.getByText("It says hello.")).toBeVisible();
  await review.getByLabel("Comment").fill("Fine.");
  await review.getByRole("button", { name: "Approve" }).click();
  await expect(review.getByText("Approved", { exact: true })).toBeVisible();

  await page.goto(workflow);
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Version 1 is published. New runs use it.")).toBeVisible();
  await page.goto("/main/reviews?list=mine");
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await expect(dialog.getByRole("list", { name: "What was said" })).toContainText("Rosalind Franklin approved");
  await expect(dialog.getByText("Published", { exact: true })).toBeVisible();
  await reviewer.context().close();
});

/** A workspace of its own: with environments, what is published elsewhere would not be live at once. */
async function makeStages(page: Page): Promise<string> {
  await page.goto("/organizations");
  await page.getByRole("button", { name: /^New workspace in/ }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(`Gates ${Date.now().toString(36)}`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/gates-/);
  const slug = new URL(page.url()).pathname.split("/")[1]!;
  await page.goto(`/${slug}/settings/environments`);
  await page.getByRole("button", { name: "Add environments" }).click();
  await expect(page.getByRole("list", { name: "Environments in the order of promotion" }).getByRole("listitem")).toHaveCount(3);
  return slug;
}

test("promoting waits for another person's review where a rule for the environment says so", async ({ page, browser, baseURL }) => {
  // Two people, a workspace and a dozen pages.
  test.slow();
  const slug = await makeStages(page);
  const reviewer = await inviteReviewer(page, browser, baseURL, { slug, email: `${fresh("lise", "-")}@example.com` });
  const dialog = page.getByRole("dialog");

  await page.goto(`/${slug}/settings/protection`);
  await page.getByRole("button", { name: "New rule" }).click();
  await dialog.getByLabel("For", { exact: true }).click();
  await page.getByRole("option", { name: "What comes to Staging" }).click();
  await expect(dialog.getByRole("switch", { name: "Promoting needs another person's review" })).toBeChecked();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Review before Staging")).toBeVisible();

  await importWorkflow(page, "Gated", guarded, slug);
  const workflow = page.url().split("?")[0]!;
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Version 1 is published.")).toBeVisible();

  await page.goto(`${workflow}?view=versions`);
  await page.getByRole("button", { name: "Promote version 1 to Staging" }).click();
  await expect(dialog.getByText("What comes to Staging needs the review of another person.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Promote", exact: true })).toBeDisabled();
  await dialog.getByLabel("Note").fill("Ready for the stage.");
  await dialog.getByRole("button", { name: "Request review" }).click();
  await expect(page.getByText("The review is asked for.")).toBeVisible();

  await reviewer.goto(`/${slug}/reviews`);
  await reviewer.getByRole("button", { name: /Gated.*Version 1 for Staging/ }).click();
  const review = reviewer.getByRole("dialog", { name: "Review of version 1 of Gated for Staging" });
  await expect(review.getByText("Ready for the stage.")).toBeVisible();
  await review.getByLabel("Comment").fill("Go.");
  await review.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(review.getByRole("list", { name: "What was said" })).toContainText("Go.");
  await review.getByRole("button", { name: "Approve" }).click();
  await expect(review.getByText("Approved", { exact: true })).toBeVisible();

  await page.goto(`/${slug}/reviews?list=mine`);
  await page.getByRole("button", { name: /Gated/ }).click();
  await dialog.getByRole("button", { name: "Promote", exact: true }).click();
  const promotion = page.getByRole("dialog", { name: "Promote version 1 to Staging" });
  await expect(promotion.getByText("Staging has no version yet.")).toBeVisible();
  await promotion.getByRole("button", { name: "Promote", exact: true }).click();
  await expect(page.getByText("Staging has version 1.")).toBeVisible();
  await expect(dialog.getByText("Promoted", { exact: true })).toBeVisible();
  await reviewer.context().close();
});
