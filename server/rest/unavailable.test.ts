import net from "node:net";
import { describe, expect, it } from "vitest";
import { contextFor } from "@/server/trpc/context";
import { createCaller } from "@/server/trpc/root";
import { findSession } from "@/server/auth/session";
import { handleRest } from "./dispatch";
import { healthResponse } from "./health";
import { answerProblems } from "./problem";

// Unit tests have the address of a database that is not there.
describe("while the database is away", () => {
  it("health and REST answer 503 and when to come back", async () => {
    const health = await healthResponse();
    const token = `mlr_${"a".repeat(43)}`;
    const rest = await handleRest(new Request("http://localhost/api/v1/workflows", { headers: { authorization: `Bearer ${token}` } }));
    for (const response of [health, rest]) {
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("2");
      expect(await response.json()).toMatchObject({ type: "urn:millrace:problem:unavailable", status: 503 });
    }
    expect((await handleRest(new Request("http://localhost/api/v1/openapi.json"))).status).toBe(200);
  });

  it("procedures say that it is unavailable", async () => {
    const caller = createCaller(contextFor(() => findSession("a token"), "main", { ip: "test", userAgent: null, requestId: "test" }));
    await expect(caller.runs.list({})).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    await expect(caller.me.get()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  });
});

it("what another server refuses is no word of the database", async () => {
  const refused = () => new Promise<Response>((_, failed) => net.connect(1, "127.0.0.1").on("error", failed));
  const answer = await answerProblems(new Request("http://localhost/api/somewhere"), refused);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([500, null]);
});
