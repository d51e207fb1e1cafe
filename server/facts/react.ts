import type { ClientBase } from "pg";
import { type Enqueued, insertRuns } from "@/server/queue/enqueue";
import { tellOf, tellOfHandler } from "@/server/alerts/service";
import { type EventPlace, recordPlatformEvent } from "@/server/triggers/service";
import { describeFact } from "./describe";
import type { Fact } from "./fact-rows";
import { handlersOf } from "./handlers";

/** What follows from facts once their transaction is committed. */
export interface Consequences {
  events: EventPlace[];
  ready: Enqueued[];
  /** Workspaces in which somebody has something new to read. */
  told: string[];
}

/** All that follows from a fact, in the transaction that marks it as done: events of triggers, runs of handlers, and who is told. */
export async function reactTo(client: ClientBase, fact: Fact): Promise<Consequences> {
  const described = await describeFact(client, fact);
  if (described === null) return { events: [], ready: [], told: [] };
  const { event, chain, path, triggerId, waitId } = described;
  const events = await recordPlatformEvent(client, { key: fact.key, event, chain });
  const { runs, problems } = await handlersOf(client, described);
  const occurrence = { kind: fact.kind, key: fact.key, subjectId: fact.subjectId, event, path, triggerId, waitId };
  let isTold = await tellOf(client, occurrence);
  for (const problem of problems) isTold = (await tellOfHandler(client, occurrence, problem)) || isTold;
  return { events, ready: await insertRuns(client, runs), told: isTold ? [fact.workspaceId] : [] };
}
