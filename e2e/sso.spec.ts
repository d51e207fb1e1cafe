import type { Browser, Page } from "@playwright/test";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";
import { type OpenIdProvider, startOpenIdProvider } from "@/server/sso/testing/openid-provider";
import { ask, Installation } from "./installation";
import { type SamlPage, startSamlPage } from "./saml-page";
import { anonymous as test, expect, PERSON, signIn } from "./session";

const DOMAINS = { oidc: "company.example", saml: "daughter.example" };
const CLIENT = { id: "millrace", secret: "a-secret-of-the-provider" };
const SSO_PAGE = "/main/settings/single-sign-on";

let installation: Installation;
let openId: OpenIdProvider;
let saml: SamlPage;
let admin: Page;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  const redirects: string[] = ["http://127.0.0.1/none"];
  openId = await startOpenIdProvider(CLIENT, () => redirects);
  saml = await startSamlPage();
  installation = await Installation.start({ MILLRACE_SSRF_ALLOW: "127.0.0.1" });
  admin = await stranger(browser);
  await signIn(admin, installation.signInUrl);
  await admin.goto(SSO_PAGE);
  for (const domain of Object.values(DOMAINS)) {
    const added = admin.getByRole("button", { name: `Remove ${domain}` });
    // What is filled in before the page has come to life is lost.
    await expect(async () => {
      if (!(await added.isVisible())) {
        await admin.getByLabel("Domain", { exact: true }).fill(domain);
        await admin.getByRole("button", { name: "Add", exact: true }).click();
      }
      await expect(added).toBeVisible({ timeout: 10_000 });
    }).toPass({ timeout: 90_000 });
  }
  // What a name server on this machine cannot say.
  const { url, stop } = await startEmbeddedPostgres({ dataFolder: installation.folder });
  await ask(url, "UPDATE sso_domain SET verified_at = now()");
  await stop();
  await connect(admin, "Company", async (dialog) => {
    await dialog.getByLabel("Issuer").fill(openId.issuer);
    await dialog.getByLabel("Client id").fill(CLIENT.id);
    await dialog.getByLabel("Client secret").fill(CLIENT.secret);
  });
  redirects.push(await addressOf("Company", "Redirect"));
  openId.changeKeys();
  await connect(admin, "Daughter", async (dialog) => {
    await dialog.getByLabel("Protocol").click();
    await admin.getByRole("option", { name: "SAML 2.0" }).click();
    await dialog.getByLabel("Entity id of the provider").fill(saml.entityId);
    await dialog.getByLabel("Sign-in address").fill(saml.ssoUrl);
    await dialog.getByLabel("Certificates").fill(saml.keys.cert);
  });
  saml.service = { acs: await addressOf("Daughter", "ACS address"), audience: await addressOf("Daughter", "Metadata") };
  await admin.reload();
  for (const [domain, name] of [[DOMAINS.oidc, "Company"], [DOMAINS.saml, "Daughter"]] as const) {
    await admin.getByLabel(`Where ${domain} signs in`).click();
    await admin.getByRole("option", { name }).click();
    await expect(admin.getByLabel(`Where ${domain} signs in`)).toHaveText(name);
  }
});

test.afterAll(async () => {
  await admin?.context().close();
  await Promise.all([openId?.stop(), saml?.stop()]);
  await installation?.remove();
});

async function stranger(browser: Browser, baseURL = installation.url): Promise<Page> {
  return (await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } })).newPage();
}

