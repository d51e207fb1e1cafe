import { ageSignIn } from "./installation";
import { expect, fresh, PERSON, signInAnew, test } from "./session";

test("an API token is shown once, works as long as it is not revoked, and no longer", async ({ page, playwright, baseURL }) => {
  const name = fresh("Nightly script");
  await page.goto("/main/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByTestId("new-token").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const program = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  expect((await program.get("/api/v1/workflows")).status()).toBe(200);
  await page.getByRole("button", { name: `Revoke ${name}`, exact: true }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByText(name, { exact: true })).toHaveCount(0);
  expect((await program.get("/api/v1/workflows")).status()).toBe(401);
  await program.dispose();
});

test("a token that never ends asks an old sign-in who it is, and is made then", async ({ page }) => {
  const name = fresh("Without an end");
  await signInAnew(page);
  await page.goto("/main/settings/tokens");
  await ageSignIn(30);
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("combobox", { name: "Expires" }).click();
  await page.getByRole("option", { name: "Never" }).click();
  await page.getByRole("button", { name: "Create token" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(proof.getByText("This gives access that lasts")).toBeVisible();
  await proof.getByLabel("Password").fill(PERSON.password);
  await proof.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByTestId("new-token")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: `Revoke ${name}`, exact: true }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByText(name, { exact: true })).toHaveCount(0);
});

test("a secret goes in and never comes out; a variable is JSON or text", async ({ page }) => {
  const [secret, variable, sacks] = [fresh("MILL_KEY", "_"), fresh("limits", "_"), fresh("12")];
  const stored = JSON.stringify({ sacks });
  await page.goto("/main/settings/secrets");
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByLabel("Name").fill("not a name");
  await expect(page.getByText(/must begin with a letter/)).toBeVisible();
  await page.getByLabel("Name").fill(secret);
  await page.getByLabel("Value").fill("grind-the-corn");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(secret, { exact: true })).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: `Change ${secret}`, exact: true }).click();
  await expect(page.getByLabel("Value")).toHaveValue("");
  await page.keyboard.press("Escape");

  await page.goto("/main/settings/variables");
  await page.getByRole("button", { name: "New variable" }).click();
  await page.getByLabel("Name").fill(variable);
  await page.getByLabel("Value").fill(`{"sacks": "${sacks}"}`);
  await expect(page.getByText("Stored as JSON.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(stored)).toBeVisible();
  await page.getByRole("button", { name: `Delete ${variable}`, exact: true }).click();
  await expect(page.getByText(stored)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(stored)).toBeVisible();
});
