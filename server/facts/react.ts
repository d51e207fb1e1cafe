import type { ClientBase } from "pg";
import { type Enqueued, insertRuns } from "@/server/queue/enqueue";
import { recordPlatformEvent } from "@/server/triggers/service";
import { describeFact } from "./describe";
import type { Fact } from "./fact-rows";
import { handlersOf } from "./handlers";

/** What follows from facts once their transaction is committed. */
export interface Consequences {
  eventIds: string[];
  ready: Enqueued[];
}

/** All that follows from a fact, in the transaction that marks it as done: events of triggers and runs of handlers. */
export async function reactTo(client: ClientBase, fact: Fact): Promise<Consequences> {
  const described = await describeFact(client, fact);
  if (described === null) return { eventIds: [], ready: [] };
  const { event, chain } = described;
  const eventIds = await recordPlatformEvent(client, { key: fact.key, event, chain });
  const { runs } = await handlersOf(client, described);
  return { eventIds, ready: await insertRuns(client, runs) };
}
