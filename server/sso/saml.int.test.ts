import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashToken } from "@/server/auth/one-time-token";
import { createSession, findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections, rawDb } from "@/server/db/client";
import { addressesOf } from "./addresses";
import { samlInput } from "./contract";
import { createConnection, enableConnection, readMetadata, updateConnection, viewTrial, watchCertificates } from "./service";
import { Browser } from "./testing/browser";
import { type Company, makeCompany, routeAll } from "./testing/organization";
import { answerAbout, formOf, newSamlKeys, requestIdOf, type SamlAnswerOptions } from "./testing/saml-provider";

const ISSUER = "https://idp.example.com/entity";
const [keys, nextKeys, foreignKeys] = [newSamlKeys(), newSamlKeys(), newSamlKeys()];
let company: Company;
let connectionId: string;
let urls: ReturnType<typeof addressesOf>;

const settings = (more: object = {}) => samlInput.parse({ kind: "saml", name: "Company", entityId: ISSUER, ssoUrl: "https://idp.example.com/sso", certificates: [keys.cert, nextKeys.cert], ...more });
const isProvider = ({ hostname }: URL) => hostname === "idp.example.com";
const ada = () => ({ id: "ada-1", email: `ada@${company.domain}`, name: "Ada", groups: ["staff"] });
const sessionOf = (browser: Browser) => findSession(browser.cookie(sessionCookieName()));

beforeAll(async () => {
  company = await makeCompany();
  ({ id: connectionId } = await createConnection(company, settings()));
  urls = addressesOf(connectionId);
  await enableConnection(company, { connectionId, enabled: true });
  await routeAll(company, connectionId);
});
afterAll(closeConnections);

async function asked(browser: Browser, address: string) {
  const at = await browser.go(address, isProvider);
  return { relayState: at.searchParams.get("RelayState")!, inResponseTo: requestIdOf(at) };
}

/** Goes to the provider, and gives what comes back, still in the provider's hands. */
async function begin(browser: Browser, next = "/sales/runs", more: Partial<SamlAnswerOptions> = {}) {
  const { relayState, inResponseTo } = await asked(browser, `${urls.start}?${new URLSearchParams({ next }).toString()}`);
  const xml = await answerAbout(ada(), { keys, issuer: ISSUER, audience: urls.metadata, recipient: urls.acs, inResponseTo, ...more });
  return { xml, relayState, inResponseTo };
}
const post = async (browser: Browser, xml: string, relayState: string) => {
  const end = await browser.go(urls.acs, undefined, formOf(xml, relayState));
  return end.pathname + end.search;
};

describe("the metadata of a SAML provider", () => {
  const body = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, "");
  const keyOf = (pem: string, use?: string) => `<md:KeyDescriptor${use === undefined ? "" : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${body(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  const service = (binding: string, location: string) => `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"/>`;
  const entity = (inner: string) => `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ISSUER}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${inner}</md:IDPSSODescriptor></md:EntityDescriptor>`;
  const whole = entity(`${keyOf(keys.cert, "signing")}${keyOf(nextKeys.cert)}${keyOf(foreignKeys.cert, "encryption")}${service("HTTP-POST", "https://idp.example.com/post")}${service("HTTP-Redirect", "https://idp.example.com/sso")}`);

  it("fills the form: who it is, where to sign in, and the certificates that sign", async () => {
    const read = await readMetadata({ xml: `<?xml version="1.0"?>\n${whole}` });
    expect(read).toMatchObject({ entityId: ISSUER, ssoUrl: "https://idp.example.com/sso" });
    expect(read.certificates.map(({ pem }) => body(pem))).toEqual([keys.cert, nextKeys.cert].map(body));
    expect(samlInput.parse({ kind: "saml", name: "x", entityId: read.entityId, ssoUrl: read.ssoUrl, certificates: read.certificates.map(({ pem }) => pem) }).certificates).toHaveLength(2);
    expect(await readMetadata({ xml: `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${whole}</md:EntitiesDescriptor>` })).toMatchObject({ entityId: ISSUER });
  });

  it.each([
    ["no XML", "{}", "is no SAML metadata"],
    ["our own", '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><md:SPSSODescriptor/></md:EntityDescriptor>', "no identity provider"],
    ["two providers", `<e:EntitiesDescriptor xmlns:e="x">${whole}${whole}</e:EntitiesDescriptor>`, "several"],
    ["a script as address", entity(`${keyOf(keys.cert)}${service("HTTP-Redirect", "javascript:alert(1)")}`), "no sign-in address"],
    ["no certificate", entity(service("HTTP-Redirect", "https://idp.example.com/sso")), "no certificate"],
    ["a certificate that is none", entity(`${keyOf("AAAA")}${service("HTTP-Redirect", "https://idp.example.com/sso")}`), "certificate"],
    ["attack: a document type that reads files", `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${entity("&f;")}`, "document type"],
  ])("%s is refused in words", async (_, xml, reason) => {
    await expect(readMetadata({ xml })).rejects.toMatchObject({ kind: "invalid_input", data: { reason: expect.stringContaining(reason) } });
  });

  it.each(["http://127.0.0.1:1/metadata", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.1/x", "http://2130706433/"])("attack: SSRF by the metadata address %s", async (url) => {
    await expect(readMetadata({ url })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "url", reason: expect.stringMatching(/cannot be read: .* must not be reached/) } });
  });
});

