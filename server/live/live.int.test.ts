import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession, revokeSession, findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { moveItems } from "@/server/organizing/service";
import { listPresence, tellPresence } from "@/server/presence/service";
import { createView, removeView, updateView } from "@/server/saved-views/service";
import { createWorkflow } from "@/server/workflows/service";
import { openLiveResponse } from "./handle";
import { liveHub } from "./hub";
import { openLiveStream } from "./stream";

let scope: Scope;
let cookie: string;

beforeAll(async () => {
  scope = await makeScope("viewer");
  cookie = `${sessionCookieName()}=${await createSession(scope.userId!)}`;
  // The first notice heard proves that the hub listens.
  const heard = new Promise<void>((resolve) => {
    liveHub().subscribe({ workspaceId: scope.workspaceId, topics: new Set(["runs"]), hear: () => resolve(), missed: () => resolve() });
  });
  await heard;
});
afterAll(closeConnections);

interface Message {
  id: string;
  event: string;
  data: unknown;
}

/** Reads messages of a stream one by one. */
function reader(body: ReadableStream<Uint8Array>) {
  const source = body.pipeThrough(new TextDecoderStream() as never) as ReadableStream<string>;
  const chunks = source.getReader();
  let text = "";
  return {
    async next(): Promise<Message | null> {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          if (block.startsWith(":")) continue;
          const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
          return { id: fields.id ?? "", event: fields.event ?? "", data: JSON.parse(fields.data ?? "null") };
        }
        const { done, value } = await chunks.read();
        if (done) return null;
        text += value;
      }
    },
    cancel: () => chunks.cancel(),
  };
}

async function open(query: string, headers: Record<string, string> = { cookie }) {
  const response = await openLiveResponse(new Request(`http://localhost/api/live?workspace=${scope.workspace.slug}&${query}`, { headers }));
  return reader(response.body!);
}

const notify = (channel: string, payload: string) => sharedPool().query("select pg_notify($1, $2)", [channel, payload]);

describe("presence", () => {
  it("tells who has a workflow open, what they selected, and when they left", async () => {
    const { id: workflowId } = await createWorkflow({ scope }, { name: "Watched", description: "" });
    const stream = await open(`topic=presence:${workflowId}`);
    await stream.next();
    await tellPresence({ scope }, { workflowId, page: "page-one", nodeId: "start", gone: false });
    expect(await stream.next()).toMatchObject({ event: "changed", data: { topic: `presence:${workflowId}` } });
    expect(await listPresence({ scope }, { workflowId })).toMatchObject([{ page: "page-one", nodeId: "start", user: { id: scope.userId } }]);
    await tellPresence({ scope }, { workflowId, page: "page-one", nodeId: null, gone: true });
    expect(await stream.next()).toMatchObject({ event: "changed" });
    expect(await listPresence({ scope }, { workflowId })).toEqual([]);
    await stream.cancel();
  });
});

