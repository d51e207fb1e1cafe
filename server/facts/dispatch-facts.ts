import type { PoolClient } from "pg";
import { tellAlertsChanged } from "@/server/alerts/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { announce } from "@/server/queue/dispatch";
import { crashPoint } from "@/server/testing/crash-points";
import { dispatchEvent } from "@/server/triggers/service";
import { dueFacts, type Fact, hasDueFacts, holdFacts, markDone, markFailed } from "./fact-rows";
import { type Consequences, reactTo } from "./react";

const BATCH = 100;

/**
 * Turns facts into what follows from them, in their order. Everything that follows from a batch is committed together with its
 * marks: a process that dies before the commit did nothing, one that dies after it left nothing undone. Answers how many.
 */
export async function dispatchFacts(): Promise<number> {
  if (!(await hasDueFacts())) return 0;
  let total = 0;
  for (;;) {
    const { facts, consequences } = await inTransaction(sharedPool(), batch);
    crashPoint("facts-committed");
    for (const { events, ready, told } of consequences) {
      for (const workspaceId of told) tellAlertsChanged(workspaceId);
      for (const run of ready) announce(run);
      // What is lost here is found a moment later by who looks for due events.
      for (const event of events) void dispatchEvent(event).catch(() => null);
    }
    total += facts;
    if (facts < BATCH) return total;
  }
}

async function batch(client: PoolClient): Promise<{ facts: number; consequences: Consequences[] }> {
  if (!(await holdFacts(client))) return { facts: 0, consequences: [] };
  const facts = await dueFacts(client, BATCH);
  const consequences: Consequences[] = [];
  const done: string[] = [];
  for (const fact of facts) {
    const follows = await reactOrPutOff(client, fact);
    if (follows === null) continue;
    consequences.push(follows);
    done.push(fact.id);
    crashPoint("fact-turned");
  }
  if (done.length > 0) await markDone(client, done);
  crashPoint("facts-marked");
  return { facts: facts.length, consequences };
}

/** Null: it could not be done now. What it had done is taken back, the others go on. */
async function reactOrPutOff(client: PoolClient, fact: Fact): Promise<Consequences | null> {
  await client.query("SAVEPOINT fact");
  try {
    const follows = await reactTo(client, fact);
    await client.query("RELEASE SAVEPOINT fact");
    return follows;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT fact");
    await markFailed(client, fact.id, error);
    return null;
  }
}
