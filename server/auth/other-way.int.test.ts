import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { Account, User } from "next-auth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inviteToOrganization, register } from "@/server/invitations/service";
import { makePerson, makeWorkspace } from "@/server/testing/factories";
import { contextFor } from "@/server/trpc/context";
import { createCaller } from "@/server/trpc/root";
import { signInByLink } from "./doors/link";
import { signInByPassword } from "./doors/password";
import { enterByProvider } from "./doors/provider";
import { readSignInPolicy } from "./organization-policy";
import { openOrganizationScope } from "./organization-scope";
import { createSession, findAnySession } from "./session";
import { createSignInLink } from "./sign-in-links";
import { attemptWith, makeSignInPerson, PASSWORD } from "./testing/person";

const ORIGIN = { ip: "10.0.0.1", userAgent: "test", requestId: "test" };
const NEW_PASSWORD = "another rather long password";
const PAGE = "http://localhost:3000";

beforeAll(() => {
  process.env.SMTP_URL = "smtp://127.0.0.1:9";
  process.env.MILLRACE_URL = PAGE;
});
afterAll(closeConnections);

async function organizationWith(signInMethods: string[]) {
  const { organizationId } = await makeWorkspace();
  const owner = await makePerson(organizationId, "owner");
  const scope = await openOrganizationScope(owner.id, { id: organizationId });
  await rawDb().organization.update({ where: { id: organizationId }, data: { signInMethods } });
  return { organizationId, scope };
}

const stageOf = async (token: string | undefined) => (await findAnySession(token))?.stage;
const byMailedLink = async (userId: string) => (await signInByLink({ token: new URL(await createSignInLink(userId, "magic")).searchParams.get("token") }, attemptWith()))?.sessionToken;
const withPassword = (email: string, password = PASSWORD) => signInByPassword({ email, password }, attemptWith());

function providerSays(provider: string, subject: string, email: string): [User, Account] {
  return [{ id: subject, name: "Ada", email, emailVerified: true } as unknown as User, { provider, providerAccountId: subject, type: "oauth" } as Account];
}

/** What a browser with this session asks; `kept`: the session that it goes on with. */
function callerWith(token: string) {
  const kept = { token };
  const setCookie = (cookie: string) => (kept.token = cookie.split(";")[0]!.split("=")[1]!);
  const caller = createCaller(contextFor(() => findAnySession(kept.token), null, ORIGIN, { headers: new Headers({ host: "localhost:3000", origin: PAGE }), setCookie }));
  return { caller, kept };
}

