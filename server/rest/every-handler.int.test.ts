import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession } from "@/server/auth/session";
import type { Scope } from "@/server/auth/scope";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections } from "@/server/db/client";
import { env } from "@/server/env";
import { closeLiveHub } from "@/server/live/hub";
import { makeMember, makePerson } from "@/server/testing/factories";
import { makeOwned, makeOwner, type Owned } from "@/server/trpc/testing/walk";

type Handler = (request: Request, context: { params: Promise<Record<string, string | string[]>> }) => Promise<Response>;

/** A file for people who are signed in: whose it is, the address says. */
interface Guarded {
  address: (slug: string, owned: Owned) => string;
  /** A role of the workspace that may not have it, if there is one. */
  not?: "viewer" | "operator";
}
/** Closed by a secret of its own: what whoever brings none, or a wrong one, is told. */
interface Keyed {
  address: string;
  params?: Record<string, string | string[]>;
  refused: number;
}
/** Everything in it is walked by another test. */
interface Walked {
  walkedBy: string;
}
/** For everybody, on purpose. */
interface Open {
  open: string;
}
type Fixture = Guarded | Keyed | Walked | Open;

const NO_ID = "00000000-0000-7000-8000-000000000000";
const hook: Keyed = { address: "/api/hooks/no-such-token", params: { token: "no-such-token" }, refused: 404 };
const route: Keyed = { address: "/api/r/none/none", params: { path: ["none", "none"] }, refused: 404 };
const scim: Keyed = { address: "/api/scim/v2/Users", params: { path: ["Users"] }, refused: 401 };
const sso: Keyed = { address: `/api/sso/${NO_ID}/start`, params: { connection: NO_ID, step: "start" }, refused: 404 };
const nothing: Keyed = { address: "/api/none", params: { path: ["none"] }, refused: 404 };
const samples: Open = { open: "Sample data of the installation's examples, the same for everybody." };
const signIn: Walked = { walkedBy: "server/auth/attacks.int.test.ts" };
const rest: Walked = { walkedBy: "server/rest/every-route.int.test.ts" };
const procedures: Walked = { walkedBy: "server/trpc/stranger.int.test.ts" };
const all = (place: string, fixture: Fixture, methods = ["DELETE", "GET", "PATCH", "POST", "PUT"]): [string, Fixture][] => methods.map((method) => [`${method} ${place}`, fixture]);

/** Every method of every file under `app` that answers requests. A new one without a line here fails the first test below. */
const FIXTURES: Readonly<Record<string, Fixture>> = Object.fromEntries<Fixture>([
  ["GET /api/live", { address: (slug, { runId }) => `/api/live?workspace=${slug}&topic=run:${runId}` }],
  ["GET /api/values", { address: (slug, { runId }) => `/api/values?workspace=${slug}&runId=${runId}&what=input` }],
  ["GET /api/export/runs", { address: (slug) => `/api/export/runs?workspace=${slug}` }],
  ["GET /api/export/logs", { address: (slug, { runId }) => `/api/export/logs?workspace=${slug}&runId=${runId}` }],
  ["GET /api/export/audit", { address: (slug) => `/api/export/audit?workspace=${slug}&format=csv`, not: "operator" }],
  ["GET /api/export/usage", { address: (slug) => `/api/export/usage?workspace=${slug}` }],
  ["GET /api/health", { open: "Says whether the installation answers, and nothing of anybody's." }],
  ["GET /api/oauth/metadata", { open: "Describes the token endpoint (RFC 8414)." }],
  ["POST /api/oauth/token", { walkedBy: "server/programs/programs.int.test.ts" }],
  ["POST /api/oauth/revoke", { walkedBy: "server/programs/programs.int.test.ts" }],
  ["GET /api/cron", { address: "/api/cron", refused: 401 }],
  ["POST /api/cron", { address: "/api/cron", refused: 401 }],
  ["GET /metrics", { address: "/metrics", refused: 401 }],
  ...all("/api/hooks/[token]", hook),
  ...all("/api/r/[[...path]]", route),
  ...all("/api/scim/v2/[...path]", scim),
  ...all("/api/sso/[connection]/[step]", sso, ["GET", "POST"]),
  ...all("/api/[...path]", nothing),
  ...all("/api/examples/[...path]", samples, ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]),
  ...all("/api/auth/[...nextauth]", signIn, ["GET", "POST"]),
  ...all("/api/v1/[[...path]]", rest),
  ...all("/api/trpc/[trpc]", procedures, ["GET", "POST"]),
]);

