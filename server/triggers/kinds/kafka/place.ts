import type { Admin, Kafka, SeekEntry } from "kafkajs";
import { z } from "zod";
import type { KafkaConfig } from "./spec";

/** `at`: when the group last read, or a little earlier. */
const knownSchema = z.object({ group: z.string(), cluster: z.string(), topics: z.array(z.string()), at: z.iso.datetime() });
export type Known = z.output<typeof knownSchema>;

export interface Placed {
  /** What partitions are read from that the group has no place in. */
  fromBeginning: boolean;
  /** Topics in which the group has been given its places; null: it has not, for others are in it. */
  known: Known | null;
  /** Messages that the broker deleted before the group had read them. */
  deleted: bigint;
}

/** Clocks of those who send differ. */
const SLACK_MS = 3_600_000;

/**
 * A group is given its place in every partition before it reads: else each start without one, after a night without a message, would begin
 * at what is new by then. In topics that it knows it goes on by time where the broker has forgotten its place or partitions were added: the
 * inbox knows what it has. Where the messages of its place are deleted it reads what is left. Another cluster, and a topic that was not
 * listened to meanwhile, it does not know.
 */
export async function placeGroup(kafka: Kafka, group: string, { topics, from, ...config }: Pick<KafkaConfig, "topics" | "from" | "group">, checkpoint: unknown): Promise<Placed> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const noted = knownSchema.safeParse(checkpoint).data;
    const { clusterId: cluster } = await admin.describeCluster();
    const before = noted?.group === group && noted.cluster === cluster ? noted : null;
    const known = { group, cluster, topics, at: new Date().toISOString() };
    const { ends, deleted } = await readPlaces(admin, group, topics);
    for (const [topic, atEnd] of from === "beginning" ? [] : ends) {
      const isKnown = before?.topics.includes(topic) === true;
      const partitions = isKnown ? await placesAt(admin, topic, Date.parse(before.at) - SLACK_MS, atEnd) : atEnd;
      if (!(await setPlaces(admin, { groupId: group, topic, partitions }, config.group !== undefined))) return { fromBeginning: isKnown, known: before, deleted };
    }
    return { fromBeginning: true, known, deleted };
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** `ends`: of partitions in which the group has no place. */
async function readPlaces(admin: Admin, groupId: string, topics: string[]): Promise<{ ends: Map<string, SeekEntry[]>; deleted: bigint }> {
  const ends = new Map<string, SeekEntry[]>();
  let deleted = 0n;
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics })) {
    const places = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const place = places.get(partition) ?? -1n;
      if (place < 0n) ends.set(topic, [...(ends.get(topic) ?? []), { partition, offset: high }]);
      else if (place < BigInt(low)) deleted += BigInt(low) - place;
    }
  }
  return { ends, deleted };
}

async function placesAt(admin: Admin, topic: string, time: number, of: readonly SeekEntry[]): Promise<SeekEntry[]> {
  const wanted = new Set(of.map(({ partition }) => partition));
  return (await admin.fetchTopicOffsetsByTimestamp(topic, time)).filter(({ partition }) => wanted.has(partition));
}

/** False: others are in the group, and places are theirs to set. */
async function setPlaces(admin: Admin, places: Parameters<Admin["setOffsets"]>[0], isShared: boolean): Promise<boolean> {
  try {
    await admin.setOffsets(places);
    return true;
  } catch (error) {
    if (isShared && (error as Error).message.includes("no running instances")) return false;
    throw error;
  }
}