/** What a device answers that makes a passkey, without a statement of who made the device. */
function newPasskey({ challenge }: { challenge: string }) {
  const { x, y } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const id = randomBytes(16);
  const key = isoCBOR.encode(new Map<number, number | Uint8Array>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x!, "base64url")], [-3, Buffer.from(y!, "base64url")]]) as never);
  const authData = Buffer.concat([createHash("sha256").update("localhost").digest(), Buffer.from([0x45, 0, 0, 0, 0]), Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
  const attestation = isoCBOR.encode(new Map<string, unknown>([["fmt", "none"], ["attStmt", new Map()], ["authData", new Uint8Array(authData)]]) as never);
  const clientData = Buffer.from(JSON.stringify({ type: "webauthn.create", challenge, origin: PAGE, crossOrigin: false }));
  const text = id.toString("base64url");
  return { id: text, rawId: text, type: "public-key", clientExtensionResults: {}, response: { clientDataJSON: clientData.toString("base64url"), attestationObject: Buffer.from(attestation).toString("base64url"), transports: ["internal"] } };
}

/** Adds the one way that is allowed, in a session that may do nothing else, and answers the session that they are in with then. */
async function add(way: string, token: string, { id, email }: { id: string; email: string }): Promise<string | undefined> {
  const { caller, kept } = callerWith(token);
  await expect(caller.account.sessions()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  if (way !== "password") await expect(caller.account.changePassword({ current: "", next: NEW_PASSWORD })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  if (way !== "passkey") await expect(caller.account.beginPasskey()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  switch (way) {
    case "github":
    case "google": {
      const other = way === "github" ? "google" : "github";
      expect(await enterByProvider(...providerSays(other, `${other} ${id}`, email), attemptWith(token))).toContain("account_unknown");
      const [user, account] = providerSays(way, `${way} ${id}`, email);
      expect(await enterByProvider(user, account, attemptWith(token))).toBe(true);
      return (user as unknown as { sessionToken: string }).sessionToken;
    }
    case "passkey": {
      const options = (await caller.account.beginPasskey()) as { challenge: string };
      await caller.account.finishPasskey({ name: "Laptop", response: newPasskey(options) as never });
      return kept.token;
    }
    case "link":
      return byMailedLink(id);
    default:
      await caller.account.changePassword({ current: "", next: NEW_PASSWORD });
      return kept.token;
  }
}

describe("an organization that allows one way alone", () => {
  it.each(["password", "link", "passkey", "github", "google"])("%s: lets somebody new in", async (way) => {
    const { scope } = await organizationWith([way]);
    const email = `new-${newId().slice(-12)}@example.com`;
    const [made] = await inviteToOrganization({ organization: scope }, { emails: [email], role: "member", days: 7, byMail: false });
    const kept = { token: "" };
    await register({ origin: ORIGIN, keepSession: (token) => (kept.token = token) }, { code: made!.url!.split("#")[1]!, name: "New", ...(way === "password" ? { password: PASSWORD } : {}) });
    const person = await rawDb().user.findUniqueOrThrow({ where: { email } });
    if (way === "password") return expect(await stageOf((await withPassword(email))?.sessionToken)).toBe("full");
    expect(await stageOf(kept.token)).toBe("other_way");
    expect(await stageOf(await add(way, kept.token, person))).toBe("full");
  });

  it.each(["password", "link", "passkey", "github", "google"])("%s: lets in a member who came otherwise before", async (way) => {
    const { organizationId } = await organizationWith([way]);
    const person = await makeSignInPerson(organizationId);
    if (way === "password") {
      await rawDb().user.update({ where: { id: person.id }, data: { passwordHash: null } });
      await rawDb().linkedAccount.create({ data: { id: newId(), userId: person.id, provider: "google", subject: person.id, label: "Ada" } });
      const [user, account] = providerSays("google", person.id, person.email);
      expect(await enterByProvider(user, account, attemptWith())).toContain("method_refused");
      const came = await byMailedLink(person.id);
      expect(await stageOf(came)).toBe("other_way");
      expect(await stageOf(await add(way, came!, person))).toBe("full");
      return expect(await stageOf((await withPassword(person.email, NEW_PASSWORD))?.sessionToken)).toBe("full");
    }
    if (way === "link") {
      await expect(withPassword(person.email)).rejects.toThrow("method_refused");
      return expect(await stageOf(await add(way, await createSession(person.id), person))).toBe("full");
    }
    const came = await byMailedLink(person.id);
    expect(await stageOf(came)).toBe("other_way");
    expect(await stageOf(await add(way, came!, person))).toBe("full");
    const told = await rawDb().auditEvent.findMany({ where: { organizationId, actorId: person.id, action: "sign_in.to_add_way" } });
    expect(told.map(({ after }) => after)).toEqual([{ method: "link", missing: [way] }]);
    // From then on no other way is one, and no link adds another.
    await expect(withPassword(person.email)).rejects.toThrow("method_refused");
    await expect(byMailedLink(person.id)).rejects.toThrow("method_refused");
  });

  it("tells its owners how many people have none of the ways that stay", async () => {
    const { organizationId, scope } = await organizationWith([]);
    const [one, other] = [await makeSignInPerson(organizationId), await makeSignInPerson(organizationId)];
    await rawDb().linkedAccount.create({ data: { id: newId(), userId: other.id, provider: "google", subject: other.id, label: "Ada" } });
    await rawDb().user.update({ where: { id: one.id }, data: { passwordHash: null } });
    expect((await readSignInPolicy(scope)).peopleByWays).toEqual([{ ways: ["link"], people: 2 }, { ways: ["password", "link", "google"], people: 1 }]);
  });
});

describe("attack: a way added by half a sign-in", () => {
  it("needs the second factor that the account has, a fresh proof, and an account that is nobody else's", async () => {
    const { organizationId } = await organizationWith(["google"]);
    const person = await makeSignInPerson(organizationId);
    await rawDb().totpFactor.create({ data: { userId: person.id, sealed: new Uint8Array(32), masterKeyId: "test", confirmedAt: new Date() } });
    const came = { sessionToken: (await byMailedLink(person.id))! };
    expect(await stageOf(came.sessionToken)).toBe("second_factor");
    expect(await enterByProvider(...providerSays("google", `of ${person.id}`, person.email), attemptWith(came.sessionToken))).toContain("account_unknown");
    await rawDb().session.updateMany({ where: { userId: person.id }, data: { secondFactorAt: new Date(), authenticatedAt: new Date(Date.now() - 3_600_000) } });
    expect(await stageOf(came.sessionToken)).toBe("other_way");
    expect(await enterByProvider(...providerSays("google", `of ${person.id}`, person.email), attemptWith(came.sessionToken))).toContain("proof_needed");
    await rawDb().session.updateMany({ where: { userId: person.id }, data: { authenticatedAt: new Date() } });
    const { id: stranger } = await makeSignInPerson();
    await rawDb().linkedAccount.create({ data: { id: newId(), userId: stranger, provider: "google", subject: stranger, label: "Eve" } });
    expect(await enterByProvider(...providerSays("google", stranger, person.email), attemptWith(came.sessionToken))).toContain("account_taken");
    expect(await rawDb().linkedAccount.count({ where: { userId: person.id } })).toBe(0);
  });

  it("by a password that an organization refuses, nor in a session that it had opened", async () => {
    const { organizationId } = await organizationWith([]);
    const person = await makeSignInPerson(organizationId);
    const open = (await withPassword(person.email))!.sessionToken;
    await rawDb().organization.update({ where: { id: organizationId }, data: { signInMethods: ["github", "passkey", "google"] } });
    await expect(withPassword(person.email)).rejects.toThrow("method_refused");
    const seen = await rawDb().auditEvent.findMany({ where: { organizationId, actorId: person.id, action: { startsWith: "sign_in." } } });
    expect(seen.map(({ action }) => action)).toEqual(["sign_in.refused"]);
    expect(await stageOf(open)).toBe("other_way");
    expect(await enterByProvider(...providerSays("github", `eve of ${person.id}`, "eve@example.com"), attemptWith(open))).toContain("account_unknown");
    const { caller } = callerWith(open);
    await expect(caller.account.beginPasskey()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await expect(caller.account.finishPasskey({ name: "Laptop", response: newPasskey({ challenge: "none" }) as never })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(await rawDb().linkedAccount.count({ where: { userId: person.id } })).toBe(0);
  });

  it("takes what somebody else may have put into an account whose address was not proven", async () => {
    const { organizationId } = await organizationWith(["github"]);
    const person = await makeSignInPerson(organizationId);
    await rawDb().user.update({ where: { id: person.id }, data: { emailProvenAt: null } });
    await rawDb().totpFactor.create({ data: { userId: person.id, sealed: new Uint8Array(32), masterKeyId: "test", confirmedAt: new Date() } });
    expect(await stageOf(await byMailedLink(person.id))).toBe("other_way");
    expect(await rawDb().user.findUniqueOrThrow({ where: { id: person.id } })).toMatchObject({ passwordHash: null, emailProvenAt: expect.any(Date) });
  });
});
