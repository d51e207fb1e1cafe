import fs from "node:fs";
import path from "node:path";
import { expect, test as base, type Browser, type Page } from "@playwright/test";

export const PERSON = { name: "Ada Lovelace", email: "ada@example.com", password: "a rather long password" };

/** Signs in on whatever page the link leads to: the first time with details, later (the link is used up) by password. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  const welcome = page.getByRole("heading", { name: "Welcome" });
  const withPassword = page.getByRole("button", { name: "Sign in with e-mail and password" });
  await expect(welcome.or(withPassword)).toBeVisible();
  if (await welcome.isVisible()) {
    await page.getByLabel("Name").fill(PERSON.name);
    await page.getByLabel("E-mail").fill(PERSON.email);
    await page.getByLabel("Password").fill(PERSON.password);
    await page.getByRole("button", { name: "Begin" }).click();
  } else {
    await withPassword.click();
    await page.getByLabel("E-mail").fill(PERSON.email);
    await page.getByLabel("Password").fill(PERSON.password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
}

/** A session of this page alone, of just now. */
export async function signInAnew(page: Page): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(PERSON.email);
  await page.getByLabel("Password").fill(PERSON.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
}

/** Somebody new, invited by whom `admin` shows and joining in `guest`: for journeys that change how a person signs in. */
export async function joinAsNewPerson(admin: Page, guest: Page, name: string): Promise<typeof PERSON> {
  const person = { name, email: `${name.split(" ")[0]!.toLowerCase()}-${Date.now()}@example.com`, password: "another rather long password" };
  await admin.goto("/main/settings/members");
  await admin.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("E-mail addresses").fill(person.email);
  await dialog.getByLabel("Send the links by mail").uncheck();
  await dialog.getByRole("button", { name: "Invite" }).click();
  await guest.goto((await dialog.locator("code").textContent())!);
  await guest.getByLabel("Your name").fill(person.name);
  await guest.getByLabel("Password").fill(person.password);
  await guest.getByRole("button", { name: "Join", exact: true }).click();
  await expect(guest.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  await guest.context().clearCookies();
  return person;
}

async function signedInState(browser: Browser, baseURL: string): Promise<string> {
  const file = path.join(process.env.E2E_DATA_DIR ?? ".", "browser-state.json");
  if (fs.existsSync(file)) return file;
  const context = await browser.newContext({ baseURL });
  await signIn(await context.newPage(), process.env.MILLRACE_SIGN_IN_URL ?? "/sign-in");
  await context.storageState({ path: file });
  await context.close();
  return file;
}

/** A name that no other attempt of this test has taken: all of them share one installation. */
export function fresh(name: string, separator = " "): string {
  const { retry, repeatEachIndex } = base.info();
  const attempt = repeatEachIndex * 10 + retry;
  return attempt === 0 ? name : `${name}${separator}${attempt}`;
}

/** What is pressed or typed on a page that the server has drawn, and that does not live yet, is lost. */
function opensAlive(page: Page): Page {
  const untilAlive = () => page.locator("html[data-alive]").waitFor({ state: "attached" });
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (...parameters) => {
    const answer = await goto(...parameters);
    await untilAlive();
    return answer;
  };
  page.reload = async (...parameters) => {
    const answer = await reload(...parameters);
    await untilAlive();
    return answer;
  };
  return page;
}

function letPagesOpenAlive(browser: Browser): Browser {
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (...parameters) => {
    const context = await newContext(...parameters);
    const newPage = context.newPage.bind(context);
    context.newPage = async () => opensAlive(await newPage());
    return context;
  };
  return browser;
}

interface WorkerFixtures {
  signedIn: string;
}

/** For tests that sign in by themselves. */
export const anonymous = base.extend<object, object>({
  browser: [({ browser }, provide) => provide(letPagesOpenAlive(browser)), { scope: "worker" }],
});

/** Tests of a person who is signed in; the first one of all signs in by the link that the start printed. */
export const test = anonymous.extend<object, WorkerFixtures>({
  signedIn: [
    async ({ browser }, provide, info) => {
      await provide(await signedInState(browser, String(info.project.use.baseURL)));
    },
    { scope: "worker" },
  ],
  storageState: ({ signedIn }, provide) => provide(signedIn),
});

export { expect };