describe("signing in with a SAML provider", () => {
  it("takes a signed answer to its own request, with the old certificate and with the next", async () => {
    for (const pair of [keys, nextKeys]) {
      const browser = new Browser();
      const { xml, relayState } = await begin(browser, "/sales/runs", { keys: pair });
      expect(await post(browser, xml, relayState)).toBe("/sales/runs");
      expect(await sessionOf(browser)).toMatchObject({ email: `ada@${company.domain}`, name: "Ada", method: "sso", stage: "full" });
    }
  });

  it("takes an answer that is signed as a whole besides", async () => {
    const browser = new Browser();
    const { xml, relayState } = await begin(browser, "/", { signResponse: true });
    expect(await post(browser, xml, relayState)).toBe("/");
  });

  it("describes itself to the provider", async () => {
    const { handleSso } = await import("./service");
    const text = await (await handleSso(new Request(urls.metadata), connectionId, "metadata")).text();
    for (const part of [`entityID="${urls.metadata}"`, `Location="${urls.acs}"`, 'WantAssertionsSigned="true"']) expect(text).toContain(part);
  });
});

describe("attacks on SAML", () => {
  const refused = async (more: Partial<SamlAnswerOptions>, change: (xml: string) => string = (xml) => xml) => {
    const browser = new Browser();
    const { xml, relayState } = await begin(browser, "/", more);
    const end = await post(browser, change(xml), relayState);
    expect(await sessionOf(browser)).toBeNull();
    return end;
  };

  it("unsigned assertion: refused, also in a signed answer; and what another key signed", async () => {
    expect(await refused({ signAssertion: false })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ signAssertion: false, signResponse: true })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ keys: foreignKeys })).toBe("/sign-in?error=sso_failed");
    expect(await refused({}, (xml) => xml.replace(`ada@${company.domain}`, `eve@${company.domain}`))).toBe("/sign-in?error=sso_failed");
    expect(await refused({}, (xml) => xml.replace(/<(\w+:)?Signature[\s\S]*<\/(\w+:)?Signature>/, ""))).toBe("/sign-in?error=sso_failed");
  });

  it("a broken hash: an answer whose signature rests on SHA-1 is refused, whether signed or digested by it", async () => {
    expect(await refused({ signatureAlgorithm: "rsa-sha1" })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ digestAlgorithm: "sha1" })).toBe("/sign-in?error=sso_failed");
  });

  it("a document type: an answer that declares entities is refused, however well it is signed", async () => {
    expect(await refused({}, (xml) => `<!DOCTYPE Response [<!ENTITY who "eve">]>${xml}`)).toBe("/sign-in?error=sso_failed");
    expect(await refused({}, (xml) => `<!DOCTYPE Response SYSTEM "file:///etc/passwd">${xml}`)).toBe("/sign-in?error=sso_failed");
  });

  it("signature wrapping: a forged assertion beside, around or before the signed one is refused", async () => {
    const forge = (assertion: string) => assertion.replace(/<Signature[\s\S]*<\/Signature>/, "").replaceAll("ada-1", "eve-1").replaceAll("ada@", "eve@").replace(/ID="[^"]+"/, 'ID="_forged"');
    const assertionOf = (xml: string) => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)![0];
    const wraps: ((assertion: string) => string)[] = [
      (signed) => forge(signed) + signed,
      (signed) => signed + forge(signed),
      (signed) => forge(signed).replace("</saml:Assertion>", `${signed}</saml:Assertion>`),
      (signed) => forge(signed).replace(/<saml:Subject>/, `<saml:Advice>${signed}</saml:Advice><saml:Subject>`),
      (signed) => {
        const signature = /<Signature[\s\S]*<\/Signature>/.exec(signed)![0];
        const bare = signed.replace(signature, "");
        return forge(signed).replace("</saml:Issuer>", `</saml:Issuer>${signature.replace("</Signature>", `<Object>${bare}</Object></Signature>`)}`);
      },
    ];
    for (const [index, wrap] of wraps.entries()) {
      const end = await refused({}, (xml) => {
        const changed = xml.replace(assertionOf(xml), wrap(assertionOf(xml)));
        expect(changed).toContain("eve-1");
        return changed;
      });
      expect([index, end]).toEqual([index, "/sign-in?error=sso_failed"]);
    }
  });

  it("comment in a name: what stands behind it is not cut off", async () => {
    expect(await refused({}, (xml) => xml.replace(`ada@${company.domain}`, `ada@${company.domain}<!-- -->.evil.example`))).toBe("/sign-in?error=sso_failed");
  });

  it("an answer for somebody else, from somebody else, to another request, or too old", async () => {
    expect(await refused({ audience: "https://other.example" })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ recipient: "https://other.example/acs" })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ issuer: "https://evil.example" })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ inResponseTo: "_of-another" })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ inResponseTo: undefined })).toBe("/sign-in?error=sso_failed");
    expect(await refused({ lifetimeInSeconds: -3_600 })).toBe("/sign-in?error=sso_failed");
  });

  it("the request that an answer claims to be for counts only as it was signed", async () => {
    const attacker = new Browser();
    const stolen = await begin(attacker);
    const victim = new Browser();
    const own = await begin(victim);
    const moved = stolen.xml.replace(new RegExp(`(<samlp:Response[^>]*InResponseTo=")${stolen.inResponseTo}`), `$1${own.inResponseTo}`);
    expect(moved).not.toBe(stolen.xml);
    expect(await post(victim, moved, own.relayState)).toBe("/sign-in?error=sso_failed");
  });

  it("answer replay: a request is answered once, in the browser that asked", async () => {
    const browser = new Browser();
    const { xml, relayState } = await begin(browser);
    const thief = new Browser();
    expect(await post(thief, xml, relayState)).toBe("/sign-in?error=sso_expired");
    expect(await sessionOf(thief)).toBeNull();
    expect(await post(browser, xml, relayState)).toBe("/sign-in?error=sso_expired");
    const taken = await browser.go(`${urls.finish}?state=${relayState}`);
    expect(taken.pathname + taken.search).toBe("/sign-in?error=sso_expired");
    expect(await sessionOf(browser)).toBeNull();
  });

  it("somebody else's answer: who begins a sign-in and sends the provider's address on is not signed in as whoever opens it", async () => {
    const attacker = new Browser();
    const { xml, relayState } = await begin(attacker);
    const victim = new Browser();
    const answered = await victim.go(urls.acs, ({ pathname }) => pathname.endsWith("/finish"), formOf(xml, relayState));
    const take = async (browser: Browser, query: { state?: string; answer?: string }) => {
      const end = await browser.go(`${urls.finish}?${new URLSearchParams({ ...query }).toString()}`);
      return end.pathname + end.search;
    };
    for (const query of [{ state: relayState }, { state: relayState, answer: "" }, { state: relayState, answer: relayState }]) expect(await take(attacker, query)).toBe("/sign-in?error=sso_expired");
    expect(await sessionOf(attacker)).toBeNull();
    // The victim's browser goes on: it did not ask. From then on not even what stood in its address opens anything.
    const query = Object.fromEntries(answered.searchParams);
    expect(query).toMatchObject({ state: relayState, answer: expect.any(String) });
    expect(await take(victim, query)).toBe("/sign-in?error=sso_expired");
    expect(await take(attacker, query)).toBe("/sign-in?error=sso_expired");
    expect([await sessionOf(attacker), await sessionOf(victim)]).toEqual([null, null]);
  });

  it("somebody else's answer in a trial: its claims are shown to nobody who did not bring them", async () => {
    const tester = new Browser();
    tester.setCookie(sessionCookieName(), await createSession(company.organization.userId!));
    const trial = async () => {
      const { relayState, inResponseTo } = await asked(tester, `${urls.test}?next=/settings`);
      return { relayState, xml: await answerAbout(ada(), { keys, issuer: ISSUER, audience: urls.metadata, recipient: urls.acs, inResponseTo }) };
    };
    const testIdOf = async (state: string) => (await rawDb().ssoAttempt.findFirstOrThrow({ where: { hash: new Uint8Array(hashToken(state)) } })).testId!;
    const own = await trial();
    expect(await post(tester, own.xml, own.relayState)).toBe(`/settings?trial=${await testIdOf(own.relayState)}`);
    expect(await viewTrial(company, { testId: await testIdOf(own.relayState) })).toMatchObject({ subject: "ada-1", problem: null });
    const sentOn = await trial();
    const testId = await testIdOf(sentOn.relayState);
    const other = new Browser();
    const answered = await other.go(urls.acs, ({ pathname }) => pathname.endsWith("/finish"), formOf(sentOn.xml, sentOn.relayState));
    await expect(viewTrial(company, { testId })).rejects.toMatchObject({ kind: "not_found" });
    await other.go(answered.href);
    await expect(viewTrial(company, { testId })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("IdP-initiated replay: only where it is wanted, each assertion once, and never as the answer to a request", async () => {
    const unasked = () => answerAbout(ada(), { keys, issuer: ISSUER, audience: urls.metadata, recipient: urls.acs });
    expect(await post(new Browser(), await unasked(), "/")).toBe("/sign-in?error=sso_expired");
    await updateConnection(company, { connectionId, connection: settings({ unsolicited: true }) });
    const xml = await unasked();
    const browser = new Browser();
    expect(await post(browser, xml, "/sales/home")).toBe("/sales/home");
    expect(await sessionOf(browser)).not.toBeNull();
    expect(await post(new Browser(), xml, "/")).toBe("/sign-in?error=sso_expired");
    expect(await post(new Browser(), await unasked(), "https://evil.example/")).toBe("/");
    expect(await post(new Browser(), (await begin(new Browser())).xml, "/")).toBe("/sign-in?error=sso_failed");
  });

  it("those who look after the organization hear once before the last certificate runs out, and once when it has", async () => {
    const until = Math.max(...[keys, nextKeys].map(({ cert }) => Date.parse(new X509Certificate(cert).validTo)));
    const { organizationId } = company.organization;
    const days = (count: number) => new Date(until + count * 86_400_000);
    const heard = async () => (await rawDb().notification.findMany({ where: { workspace: { organizationId }, event: { startsWith: "certificate." } }, orderBy: { createdAt: "asc" }, select: { event: true } })).map(({ event }) => event);
    await rawDb().ssoConnection.updateMany({ data: { certificatesCheckedAt: null } });
    // One that cannot be told of, at the first look that has something to say, is told of at the next.
    await watchCertificates(days(-40));
    await rawDb().$executeRawUnsafe("alter table notification add constraint not_now check (event not like 'certificate.%') not valid");
    await expect(watchCertificates(days(-29))).rejects.toThrow("could not be looked at");
    await rawDb().$executeRawUnsafe("alter table notification drop constraint not_now");
    const looks: [number, string[]][] = [[-29, ["expiring"]], [-29, ["expiring"]], [-5, ["expiring"]], [1, ["expiring", "expired"]], [9, ["expiring", "expired"]]];
    for (const [at, events] of looks) {
      await watchCertificates(days(at));
      expect([at, await heard()]).toEqual([at, events.map((event) => `certificate.${event}`)]);
    }
  });

  it("a certificate that was taken out signs nobody in any more, and others are looked at anew", async () => {
    const checkedAt = async () => (await rawDb().ssoConnection.findUniqueOrThrow({ where: { id: connectionId } })).certificatesCheckedAt;
    await rawDb().ssoConnection.update({ where: { id: connectionId }, data: { certificatesCheckedAt: new Date() } });
    await updateConnection(company, { connectionId, connection: settings() });
    expect(await checkedAt()).not.toBeNull();
    await updateConnection(company, { connectionId, connection: settings({ certificates: [nextKeys.cert] }) });
    expect(await checkedAt()).toBeNull();
    expect(await refused({})).toBe("/sign-in?error=sso_failed");
    await updateConnection(company, { connectionId, connection: settings() });
  });
});
