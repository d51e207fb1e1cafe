import type { Admin, Kafka, SeekEntry } from "kafkajs";
import { z } from "zod";
import type { KafkaConfig } from "./spec";

const knownSchema = z.object({ group: z.string(), topics: z.array(z.string()) });

export interface Placed {
  /** Where the group has no place, or none that is there any more. */
  fromBeginning: boolean;
  /** Topics whose partitions the group has had a place in; null: as noted before. */
  known: z.output<typeof knownSchema> | null;
  /** Messages that the broker deleted before the group had read them. */
  deleted: bigint;
}

/**
 * A group that begins with new messages is given its place before it reads: else each start without one, after a night without a message,
 * would begin at what is new by then. What has no place later (partitions that are added, places that the broker has forgotten or whose
 * messages it has deleted) is read from its beginning: the inbox knows what it has.
 */
export async function placeGroup(kafka: Kafka, group: string, { topics, from, ...config }: Pick<KafkaConfig, "topics" | "from" | "group">, checkpoint: unknown): Promise<Placed> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const noted = knownSchema.safeParse(checkpoint).data;
    const before = noted?.group === group ? noted.topics : [];
    const known = topics.every((topic) => before.includes(topic)) ? null : { group, topics: [...new Set([...before, ...topics])] };
    const { ends, deleted } = await readPlaces(admin, group, topics);
    if (from === "beginning") return { fromBeginning: true, known, deleted };
    for (const topic of topics.filter((one) => !before.includes(one))) {
      const partitions = ends.get(topic) ?? [];
      if (partitions.length > 0 && !(await setPlaces(admin, { groupId: group, topic, partitions }, config.group !== undefined))) return { fromBeginning: false, known: null, deleted };
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
