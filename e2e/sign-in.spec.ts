import fs from "node:fs";
import { createRequire } from "node:module";
import { Secret, TOTP } from "otpauth";
import { expect, type Page } from "@playwright/test";
import { receiveMails } from "./mailbox";
import { joinAsNewPerson, PERSON, test } from "./session";

const mails = receiveMails();

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Passkeys belong to a name, never to an address of numbers. */
const AT_LOCALHOST = `http://localhost:${process.env.E2E_PORT}`;
const codeOf = (secret: string, steps: number) => new TOTP({ issuer: "Millrace", secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

async function mailAbout(subject: RegExp): Promise<string> {
  const found = () => mails.find((mail) => subject.test(mail.subject ?? ""));
  await expect.poll(() => found()?.subject).toBeDefined();
  return found()?.text ?? "";
}

async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  expect(violations).toEqual([]);
}

async function typePassword(page: Page, password = PERSON.password, email = PERSON.email): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const atHome = (page: Page) => expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();

test.describe("somebody who has an account", () => {
  test.beforeEach(() => {
    mails.length = 0;
  });

  test("signs in by a link that came by mail, to where they wanted to go, once", async ({ browser, signedIn, baseURL }) => {
    expect(signedIn).toBeTruthy();
    const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    await page.goto("/main/runs");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Get a link by mail" }).click();
    await page.getByLabel("E-mail").fill(PERSON.email);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Look into your mailbox" })).toBeVisible();
    const link = /http\S+\/sign-in\?\S+/.exec(await mailAbout(/^Sign in to Millrace/))![0];
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/main\/runs/);
    await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
    await context.clearCookies();
    await page.goto(link);
    await expect(page.getByText("This link does not work any more")).toBeVisible();
    await context.close();
  });

  test("forgets a password and chooses a new one by mail; what is easy to guess is refused", async ({ page: admin, browser, baseURL }) => {
    const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    // Of their own: it ends all their sessions.
    const { email } = await joinAsNewPerson(admin, page, "Rita Reset");
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await expect(page.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByRole("heading", { name: "Look into your mailbox" })).toBeVisible();
    await page.goto(/http\S+\/reset-password\?\S+/.exec(await mailAbout(/new password/))![0]);
    await page.getByLabel("New password").fill("password12345");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "easy to guess" })).toBeVisible();
    await page.getByLabel("New password").fill("brand new password 7");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByRole("heading", { name: "Your password is changed" })).toBeVisible();
    await page.getByRole("link", { name: "Sign in" }).click();
    await typePassword(page, "brand new password 7", email);
    await atHome(page);
    await page.goto("/profile/security");
    await page.getByLabel("Current password").fill("brand new password 7");
    await page.getByLabel("New password").fill("brand new password 8");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByText("Your password is changed.")).toBeVisible();
    await page.goto("/main");
    await atHome(page);
    await context.close();
  });

  test("sets up an app as second factor, signs in with it, with a recovery code, and turns it off", async ({ page: admin, browser, baseURL }) => {
    const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    // Of their own: a journey that breaks off half-way leaves nobody else with a second factor.
    const { email, password } = await joinAsNewPerson(admin, page, "Tess Totp");
    await page.goto("/sign-in");
    await typePassword(page, password, email);
    await atHome(page);
    // A menu is loaded when somebody opens it; a click before the page lives is lost.
    await expect(async () => {
      await page.getByRole("button", { name: /^Account of/ }).click();
      await page.getByRole("menuitem", { name: "Profile and security" }).click({ timeout: 5_000 });
    }).toPass();
    await page.getByRole("button", { name: "Set up an app" }).click();
    await expect(page.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
    const secret = (await page.getByTestId("totp-secret").textContent()) ?? "";
    await page.getByRole("textbox", { name: "Code" }).fill(codeOf(secret, 0));
    await page.getByRole("button", { name: "Turn on" }).click();
    const list = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
    await expect(list).toHaveCount(10);
    const codes = await list.allTextContents();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await expect(page.getByText("10 recovery codes left")).toBeVisible();
    await expectAccessible(page);

    await context.clearCookies();
    await page.goto("/main/runs");
    await typePassword(page, password, email);
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    await page.goto("/main/runs");
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("textbox", { name: "Code" }).fill("000000");
    await page.keyboard.press("Enter");
    await expect(page.getByText("That is not right, or it was used already.")).toBeVisible();
    await page.getByRole("textbox", { name: "Code" }).fill(codeOf(secret, 1));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/main\/runs/);

    await context.clearCookies();
    await page.goto("/profile/security");
    await typePassword(page, password, email);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(codes[0]!);
    await page.keyboard.press("Enter");
    await expect(page.getByText("9 recovery codes left")).toBeVisible();
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
    await expect(page.getByRole("button", { name: "Set up an app" })).toBeVisible();
    await context.close();
  });

  test("adds a passkey, signs in with it without typing anything, and removes it", async ({ page: admin, browser }) => {
    const context = await browser.newContext({ baseURL: AT_LOCALHOST, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    const { email, password } = await joinAsNewPerson(admin, page, "Pia Passkey");
    const devices = await context.newCDPSession(page);
    await devices.send("WebAuthn.enable");
    await devices.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    await page.goto("/sign-in?callbackUrl=/profile/security");
    await typePassword(page, password, email);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByLabel("Name", { exact: false }).last().fill("My laptop");
    await page.getByRole("button", { name: "Go on" }).click();
    const passkeys = page.getByRole("list", { name: "Passkeys" });
    await expect(passkeys).toContainText("My laptop");

    await context.clearCookies();
    await page.goto("/sign-in?callbackUrl=/profile/security");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem").filter({ hasText: "This device" })).toContainText("by a passkey");
    await page.getByRole("button", { name: "Rename My laptop" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("Old laptop");
    await page.getByRole("button", { name: "Save" }).last().click();
    await page.getByRole("button", { name: "Remove Old laptop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(page.getByText("No passkeys")).toBeVisible();
    await context.close();
  });

  test("sees where they are signed in, and ends another session at once", async ({ browser, baseURL }) => {
    const [here, there] = await Promise.all([1, 2].map(() => browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } })));
    const [page, other] = [await here!.newPage(), await there!.newPage()];
    await other.goto("/sign-in");
    await typePassword(other);
    await atHome(other);
    await page.goto("/sign-in?callbackUrl=/profile/security");
    await typePassword(page);
    const sessions = page.getByRole("list", { name: "Sessions" }).getByRole("listitem");
    await expect(sessions.filter({ hasText: "This device" })).toHaveCount(1);
    // The newest but this one: that of the other window.
    await sessions.filter({ hasNotText: "This device" }).first().getByRole("button", { name: /^End the session/ }).click();
    await other.goto("/main/runs");
    await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await Promise.all([here!.close(), there!.close()]);
  });
});

test("headers that skip a proxy's checks open nothing", async ({ playwright, baseURL }) => {
  const tricks: Record<string, string>[] = [
    { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
    { "x-middleware-subrequest": "src/middleware:src/middleware:src/middleware:src/middleware:src/middleware" },
    { "x-middleware-rewrite": "/main", "x-middleware-next": "1" },
    { "x-original-url": "/main", "x-rewrite-url": "/main" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    { "x-invoke-path": "/main", "x-matched-path": "/main", "x-path": "//evil.example" },
  ];
  for (const extraHTTPHeaders of tricks) {
    const api = await playwright.request.newContext({ baseURL, extraHTTPHeaders, storageState: { cookies: [], origins: [] } });
    const answer = await api.get("/main/runs", { maxRedirects: 0 });
    const to = answer.headers().location;
    expect([answer.status(), to === undefined ? null : new URL(to, baseURL).origin]).toEqual([307, new URL(baseURL!).origin]);
    expect((await api.get("/api/trpc/me.get")).status()).toBe(401);
    const page = await api.get("/sign-in");
    expect(await page.text()).not.toContain("evil.example");
    await api.dispose();
  }
});
