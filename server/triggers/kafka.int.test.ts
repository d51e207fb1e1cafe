import { Kafka, logLevel } from "kafkajs";
import { afterAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { kafkaListener } from "./kinds/kafka/listener";
import type { ListenerPorts, ListeningTrigger } from "./source";
import { kafkaJars, kafkaServer } from "./testing/brokers";
import { broker, listen, PATIENT, SLOW_MS, triggerOf } from "./testing/listening";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

afterAll(closeConnections);

describe.skipIf(kafkaJars() === null)("Kafka, against a broker of its own (needs Java and the jars of Kafka)", () => {
  it("records each message once, and reads on where its group stopped", { timeout: SLOW_MS }, async () => {
    const { port } = await broker(kafkaServer, 120_000);
    const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "orders", numPartitions: 2 }] });
    const producer = kafka.producer();
    await producer.connect();
    const trigger = await triggerOf("kafka", { brokers: [`127.0.0.1:${port}`], topics: ["orders"], from: "beginning" });
    await producer.send({ topic: "orders", messages: [{ key: "a", value: '{"n":1}', partition: 0, headers: { source: "shop" } }] });
    const first = listen("kafka");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}']);
    await first.stop();
    await producer.send({ topic: "orders", messages: [{ key: "a", value: "two", partition: 0 }] });
    const second = listen("kafka");
    await expect.poll(trigger.bodies, PATIENT).toEqual(['{"n":1}', "two"]);
    expect((await trigger.events()).map(({ dedupeKey }) => dedupeKey)).toEqual(["orders/0/0", "orders/0/1"].map((place) => expect.stringMatching(new RegExp(`^${place}/\\d+$`)) as string));
    expect((await trigger.events())[0]).toMatchObject({ headers: { source: "shop" }, meta: { topic: "orders", key: "a" } });

    // It would listen for the next one too, between the times that are told apart there.
    await second.stop();

    // Of one that begins with what is new, nothing is passed over that came after it first listened.
    const send = (...values: string[]) => producer.send({ topic: "late", messages: values.map((value) => ({ value, partition: 0 })) });
    await admin.createTopics({ topics: [{ topic: "late", numPartitions: 1, configEntries: [{ name: "retention.ms", value: "-1" }] }] });
    await send("before");
    const late = await triggerOf("kafka", { brokers: [`127.0.0.1:${port}`], topics: ["late"] });
    const during = async (work: () => Promise<unknown>) => {
      const listeners = listen("kafka");
      await late.listening();
      await work();
      await listeners.stop();
      await late.change({});
    };
    await during(() => Promise.resolve());
    await send("meanwhile");
    await during(() => expect.poll(late.bodies, PATIENT).toEqual(["meanwhile"]));
    await admin.createPartitions({ topicPartitions: [{ topic: "late", count: 2 }] });
    // The other one knows of one partition.
    const newer = kafka.producer();
    await newer.connect();
    const old = { value: "from before", partition: 1, timestamp: String(Date.now() - 7_200_000) };
    await newer.send({ topic: "late", messages: [old, { value: "of a new partition", partition: 1 }] });
    await newer.disconnect();
    await send("deleted", "deleted", "kept");
    await admin.deleteTopicRecords({ topic: "late", partitions: [{ partition: 0, offset: "4" }] });
    await during(async () => {
      // First: whoever begins again says nothing of it.
      await expect.poll(late.health, PATIENT).toMatchObject({ message: expect.stringMatching(/deleted 2 messages/) as string });
      await expect.poll(async () => (await late.bodies()).toSorted(), PATIENT).toEqual(["kept", "meanwhile", "of a new partition"]);
    });
    // Brokers forget groups in which nobody was for a week.
    const group = `millrace-${late.id}`;
    await expect.poll(async () => (await admin.describeGroups([group])).groups.map(({ state }) => state), PATIENT).toEqual(["Empty"]);
    await admin.deleteGroups([group]);
    await send("last");
    await during(() => expect.poll(async () => (await late.bodies()).toSorted(), PATIENT).toEqual(["kept", "last", "meanwhile", "of a new partition"]));
    expect(await late.bodies()).toHaveLength(4);
    // At another cluster, nothing of its history.
    await expect.poll(() => admin.deleteGroups([group]).then(() => true, () => false), PATIENT).toBe(true);
    await send("of its history");
    const { checkpoint } = await rawDb().trigger.findUniqueOrThrow({ where: { id: late.id } });
    await rawDb().trigger.update({ where: { id: late.id }, data: { checkpoint: { ...(checkpoint as object), cluster: "another" } } });
    await during(() => Promise.resolve());
    await send("there");
    await during(() => expect.poll(async () => (await late.bodies()).toSorted(), PATIENT).toEqual(["kept", "last", "meanwhile", "of a new partition", "there"]));
    await producer.disconnect();
    await admin.disconnect();
  });

  it("shares a group with others that are in it, and leaves one whenever it is told to end, also while it joins", { timeout: SLOW_MS }, async () => {
    const { port } = await broker(kafkaServer, 120_000);
    const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "orders", numPartitions: 1 }, { topic: "shared", numPartitions: 2 }] });
    const [other, producer] = [kafka.consumer({ groupId: "shared" }), kafka.producer()];
    await Promise.all([other.connect(), producer.connect()]);
    await other.subscribe({ topics: ["shared"] });
    const [sent, theirs]: [string[], string[]] = [[], []];
    await other.run({ eachMessage: async ({ message }) => void theirs.push(String(message.value)) });
    await expect.poll(async () => (await admin.describeGroups(["shared"])).groups.map(({ state, members }) => [state, members.length]), PATIENT).toEqual([["Stable", 1]]);
    const trigger = await triggerOf("kafka", { brokers: [`127.0.0.1:${port}`], topics: ["shared"], group: "shared" });
    const sharing = listen("kafka");
    await trigger.listening();
    // What it has set itself it would have noted.
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: trigger.id } })).checkpoint).toBeNull();
    const ours = async () => {
      for (const partition of [0, 1]) await producer.send({ topic: "shared", messages: [{ value: `${sent.push("") - 1}`, partition }] });
      return trigger.bodies();
    };
    // Places are the others' to set: until it has read something from its own, it begins where they stand.
    await expect.poll(ours, { ...PATIENT, interval: 500 }).not.toEqual([]);
    const heard = theirs.length;
    await expect.poll(async () => (await ours(), theirs.length), { ...PATIENT, interval: 500 }).toBeGreaterThan(heard);
    // Both read now, each its part.
    const from = sent.length;
    await ours();
    await expect.poll(async () => new Set([...(await trigger.bodies()), ...theirs].map(Number).filter((n) => n >= from)), PATIENT).toEqual(new Set([from, from + 1]));
    await Promise.all([sharing.stop(), other.disconnect(), producer.disconnect()]);

    const groups = Array.from({ length: 12 }, (_, n) => `group${n}`);
    // A new broker makes what it keeps of groups with the first question.
    await admin.fetchOffsets({ groupId: groups[0]!, topics: ["orders"] });
    await Promise.all(groups.map(async (group, n) => {
      const stop = new AbortController();
      const ports = { signal: stop.signal, report: () => {}, secret: () => Promise.resolve(null), checkpoint: () => Promise.resolve() } as unknown as ListenerPorts;
      const config = { brokers: [`127.0.0.1:${port}`], topics: ["orders"], from: "beginning", group, tls: false };
      const listening = kafkaListener.listen({ id: group, config, checkpoint: null } as unknown as ListeningTrigger, ports);
      const ended = setTimeout(() => stop.abort(), n * 40);
      // A slow broker is not what this is about.
      await listening.catch(() => {}).finally(() => clearTimeout(ended));
    }));
    await expect.poll(async () => (await admin.describeGroups(groups)).groups.flatMap(({ members }) => members), PATIENT).toEqual([]);
    // None comes back. Those that somebody had joined are told from those that nobody had.
    const states = (await admin.describeGroups(groups)).groups.map(({ state }) => state);
    expect(states.filter((state) => state !== "Empty" && state !== "Dead")).toEqual([]);
    expect(states).toContain("Empty");
    await admin.disconnect();
  });

  it("reads what is compressed by whatever a broker knows", { timeout: SLOW_MS }, async () => {
    const { port } = await broker(kafkaServer, 120_000);
    const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    await admin.connect();
    await producer.connect();
    const topics = ["gzip", "snappy", "lz4", "zstd"];
    // The broker compresses what it is sent, as Java's producers do.
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1, configEntries: [{ name: "compression.type", value: topic }] })) });
    const text = (topic: string) => JSON.stringify({ topic, text: "the quick brown fox ".repeat(1_000) });
    for (const topic of topics) await producer.send({ topic, messages: [{ value: text(topic) }, { value: topic }] });
    const trigger = await triggerOf("kafka", { brokers: [`127.0.0.1:${port}`], topics, from: "beginning" });
    listen("kafka");
    await expect.poll(async () => (await trigger.bodies()).sort(), PATIENT).toEqual(topics.flatMap((topic) => [text(topic), topic]).sort());
    await producer.disconnect();
    await admin.disconnect();
  });
});
