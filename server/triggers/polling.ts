import type { PoolClient } from "pg";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { encodeValue } from "@/server/expressions/encoding";
import { decodeValue } from "@/server/expressions/decoding";
import { announce } from "@/server/queue/dispatch";
import { type Enqueued, insertRuns } from "@/server/queue/enqueue";
import { crashPoint } from "@/server/testing/crash-points";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { dispatchEvent } from "@/server/triggers/dispatch";
import { insertEvents } from "@/server/triggers/event-rows";
import { type Found, foundItems } from "@/server/triggers/found-items";
import { pollConfig, type PollConfig } from "@/server/triggers/kinds/poll/spec";
import { type NewEvent, valueBody } from "@/server/triggers/new-event";
import { type EndedPoll, isAnyPollDue, lockDuePolls, lockEndedPoll, type PollingTrigger, type PollState, rememberKeys, writePoll } from "@/server/triggers/poll-rows";
import { eventRowOf } from "@/server/triggers/record";
import { sideRunOf } from "@/server/triggers/side-run";
import { storedValue } from "@/server/triggers/stored-value";

const BATCH = 50;
const EVENTS_AT_ONCE = 500;
const RETRY_MAX_SECONDS = 3_600;

/** Starts looks whose time has come, and takes in what ended ones found. Anybody may call it at any time. Answers how many ended. */
export async function pollDue(): Promise<number> {
  if (!(await isAnyPollDue())) return 0;
  const { triggers, ready } = await inTransaction(sharedPool(), startLooks);
  for (const run of ready) announce(run);
  for (const { workspaceId, id } of triggers) tellTriggerChanged(workspaceId, id);
  for (let ended = 0; ; ended++) {
    const done = await inTransaction(sharedPool(), finishLook);
    if (done === null) return ended;
    crashPoint("poll-committed");
    tellTriggerChanged(done.workspaceId, done.triggerId);
    // What is lost here is found a moment later by who looks for due events.
    await Promise.all(done.eventIds.map((id) => dispatchEvent(id).catch(() => null)));
  }
}

/** The run that looks and the note that it does are committed together. */
async function startLooks(client: PoolClient): Promise<{ triggers: PollingTrigger[]; ready: Enqueued[] }> {
  const triggers = await lockDuePolls(client, BATCH);
  const runs = [];
  for (const trigger of triggers) {
    const config = pollConfig.parse(trigger.config);
    const state = stateOf(trigger, config);
    const run = await sideRunOf({ kind: "poller", trigger, workflow: config.workflow, input: { cursor: state.cursor } });
    if (run === null) {
      await fail(client, trigger, config, state, `there is no published workflow ${config.workflow}`);
      continue;
    }
    runs.push(run);
    await writePoll(client, trigger.id, { checkpoint: encodeValue({ ...state, run: run.id }), nextInSeconds: null, health: { state: "polling", runId: run.id }, error: null });
  }
  const ready = await insertRuns(client, runs);
  crashPoint("poll-started");
  return { triggers, ready };
}

interface Finished {
  workspaceId: string;
  triggerId: string;
  eventIds: string[];
}

/** Events, what was seen and the cursor are committed together: after a crash the same end is taken in again, from the start. */
async function finishLook(client: PoolClient): Promise<Finished | null> {
  const ended = await lockEndedPoll(client);
  if (ended === null) return null;
  const config = pollConfig.parse(ended.config);
  const state = stateOf(ended, config);
  const finished = { workspaceId: ended.workspaceId, triggerId: ended.id };
  let found: Found;
  try {
    if (ended.status !== "succeeded") throw new Error(reasonOf(ended));
    found = await foundItems(await storedValue(ended.workspaceId, ended.output ?? "null"), { itemKey: config.itemKey, runId: state.run ?? "" });
  } catch (error) {
    await fail(client, ended, config, state, error instanceof Error ? error.message : String(error));
    return { ...finished, eventIds: [] };
  }
  const unknown = await rememberKeys(client, ended, found.items.map(({ key }) => key), config.forgetAfterDays);
  const fresh = state.isFirst && config.firstPoll === "new" ? [] : found.items.filter(({ key }) => unknown.has(key));
  const eventIds = await recordItems(client, ended, config, state.run ?? "", fresh);
  crashPoint("poll-recorded");
  const next: PollState = { workflow: config.workflow, cursor: found.cursor === undefined ? state.cursor : found.cursor, isFirst: state.isFirst && found.more, run: null, failures: 0 };
  await writePoll(client, ended.id, { checkpoint: encodeValue(next), nextInSeconds: found.more ? 0 : config.intervalSeconds, health: { state: "waiting", runId: state.run, found: found.items.length, fresh: fresh.length }, error: null });
  return { ...finished, eventIds };
}

async function recordItems(client: PoolClient, trigger: PollingTrigger, config: PollConfig, runId: string, fresh: Found["items"]): Promise<string[]> {
  const bodies = config.start === "item" ? fresh.map(({ item }) => item) : chunksOf(fresh.map(({ item }) => item), config.batchLimit).map((items) => ({ items }));
  const eventIds: string[] = [];
  for (const [start, part] of chunksOf(bodies, EVENTS_AT_ONCE).entries()) {
    const events = part.map((body, index): NewEvent => ({ trigger, dedupeKey: `poll ${runId} ${start * EVENTS_AT_ONCE + index}`, ...valueBody(body), meta: { pollRunId: runId } }));
    const rows = await Promise.all(events.map((event) => eventRowOf(event)));
    const recorded = await insertEvents(client, rows);
    eventIds.push(...recorded.filter(({ isNew, status }) => isNew && status === "received").map(({ eventId }) => eventId));
  }
  return eventIds;
}

/** The cursor stays, so that nothing is passed over; the next look comes later each time. */
async function fail(client: PoolClient, trigger: PollingTrigger, config: PollConfig, state: PollState, message: string): Promise<void> {
  const failures = state.failures + 1;
  const nextInSeconds = Math.max(config.intervalSeconds, Math.min(config.intervalSeconds * 2 ** state.failures, RETRY_MAX_SECONDS));
  const error = { code: "poll_failed", message };
  await writePoll(client, trigger.id, { checkpoint: encodeValue({ ...state, run: null, failures }), nextInSeconds, health: { state: "failing", message, runId: state.run, retryInMs: nextInSeconds * 1_000 }, error });
}

function stateOf({ checkpoint }: PollingTrigger, { workflow }: PollConfig): PollState {
  const state = checkpoint === null ? null : (decodeValue(checkpoint) as PollState);
  if (state?.workflow === workflow) return state;
  return { workflow, cursor: null, isFirst: true, run: state?.run ?? null, failures: 0 };
}

function reasonOf({ status, error }: EndedPoll): string {
  if (status === "missing") return "the run that looked is not kept any more";
  const said = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
  return `the run that looked ${status === "cancelled" ? "was cancelled" : "failed"}${said === "" ? "" : `: ${said}`}`;
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
