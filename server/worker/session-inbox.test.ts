import { expect, test } from "vitest";
import type { InboxMessage } from "@/server/engine/ports";
import { Payload } from "@/server/worker/payload";
import { SessionInbox } from "@/server/worker/session-inbox";

const message = (seq: number, more: Partial<InboxMessage> = {}): InboxMessage => ({ seq, kind: "signal", path: null, attempt: null, name: "x", payload: "1", at: 0, ...more });

function inboxOf(messages: InboxMessage[]): SessionInbox {
  return new SessionInbox("run", { inbox: async (_run, after) => messages.filter(({ seq }) => seq > after) }, (text) => new Payload(text), () => {});
}

test("whoever goes on from a snapshot looks at what was not looked at yet, at what is kept, and at cancels again, and at nothing else", async () => {
  const messages = [message(1), message(2, { name: "other" }), message(3, { kind: "cancel", payload: null }), message(4)];
  const inbox = inboxOf(messages);
  inbox.open("a", 1, { kind: "signal", signal: "x" });
  await inbox.pull();
  expect(inbox.keptSeqs).toEqual([1, 2, 3, 4]);
  expect(inbox.next(0)).toMatchObject({ type: "signal", ref: "inbox:1" });
  inbox.close("a", 1);
  const cancel = inbox.next(0);
  // The run does not know of it before it is read.
  expect(inbox.keptSeqs).toEqual([2, 3, 4]);
  expect(await cancel).toMatchObject({ type: "cancel" });

  const resumed = inboxOf([...messages, message(5)]);
  resumed.resume(inbox.lastSeq, inbox.keptSeqs);
  resumed.open("a", 2, { kind: "signal", signal: "x" });
  await resumed.pull();
  const seen = [];
  for (let next = resumed.next(0); next !== null; next = resumed.next(0)) {
    const event = await next;
    seen.push(event.type === "signal" ? event.ref : event.type);
  }
  expect(seen).toEqual(["cancel", "inbox:4", "inbox:5"]);
});