async function connect(page: Page, name: string, fill: (dialog: ReturnType<Page["getByRole"]>) => Promise<void>): Promise<void> {
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await fill(dialog);
  await dialog.getByRole("textbox", { name: "Name *", exact: true }).or(dialog.locator("input[name=name]")).first().fill(name);
  await dialog.getByLabel("Role of new people").click();
  await page.getByRole("option", { name: "Admin" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("switch", { name: `${name} is on` }).click();
  await expect(page.getByRole("switch", { name: `${name} is on` })).toBeChecked();
}

async function addressOf(connection: string, term: string): Promise<string> {
  const row = admin.getByRole("listitem").filter({ has: admin.getByRole("switch", { name: `${connection} is on` }) });
  return row.locator("dl > div").filter({ hasText: term }).locator("dd").first().innerText();
}

async function comeByAddress(page: Page, email: string): Promise<void> {
  await page.goto("/main/runs");
  await page.getByRole("button", { name: "Use single sign-on" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(/\/main\/runs/);
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
}

test("somebody comes by their company's OpenID provider, to where they wanted to go", async ({ browser }) => {
  openId.account = { sub: "grace", claims: { email: `grace@${DOMAINS.oidc}`, email_verified: true, name: "Grace Hopper" } };
  const page = await stranger(browser);
  await comeByAddress(page, `grace@${DOMAINS.oidc}`);
  await page.goto("/profile/security");
  await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem").filter({ hasText: "This device" })).toContainText("single sign-on");
  await page.context().close();
});

test("somebody comes by their company's SAML provider", async ({ browser }) => {
  saml.account = { id: "joan-1", email: `joan@${DOMAINS.saml}`, name: "Joan Clarke" };
  const page = await stranger(browser);
  await comeByAddress(page, `joan@${DOMAINS.saml}`);
  await expect(page.getByRole("button", { name: /^Account of/ })).toContainText("Joan Clarke");
  await page.context().close();
});

test("whom the provider switches off stands before the door at once, and their token opens nothing", async ({ browser, playwright }) => {
  const email = `mary@${DOMAINS.oidc}`;
  openId.account = { sub: "mary", claims: { email, email_verified: true, name: "Mary Jackson" } };
  const page = await stranger(browser);
  await comeByAddress(page, email);
  await page.goto("/main/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("scripts");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByTestId("new-token").innerText();
  await page.keyboard.press("Escape");
  const program = await playwright.request.newContext({ baseURL: installation.url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  expect((await program.get("/api/v1/workflows")).status()).toBe(200);
  await page.goto("/main/runs");
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();

  await admin.goto(SSO_PAGE);
  await admin.getByLabel("Name of the token").fill("Company");
  await admin.getByRole("button", { name: "New token" }).click();
  const scimToken = await admin.getByRole("dialog").locator("code").innerText();
  await admin.getByRole("button", { name: "Done" }).click();
  const provider = await playwright.request.newContext({ extraHTTPHeaders: { authorization: `Bearer ${scimToken}`, "content-type": "application/scim+json" } });
  const users = `${installation.url}/api/scim/v2/Users`;
  const made = await provider.post(users, { data: { userName: email, name: { givenName: "Mary", familyName: "Jackson" }, active: true } });
  const { id } = (await made.json()) as { id: string };
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
  const off = await provider.patch(`${users}/${id}`, { data: { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "active", value: false }] } });
  expect(off.status()).toBe(200);
  expect((await program.get("/api/v1/workflows")).status()).toBe(401);
  // Nobody touches the page: it hears that the session has ended.
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await Promise.all([program.dispose(), provider.dispose(), page.context().close()]);
});

test("a second factor is required: whoever has none sets up a passkey, and is in", async ({ browser }) => {
  const page = await stranger(browser, installation.url.replace("127.0.0.1", "localhost"));
  const devices = await page.context().newCDPSession(page);
  await devices.send("WebAuthn.enable");
  await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto("/sign-in?callbackUrl=/main/settings/sign-in");
  await page.getByLabel("E-mail").fill(PERSON.email);
  await page.getByLabel("Password").fill(PERSON.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("switch", { name: "Second factor required" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Authenticator app/ })).toBeVisible();
  await page.getByRole("button", { name: /^Passkey/ }).click();
  await page.getByLabel("Name of the passkey").fill("My laptop");
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await expect(page.getByRole("switch", { name: "Second factor required" })).toBeChecked();

  // The last door is shut only now that an owner can come in without the provider.
  await page.getByRole("switch", { name: "Single sign-on required" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The rules hold from now on.").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("switch", { name: "Single sign-on required" })).toBeChecked();
  await page.context().close();
});
