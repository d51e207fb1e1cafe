import { expect, fresh, test } from "./session";
import { importWorkflow, publish } from "./workflow-page";

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

test("the dialog of a trigger stays with what is written in it when the window becomes narrow, and wide again", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await importWorkflow(page, fresh("Turned about"), { schema: 1, nodes: [{ id: "only", kind: "set", config: { values: { a: 1 } } }], edges: [] });
  await publish(page);
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("button", { name: "New trigger" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New trigger" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Turned");
  await dialog.getByRole("button", { name: "Make trigger" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("list", { name: "Triggers" }).getByRole("button", { name: /Turned/ }).click();

  await page.getByRole("button", { name: "Change", exact: true }).click();
  const change = page.getByRole("dialog").filter({ has: page.getByRole("textbox", { name: "Name" }) });
  await change.getByRole("textbox", { name: "Name" }).fill("Turned by hand");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(change.getByRole("textbox", { name: "Name" })).toHaveValue("Turned by hand");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(change).toHaveCount(0);
  const sheet = page.getByRole("dialog", { name: "Turned by hand" });
  await expect(sheet).toBeVisible();

  await sheet.getByRole("button", { name: "Change", exact: true }).click();
  await change.getByRole("textbox", { name: "Name" }).fill("Turned once more");
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(change.getByRole("textbox", { name: "Name" })).toHaveValue("Turned once more");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("complementary", { name: "Turned once more" })).toBeVisible();
});
