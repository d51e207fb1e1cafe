import { expect, fresh, test } from "./session";
import { pickFound, tell } from "./workflow-page";

test("somebody is invited by a link, joins, and sees only what the role lets", async ({ page, browser, baseURL }) => {
  await page.goto("/main/settings/members");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail addresses").fill(`${fresh("grace", "-")}@example.com`);
  await dialog.getByLabel("Role").click();
  await page.getByRole("option", { name: "viewer" }).click();
  await dialog.getByLabel("Send the links by mail").uncheck();
  await dialog.getByRole("button", { name: "Invite" }).click();
  const link = await dialog.locator("code").textContent();
  await dialog.getByRole("button", { name: "Done" }).click();

  const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const guest = await context.newPage();
  await guest.goto(link!);
  await expect(guest.getByRole("heading", { name: "Join Main" })).toBeVisible();
  await guest.getByLabel("Your name").fill("Grace Hopper");
  await guest.getByLabel("Password").fill("another rather long password");
  await guest.getByRole("button", { name: "Join", exact: true }).click();
  await expect(guest.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();

  // She sees workflows and may not make any; settings that are not hers are not offered, and refused.
  await guest.goto("/main/workflows");
  await expect(guest.getByRole("heading", { name: "Workflows", level: 1 })).toBeVisible();
  await expect(guest.getByRole("button", { name: "New workflow" })).toBeHidden();
  await guest.goto("/main/settings/members");
  await expect(guest.getByText("Grace Hopper").first()).toBeVisible();
  await expect(guest.getByRole("button", { name: "Invite", exact: true })).toBeHidden();
  await expect(guest.getByRole("link", { name: "Audit log" })).toBeHidden();
  await guest.goto("/main/settings/audit");
  await expect(guest.getByRole("list", { name: "Audit log" })).toBeHidden();
  await expect(guest.getByText(/audit:read|may not|not allowed/i).first()).toBeVisible();

  // The link worked once.
  const late = await context.newPage();
  await late.goto(link!);
  await expect(late.getByText("This invitation does not work")).toBeVisible();
  await context.close();

  await page.goto("/main/settings/audit?action=access");
  await expect(page.getByRole("list", { name: "Audit log" })).toContainText("access.denied");
  await page.getByRole("button", { name: "Check the chain" }).click();
  await expect(page.getByText(/The chain holds/)).toBeVisible();
});

test("people are found by searching: for a group, for access to a folder by its path, and to explain it", async ({ page }) => {
  const [group, mill, wheel] = [fresh("Millers"), fresh("Mill"), fresh("Wheel")];
  const dialog = page.getByRole("dialog");
  const workspace = fresh("Ended");
  await tell(page, "organizations.createWorkspace", { name: workspace });
  await page.goto("/main/settings/organization");
  // With its address behind it: people have their workspaces in their rows.
  const row = page.getByRole("main").getByRole("listitem").filter({ hasText: `${workspace}/` });
  await row.getByRole("button", { name: `Delete ${workspace}` }).click();
  await dialog.getByLabel(`Type ${workspace}`).fill(workspace);
  await dialog.getByRole("button", { name: "Delete workspace" }).click();
  await expect(row.getByText("deleted", { exact: true })).toBeVisible();
  await expect(row).toContainText("gone for good");
  await row.getByRole("button", { name: "Restore" }).click();
  await expect(row.getByRole("link", { name: workspace })).toBeVisible();
  await expect(row).not.toContainText("gone for good");

  await page.getByRole("button", { name: "New group" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill(group);
  await dialog.getByLabel("Add somebody").click();
  await pickFound(page, "Name or address", "ada", /Ada Lovelace/);
  await expect(dialog.getByRole("list", { name: "To be added" })).toContainText("Ada Lovelace");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: `Change the group ${group}` }).click();
  await dialog.getByRole("button", { name: "Remove Ada Lovelace" }).click();
  await expect(dialog.getByText("to be removed")).toBeVisible();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: group })).toContainText("Nobody in it");

  await page.goto("/main/workflows");
  for (const name of [mill, wheel]) {
    await page.getByRole("button", { name: "New folder" }).click();
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByRole("button", { name: "Create folder" }).click();
    await expect(page.getByRole("button", { name: `Actions for folder ${name}` })).toBeVisible();
  }
  await page.getByRole("button", { name: `Actions for folder ${wheel}` }).click();
  await page.getByRole("menuitem", { name: /Move/ }).click();
  await dialog.getByRole("button", { name: mill, exact: true }).click();
  await expect(dialog).toBeHidden();

  await page.goto("/main/settings/members");
  await page.getByLabel("Folder", { exact: true }).click();
  await page.getByRole("option", { name: `${mill} / ${wheel}` }).click();
  await page.getByLabel("Who", { exact: true }).click();
  await pickFound(page, "Name or address", group.toLowerCase(), new RegExp(group));
  await page.getByRole("button", { name: "Give access" }).click();
  await expect(page.getByRole("list", { name: "Access given" })).toContainText(`${group} (group)`);

  await page.goto("/main/settings/roles");
  await page.getByLabel("Person", { exact: true }).click();
  await pickFound(page, "Name or address", "lovelace", /Ada Lovelace/);
  await page.getByLabel("Where", { exact: true }).click();
  await page.getByRole("option", { name: "A folder" }).click();
  await page.getByLabel("Folder", { exact: true }).click();
  await page.getByRole("option", { name: `${mill} / ${wheel}` }).click();
  await expect(page.getByText("Yes", { exact: true })).toBeVisible();
});

test("a service account's application fetches a token that works until its secret is gone", async ({ page, request }) => {
  const [bot, shop] = [fresh("Deploy bot"), fresh("Shop")];
  await page.goto("/main/settings/tokens?tab=accounts");
  await page.getByRole("button", { name: "New service account" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(bot);
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText(bot, { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Applications" }).click();
  await page.getByRole("button", { name: "New application" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(shop);
  await dialog.getByRole("button", { name: "Create" }).click();
  const secret = (await dialog.getByTestId("new-secret").textContent())!;
  const id = (await dialog.locator("code").first().textContent())!;
  await dialog.getByRole("button", { name: "Done" }).click();
  const fetchToken = () => request.post("/api/oauth/token", { form: { grant_type: "client_credentials", client_id: id, client_secret: secret } });
  const { access_token: token } = (await (await fetchToken()).json()) as { access_token: string };
  expect((await request.get("/api/v1/workflows", { headers: { authorization: `Bearer ${token}` } })).status()).toBe(200);
  await page.goto("/main/settings/roles");
  await page.getByLabel("Who", { exact: true }).click();
  await page.getByRole("option", { name: "A service account" }).click();
  await page.getByLabel("Service account", { exact: true }).click();
  await page.getByRole("option", { name: bot }).click();
  await expect(page.getByText(`which ${bot} has`)).toBeVisible();
  await page.goto("/main/settings/tokens?tab=applications");
  await page.getByRole("button", { name: `Delete ${shop}`, exact: true }).click();
  await page.getByRole("dialog").or(page.getByRole("alertdialog")).getByRole("button", { name: "Delete" }).click();
  // Behind the dialog nothing is named.
  await expect(page.getByRole("dialog").or(page.getByRole("alertdialog"))).toHaveCount(0);
  await expect(page.getByRole("button", { name: `Delete ${shop}`, exact: true })).toHaveCount(0);
  expect((await request.get("/api/v1/workflows", { headers: { authorization: `Bearer ${token}` } })).status()).toBe(401);
  expect((await fetchToken()).status()).toBe(401);
});
