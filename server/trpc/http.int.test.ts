import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET } from "@/app/api/trpc/[trpc]/route";
import { LIMITS } from "@/server/auth/rate-limit";
import { createSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";

let headers: Record<string, string>;

beforeAll(async () => {
  const scope = await makeScope("owner");
  headers = { cookie: `${sessionCookieName()}=${await createSession(scope.userId!)}`, "x-millrace-workspace": scope.workspace.slug };
});
afterAll(closeConnections);

const ask = (procedure: string, input: unknown, more: Record<string, string> = headers) =>
  GET(new Request(`http://localhost/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers: more }));

describe("tRPC over HTTP", () => {
  it("tells nothing of errors that nobody foresaw", async () => {
    // PostgreSQL takes no NUL in text.
    const response = await ask("workflows.list", { search: "\0" }, { ...headers, "x-request-id": "asked-1" });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ error: { message: "Something went wrong here. Request asked-1.", data: { problem: { kind: "internal" }, requestId: "asked-1" } } });
    expect(text).not.toMatch(/prisma|invocation|encoding|stack/i);
  });

  it("refuses more calls in one request than a page makes", async () => {
    const many = Array.from({ length: 200 }, () => "me.get").join(",");
    const response = await GET(new Request(`http://localhost/api/trpc/${many}?batch=1&input=%7B%7D`, { headers }));
    expect(response.status).toBe(400);
  });

  it("lets nobody look for sign-in links without end", async () => {
    const from = { "x-forwarded-for": "10.20.30.40" };
    const look = async () => (await ask("me.signInLink", { token: "A".repeat(43) }, from)).status;
    for (let count = 0; count < LIMITS.viewSignInLinkByAddress.attempts; count += 1) expect(await look()).toBe(200);
    expect(await look()).toBe(429);
  });
});