describe("the live stream", () => {
  it("tells of what changes in its topics, and of nothing else", async () => {
    const runId = newId();
    const stream = await open(`topic=run:${runId}&topic=workflow:${runId}`);
    expect(await stream.next()).toMatchObject({ event: "ready", data: { resumed: false } });
    await notify("millrace_run", `${newId()}/${runId},${scope.workspaceId}/${newId()}`);
    await notify("millrace_run", `${scope.workspaceId}/${newId()},${scope.workspaceId}/${runId}`);
    expect(await stream.next()).toMatchObject({ event: "changed", data: { topic: `run:${runId}` } });
    await notify("millrace_workflow", `${scope.workspaceId}/${runId}`);
    expect(await stream.next()).toMatchObject({ event: "changed", data: { topic: `workflow:${runId}` } });
    await notify("millrace_stream", JSON.stringify({ workspaceId: scope.workspaceId, runId, path: "ask", chunk: "Hel" }));
    expect(await stream.next()).toMatchObject({ event: "chunk", data: { runId, path: "ask", chunk: "Hel" } });
    await stream.cancel();
  });

  it("tells lists of workflows of what is made and where it is put", async () => {
    const stream = await open("topic=workflows");
    expect(await stream.next()).toMatchObject({ event: "ready" });
    const told = { event: "changed", data: { topic: "workflows" } };
    const { id } = await createWorkflow({ scope }, { name: "Made elsewhere", description: "" });
    expect(await stream.next()).toMatchObject(told);
    await moveItems({ scope }, { itemType: "workflow", itemIds: [id], folderId: null });
    expect(await stream.next()).toMatchObject(told);
    await stream.cancel();
  });

  it("tells of saved filters that another tab or person changes", async () => {
    const stream = await open("topic=views");
    expect(await stream.next()).toMatchObject({ event: "ready" });
    const told = { event: "changed", data: { topic: "views" } };
    const { id: viewId } = await createView({ scope }, { page: "runs", name: "Failed", query: "status=failed", shared: false });
    expect(await stream.next()).toMatchObject(told);
    await updateView({ scope }, { viewId, name: "What failed" });
    expect(await stream.next()).toMatchObject(told);
    await removeView({ scope }, { viewId });
    expect(await stream.next()).toMatchObject(told);
    await stream.cancel();
  });

  it("goes on after the last message that was seen", async () => {
    const [one, two] = [newId(), newId()];
    const topics = `topic=run:${one}&topic=run:${two}`;
    const before = await open(topics);
    await before.next();
    await notify("millrace_run", `${scope.workspaceId}/${one}`);
    const seen = await before.next();
    await before.cancel();
    const marker = await open(`topic=run:${two}`);
    await marker.next();
    await notify("millrace_run", `${scope.workspaceId}/${two}`);
    await marker.next();
    await marker.cancel();
    const resumed = await open(`${topics}&after=${seen!.id}`);
    expect(await resumed.next()).toMatchObject({ event: "ready", data: { resumed: true } });
    expect(await resumed.next()).toMatchObject({ event: "changed", data: { topic: `run:${two}` } });
    await resumed.cancel();
    const other = await open(topics, { cookie, "last-event-id": "another-process.3" });
    expect(await other.next()).toMatchObject({ event: "ready", data: { resumed: false } });
    await other.cancel();
  });

  it("opens for members only, with topics that exist", async () => {
    const stranger = await makeScope("owner");
    const theirs = `${sessionCookieName()}=${await createSession(stranger.userId!)}`;
    await expect(open("topic=runs", {})).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(open("topic=runs", { cookie: theirs })).rejects.toMatchObject({ kind: "not_found" });
    await expect(open("topic=everything")).rejects.toMatchObject({ kind: "invalid_input", data: { field: "topic[0]" } });
    await expect(open(Array.from({ length: 101 }, () => "topic=runs").join("&"))).rejects.toMatchObject({ kind: "limit_reached" });
  });

  it("leaves out what its person has no access to, or what is gone", async () => {
    const owner = await makeScope("owner", scope.workspaceId);
    const [theirs, foreign] = [await createWorkflow({ scope: owner }, { name: "Theirs", description: "" }), await createWorkflow({ scope: owner }, { name: "Foreign", description: "" })];
    const person = await makePerson(scope.organizationId);
    await grantPart(owner, person.id, "viewer", { workflowId: theirs.id });
    const headers = { cookie: `${sessionCookieName()}=${await createSession(person.id)}` };
    const stream = await open(["runs", `run:${newId()}`, `workflow:${foreign.id}`, `workflow:${theirs.id}`].map((topic) => `topic=${topic}`).join("&"), headers);
    expect(await stream.next()).toMatchObject({ event: "ready" });
    await notify("millrace_workflow", `${scope.workspaceId}/${foreign.id},${scope.workspaceId}/${theirs.id}`);
    expect(await stream.next()).toMatchObject({ event: "changed", data: { topic: `workflow:${theirs.id}` } });
    await stream.cancel();
  });

  it("ends when its person may not listen any more", async () => {
    const token = await createSession(scope.userId!);
    let asked = 0;
    const abort = new AbortController();
    const body = openLiveStream({
      hub: liveHub(), workspaceId: scope.workspaceId, organizationId: scope.organizationId, topics: ["runs"], after: null, signal: abort.signal, authorizeEveryMs: 5,
      mayListen: async () => {
        asked += 1;
        return (await findSession(token)) !== null;
      },
    });
    const stream = reader(body);
    expect(await stream.next()).toMatchObject({ event: "ready" });
    await revokeSession((await findSession(token))!.id, {});
    let message = await stream.next();
    while (message !== null) message = await stream.next();
    expect(asked).toBeGreaterThan(0);
  });

  it("asks for everything again when the database connection was lost", async () => {
    const stream = await open(`topic=run:${newId()}`);
    const first = await stream.next();
    await sharedPool().query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'millrace live' and datname = current_database()");
    const second = await stream.next();
    expect(second).toMatchObject({ event: "ready", data: { resumed: false } });
    expect(second!.id.split(".")[0]).not.toBe(first!.id.split(".")[0]);
    await stream.cancel();
  });
});
