import { expect, it } from "vitest";
import { frame, syslogMessage } from "./syslog-message";

const sender = { host: "millrace.example.com", version: '1.0"]' };

it("is a message of RFC 5424 with the event as JSON", () => {
  const message = syslogMessage({ seq: 7, at: "2026-01-02T03:04:05.678Z", action: "workflow.published" }, sender);
  expect(message).toBe('<109>1 2026-01-02T03:04:05.678Z millrace.example.com millrace - workflow.published [origin software="Millrace" swVersion="1.0\\"\\]"][meta sequenceId="7"] {"seq":7,"at":"2026-01-02T03:04:05.678Z","action":"workflow.published"}');
});

it("keeps the header whole whatever an action is called, and warns of refusals", () => {
  const message = syslogMessage({ seq: 2_147_483_648, at: "2026-01-02T03:04:05.678Z", action: `access.denied\n ${"x".repeat(50)}` }, sender);
  expect(message.split(" ").slice(0, 6)).toEqual(["<108>1", "2026-01-02T03:04:05.678Z", "millrace.example.com", "millrace", "-", `access.denied__${"x".repeat(17)}`]);
  expect(message).toContain('sequenceId="1"');
});

it("counts octets, not letters", () => {
  expect(frame("ü€")).toBe("5 ü€");
});
