import { ageSignIn as age, removeAnnouncements } from "./installation";
import { expect, fresh, PERSON, signInAnew, test } from "./session";

test.afterEach(removeAnnouncements);

test("the administration asks an old sign-in for a proof, and an older proof again before it changes anything", async ({ page }) => {
  const text = fresh("Proven twice");
  await signInAnew(page);
  await age(120);

  await page.goto("/admin/announcements");
  await expect(page.getByText("The pages stay open for an hour.")).toBeVisible();
  await expect(page.getByRole("button", { name: "New announcement" })).toHaveCount(0);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("That is not right")).toBeVisible();
  await page.getByLabel("Password").fill(PERSON.password);
  await page.getByRole("button", { name: "Confirm" }).click();

  await page.getByRole("button", { name: "New announcement" }).click();
  await age(30);
  const dialog = page.getByRole("dialog", { name: "New announcement" });
  await dialog.getByLabel("Text").fill(text);
  await dialog.getByRole("button", { name: "Announce it" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await proof.getByLabel("Password").fill(PERSON.password);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expect(proof).toHaveCount(0);
  const row = page.getByRole("list", { name: "Announcements" }).getByRole("listitem").filter({ hasText: text });
  await expect(row).toBeVisible();
  await row.getByRole("button", { name: "Remove the announcement" }).click();
  await expect(row).toHaveCount(0);

  // What is half written is there again after the proof that coming back to the page asks for.
  await page.getByRole("button", { name: "New announcement" }).click();
  await dialog.getByLabel("Text").fill(`${text}, half written`);
  await age(120);
  const again = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(async () => {
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await expect(again).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(page.getByRole("heading", { name: "Administration of the installation" })).toBeHidden();
  await again.getByLabel("Password").fill(PERSON.password);
  await again.getByRole("button", { name: "Confirm" }).click();
  await expect(again).toHaveCount(0);
  await expect(dialog.getByLabel("Text")).toHaveValue(`${text}, half written`);
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // What is looked at closes too.
  await age(120);
  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "People" }).click();
  await expect(page.getByText("The pages stay open for an hour.")).toBeVisible();
});
