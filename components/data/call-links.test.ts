import { createTRPCClient } from "@trpc/client";
import { describe, expect, it } from "vitest";
import type { AppRouter } from "@/server/trpc/root";
import { callLinks, OUTLIVING } from "./call-links";

/** A server that answers every call of a request with null, and remembers what was asked. */
function begin() {
  const requests: { method: string; url: URL; body: string; keepalive: boolean }[] = [];
  const client = createTRPCClient<AppRouter>({
    links: callLinks({
      url: "http://localhost/api/trpc",
      headers: {},
      fetch: async (url, init) => {
        const request = new Request(url as RequestInfo, init);
        requests.push({ method: request.method, url: new URL(request.url), body: await request.text(), keepalive: request.keepalive });
        const calls = new URL(request.url).pathname.split("/").at(-1)!.split(",");
        const answer = { result: { data: null } };
        return Response.json(new URL(request.url).searchParams.has("batch") ? calls.map(() => answer) : answer);
      },
    }),
  });
  return { client, requests };
}

describe("calls", () => {
  it("ask about two hundred workflows at once", async () => {
    const { client, requests } = begin();
    const workflowIds = Array.from({ length: 200 }, () => crypto.randomUUID());
    await expect(client.transfer.export.query({ workflowIds, format: "json" })).resolves.toBeNull();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: "POST" });
    expect(JSON.parse(requests[0]!.body)).toEqual({ 0: { workflowIds, format: "json" } });
  });

  it("outlive the page where they say so: alone and kept alive", async () => {
    const { client, requests } = begin();
    const told = { workflowId: crypto.randomUUID(), page: "a page of this test", nodeId: null, gone: true };
    await Promise.all([client.presence.tell.mutate(told, { context: OUTLIVING }), client.presence.tell.mutate({ ...told, gone: false })]);
    expect(requests.map(({ keepalive, body }) => [keepalive, JSON.parse(body)] as unknown)).toEqual(expect.arrayContaining([[true, told], [false, { 0: { ...told, gone: false } }]]) as unknown);
    expect(requests).toHaveLength(2);
  });

  it("are as many requests as addresses of a fair length take", async () => {
    const { client, requests } = begin();
    await Promise.all(Array.from({ length: 20 }, (_, index) => client.runs.list.query({ text: `${index}`.repeat(500) })));
    expect(requests.length).toBeGreaterThan(1);
    for (const { method, url } of requests) {
      expect(method).toBe("GET");
      expect(url.href.length).toBeLessThanOrEqual(4_000);
    }
  });
});
