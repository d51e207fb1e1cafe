import { expect, it } from "vitest";
import { LiveHub } from "./hub";
import { openLiveStream } from "./stream";

const workspaceId = "w";
const chunk = (hub: LiveHub) => hub.notice("millrace_stream", JSON.stringify({ runId: "r", workspaceId, path: "a", chunk: "x" }));

async function firstMessages(hub: LiveHub, after: string): Promise<string> {
  const stop = new AbortController();
  const stream = openLiveStream({ hub, workspaceId, organizationId: "o", topics: ["run:r"], after, mayListen: () => Promise.resolve(true), signal: stop.signal });
  stop.abort();
  return new Response(stream).text();
}

it("resumes with the chunks that were missed, and says so when they are more than a browser may leave unread", async () => {
  const hub = new LiveHub();
  hub.connected();
  const after = `${hub.id}.${hub.seq}`;
  for (let count = 0; count < 3; count++) chunk(hub);
  const few = await firstMessages(hub, after);
  expect(few).toContain('data: {"resumed":true}');
  expect(few.match(/event: chunk/g)).toHaveLength(3);
  for (let count = 0; count < 1_500; count++) chunk(hub);
  const many = await firstMessages(hub, after);
  expect(many).toContain('data: {"resumed":false}');
  expect(many).not.toContain("event: chunk");
});