const ROOT = path.resolve(import.meta.dirname, "../..");
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const handlers = new Map<string, Handler>();
let owner: Scope;
let owned: Owned;

beforeAll(async () => {
  for (const file of fs.readdirSync(path.join(ROOT, "app"), { recursive: true, encoding: "utf8" }).filter((name) => path.basename(name) === "route.ts")) {
    const answers = (await import(path.join(ROOT, "app", file))) as Record<string, Handler>;
    const place = `/${path.dirname(file).split(path.sep).filter((part) => !part.startsWith("(")).join("/")}`;
    for (const method of METHODS) if (typeof answers[method] === "function") handlers.set(`${method} ${place}`, answers[method]);
  }
  owner = await makeOwner();
  owned = await makeOwned(owner);
});
afterAll(async () => {
  await closeLiveHub();
  await closeConnections();
});

const of = <Kind extends Fixture>(is: (fixture: Fixture) => fixture is Kind) => Object.entries(FIXTURES).flatMap(([name, fixture]) => (is(fixture) ? [[name, fixture] as [string, Kind]] : []));
const guarded = of((fixture): fixture is Guarded => "address" in fixture && typeof fixture.address === "function");
const keyed = of((fixture): fixture is Keyed => "refused" in fixture);

async function ask(name: string, address: string, { headers = {}, params = {} }: { headers?: Record<string, string>; params?: Keyed["params"] } = {}): Promise<number> {
  const [method = ""] = name.split(" ");
  const answer = await handlers.get(name)!(new Request(new URL(address, env.MILLRACE_URL), { method, headers }), { params: Promise.resolve(params ?? {}) });
  await answer.body?.cancel();
  return answer.status;
}
const asPerson = async (userId: string) => ({ cookie: `${sessionCookieName()}=${await createSession(userId)}`, "sec-fetch-site": "same-origin" });

describe("every handler of the file tree", () => {
  it("is known to this test", () => {
    expect([...handlers.keys()].sort()).toEqual(Object.keys(FIXTURES).sort());
    for (const [, { walkedBy }] of of((fixture): fixture is Walked => "walkedBy" in fixture)) expect([walkedBy, fs.existsSync(path.join(ROOT, walkedBy))]).toEqual([walkedBy, true]);
  });

  it.each(guarded)("%s: closed to nobody, unknown to strangers, refused to who may not, given to who may", async (name, { address, not }) => {
    const place = address(owner.workspace.slug, owned);
    const stranger = await makeOwner();
    const elsewhere = await makePerson(owner.organizationId);
    expect(await ask(name, place)).toBe(401);
    expect(await ask(name, place, { headers: { cookie: `${sessionCookieName()}=planted` } })).toBe(401);
    expect(await ask(name, place, { headers: await asPerson(stranger.userId!) })).toBe(404);
    expect(await ask(name, place, { headers: await asPerson(elsewhere.id) })).toBe(404);
    if (not !== undefined) expect(await ask(name, place, { headers: await asPerson((await makeMember(owner.workspaceId, not)).id) })).toBe(403);
    expect(await ask(name, place, { headers: await asPerson(owner.userId!) })).toBe(200);
  });

  // A live stream of a foreign run opens and stays silent: the hub tells each workspace of its own runs only (live.int.test.ts).
  it.each(guarded.filter(([, { address }]) => address("", { runId: "RUN" } as Owned).includes("=RUN")))("%s: a foreign id in one's own workspace is unknown", async (name, { address }) => {
    const stranger = await makeOwner();
    expect(await ask(name, address(stranger.workspace.slug, owned), { headers: await asPerson(stranger.userId!) })).toBe(404);
  });

  it.each(keyed)("%s: says the same to nobody, to a session and to a guessed token", async (name, { address, params, refused }) => {
    expect(await ask(name, address, { params })).toBe(refused);
    expect(await ask(name, address, { params, headers: await asPerson(owner.userId!) })).toBe(refused);
    expect(await ask(name, address, { params, headers: { authorization: "Bearer mlr_guessed" } })).toBe(refused);
  });
});

describe("attack: path traversal", () => {
  it.each(["../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "steps\u0000", "....//....//etc"])("in the path of a value: %j is the path of no step", async (place) => {
    const headers = await asPerson(owner.userId!);
    const value = (more: Record<string, string>) => ask("GET /api/values", `/api/values?${new URLSearchParams({ workspace: owner.workspace.slug, runId: owned.runId, what: "output", ...more }).toString()}`, { headers });
    expect([400, 404]).toContain(await value({ path: place }));
    expect([400, 404]).toContain(await value({ runId: place }));
    expect([400, 404]).toContain(await value({ what: place }));
  });
});
