import { expect, it } from "vitest";
import { mapInput } from "./map-input";

const event = { id: "e", kind: "webhook", name: "In", receivedAt: "2026-01-02T03:04:05.000Z", headers: {}, contentType: null, body: {} };
const mapped = (value: unknown) => mapInput(event, { kind: "webhook", mapping: { type: "expression", value }, defaultInput: null, workspace: { id: "w", slug: "w", name: "W" } });

it("gives mappings the moment of the event as the number that `now` is everywhere, and as a date to those that call its methods", async () => {
  const at = Date.parse(event.receivedAt);
  expect(await mapped({ a: "{{ now + 60000 }}", b: "{{ now }}" })).toEqual({ a: at + 60_000, b: at });
  expect(await mapped({ a: "{{ new Date(now).toISOString() }}" })).toEqual({ a: event.receivedAt });
  expect(await mapped({ a: "{{ now.toISOString() }}", b: "{{ now.getUTCFullYear() }}" })).toEqual({ a: event.receivedAt, b: 2026 });
});
