import { afterAll, expect, it } from "vitest";
import { listOrganizationAuditEvents } from "@/server/audit-log/list";
import { sealAuditEvents, verifyAuditChain } from "@/server/audit-chain/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makePerson, makeScope } from "@/server/testing/factories";
import { recordAccess, type Person } from "./access-audit";
import { signInByPassword } from "./doors/password";
import { openOrganizationScope } from "./organization-scope";
import { hashPassword } from "./password";
import { LIMITS } from "./rate-limit";
import { createSession } from "./session";

afterAll(closeConnections);

const atOnce = () => Promise.resolve();

const from = (ip: string) => ({ headers: { "x-forwarded-for": ip, "user-agent": "test" } });
const ORIGIN = { ip: "192.0.2.1", userAgent: "test", requestId: "test" };
const PASSWORD = "a good long password";

/** Somebody with a password, who is in two organizations. */
async function setUp() {
  const [first, second] = [await makeScope(), await makeScope()];
  const email = `${newId()}@${newId()}.example`;
  const person = await rawDb().user.create({ data: { id: newId(), email, name: "Ann", passwordHash: await hashPassword(PASSWORD), emailProvenAt: new Date() } });
  for (const { organizationId } of [first, second]) await rawDb().organizationMember.create({ data: { organizationId, userId: person.id } });
  return { first, second, person };
}

const entriesOf = (organizationId: string | null, person: Person) => rawDb().auditEvent.findMany({ where: { organizationId, actorId: person.id }, orderBy: { id: "asc" } });
const actions = async (organizationId: string | null, person: Person) => (await entriesOf(organizationId, person)).map(({ action }) => action);
const record = (person: Person, action: string, resource: { type: string; id: string; name?: string }, after?: Record<string, unknown>) =>
  rawDb().$transaction((tx) => recordAccess(tx, person, { action, resource, ...(after && { after }) }, ORIGIN));

it("tells each organization of a person how they sign in, and what went wrong, in its own chain", async () => {
  const { first, second, person } = await setUp();
  const others = await makeScope();
  expect(await signInByPassword({ email: person.email, password: PASSWORD }, from("192.0.2.7"))).toMatchObject({ email: person.email });
  for (let turn = 0; turn < LIMITS.signInByEmail.attempts; turn++) await signInByPassword({ email: person.email, password: "wrong" }, from("192.0.2.8"), atOnce);
  await expect(signInByPassword({ email: person.email, password: "wrong" }, from("192.0.2.8"))).rejects.toThrow("rate_limited");
  const told = ["session.started", ...Array<string>(LIMITS.signInByEmail.attempts).fill("sign_in.failed"), "sign_in.locked"];
  for (const organizationId of [null, first.organizationId, second.organizationId]) expect(await actions(organizationId, person)).toEqual(told);
  expect(await actions(others.organizationId, person)).toEqual([]);
  const [started] = await entriesOf(first.organizationId, person);
  expect(started).toMatchObject({ ip: "192.0.2.7", userAgent: "test", actorName: "Ann", workspaceId: null, after: { method: "password" } });
  // In its own log, and only there; the chains hold.
  const owner = await makePerson(first.organizationId, "owner");
  const { items } = await listOrganizationAuditEvents({ organization: await openOrganizationScope(owner.id, { id: first.organizationId }) }, { limit: 50, actorId: person.id, action: "sign_in" });
  expect(items.map(({ action }) => action)).toEqual(told.slice(1).toReversed());
  while ((await sealAuditEvents()) > 0);
  for (const organizationId of [first.organizationId, second.organizationId]) expect(await verifyAuditChain(organizationId)).toMatchObject({ unsealed: 0, problem: null });
});

it("tells the organization that has proved an address's domain of what is refused to whoever is not in it, and of nothing else", async () => {
  const { person } = await setUp();
  const owner = await makeScope();
  const domain = await rawDb().ssoDomain.create({ data: { id: newId(), organizationId: owner.organizationId, domain: person.email.split("@")[1]!, token: "x" } });
  await signInByPassword({ email: person.email, password: "wrong" }, from("192.0.2.9"));
  expect(await actions(owner.organizationId, person)).toEqual([]);
  await rawDb().ssoDomain.update({ where: { id: domain.id }, data: { verifiedAt: new Date() } });
  await signInByPassword({ email: person.email, password: "wrong" }, from("192.0.2.9"));
  await createSession(person.id);
  expect(await actions(owner.organizationId, person)).toEqual(["sign_in.failed"]);
});

it("is no word about other organizations and providers, nor to organizations that are deleted", async () => {
  const { first, second, person } = await setUp();
  await rawDb().organization.update({ where: { id: second.organizationId }, data: { deletedAt: new Date() } });
  await record(person, "account.unlinked", { type: "linked_account", id: "oidc:their-id", name: "ann@elsewhere.example" }, { provider: `oidc:${second.organizationId}` });
  await record(person, "email_change.requested", { type: "user", id: person.id }, { email: "ann@elsewhere.example" });
  await record(person, "passkey.added", { type: "passkey", id: "p", name: "Key ring" });
  const shown = await entriesOf(first.organizationId, person);
  expect(shown.map(({ action, resourceType }) => [action, resourceType])).toEqual([["account.unlinked", "user"], ["email_change.requested", "user"], ["passkey.added", "passkey"]]);
  for (const name of ["elsewhere", "their-id", second.organizationId]) expect(JSON.stringify(shown, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))).not.toContain(name);
  expect((await entriesOf(null, person))[0]).toMatchObject({ resourceName: "ann@elsewhere.example" });
  expect(await actions(second.organizationId, person)).toEqual([]);
});

it("is there with the deed alone", async () => {
  const { first, person } = await setUp();
  await expect(
    rawDb().$transaction(async (tx) => {
      await recordAccess(tx, person, { action: "password.changed", resource: { type: "user", id: person.id } }, ORIGIN);
      throw new Error("the deed fails");
    }),
  ).rejects.toThrow("the deed fails");
  expect(await actions(first.organizationId, person)).toEqual([]);
});
