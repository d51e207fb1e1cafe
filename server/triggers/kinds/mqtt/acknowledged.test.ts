import { describe, expect, it } from "vitest";
import type { IPublishPacket } from "mqtt";
import { Acknowledged } from "./acknowledged";
import { RecordingStore } from "./listener";

const packet = { cmd: "publish", messageId: 7, qos: 2, topic: "t", payload: "x", dup: false, retain: false } as IPublishPacket;

describe("what an MQTT broker may send once more", () => {
  it("is what was recorded since its last answer to a ping", async () => {
    let now = 1_000_000;
    const acknowledged = new Acknowledged(null, () => now);
    expect(acknowledged.openSeconds(500)).toBe(500);
    acknowledged.ask();
    expect(acknowledged.confirm()).toBeNull();
    await acknowledged.during(() => Promise.resolve());
    acknowledged.ask();
    now += 1_000;
    const checkpoint = acknowledged.confirm();
    expect(checkpoint).toEqual({ acknowledgedUpTo: new Date(1_000_000).toISOString() });
    expect(acknowledged.openSeconds(500)).toBe(11);
    now += 120_000;
    expect(new Acknowledged(checkpoint, () => now).openSeconds(500)).toBe(131);
  });

  it("includes what is being recorded while the ping goes out", async () => {
    let now = 1_000_000;
    const acknowledged = new Acknowledged(null, () => now);
    await acknowledged.during(() => {
      now += 5_000;
      acknowledged.ask();
      return Promise.resolve();
    });
    expect(acknowledged.confirm()).toEqual({ acknowledgedUpTo: new Date(1_000_000).toISOString() });
  });
});

describe("a message of QoS 2", () => {
  it("is recorded before the client keeps it, which answers PUBREC then", () => {
    let recorded: () => void = () => {};
    const store = new RecordingStore((_packet, done) => (recorded = done));
    const seen: string[] = [];
    store.put(packet, () => void seen.push("kept"));
    store.get(packet, (error) => void seen.push(error === null ? "there" : "missing"));
    recorded();
    store.get(packet, (error) => void seen.push(error === null || error === undefined ? "there" : "missing"));
    expect(seen).toEqual(["missing", "kept", "there"]);
  });
});
