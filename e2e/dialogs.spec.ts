import { expect, test } from "./session";

test("what was entered in a dialog stays until somebody says otherwise, also what was only chosen", async ({ page }) => {
  await page.goto("/main/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog");
  const question = dialog.getByRole("alert").filter({ hasText: "Close without saving" });
  const expires = dialog.getByRole("combobox", { name: "Expires" });
  await expires.click();
  await page.getByRole("option", { name: "In a year" }).click();
  await page.mouse.click(5, 5);
  await expect(expires).toHaveText("In a year");

  const name = dialog.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("Nightly");
  await page.keyboard.press("Escape");
  await expect(question).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Create token" })).toBeVisible();
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(question).toHaveCount(0);
  await expect(name).toBeFocused();
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(dialog).toHaveCount(0);

  // A form with people to choose is no other.
  await page.goto("/main/settings/protection");
  await page.getByRole("button", { name: "New rule" }).click();
  await dialog.getByRole("switch", { name: /Locked|locked/ }).first().click();
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(dialog).toHaveCount(0);

  await page.goto("/main/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await expires.click();
  await page.getByRole("option", { name: "In 90 days" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});
