import type { PoolClient } from "pg";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { encodeValue } from "@/server/expressions/encoding";
import { decodeValue } from "@/server/expressions/decoding";
import { announce } from "@/server/queue/dispatch";
import { type Enqueued, type EnqueuedRun, insertRuns } from "@/server/queue/enqueue";
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
    const started = await lookOf(trigger);
    if (started instanceof Error) {
      await fail(client, trigger, started.message);
      continue;
    }
    runs.push(started.run);
    await writePoll(client, trigger.id, { checkpoint: encodeValue({ ...started.state, run: started.run.id }), nextInSeconds: null, health: { state: "polling", runId: started.run.id }, error: null });
  }
  const ready = await insertRuns(client, runs);
  crashPoint("poll-started");
  return { triggers, ready };
}

/** What is wrong with one poller stays with it: the others have their looks. */
async function lookOf(trigger: PollingTrigger): Promise<{ run: EnqueuedRun; state: PollState } | Error> {
  try {
    const config = pollConfig.parse(trigger.config);
    const state = { ...stateOf(trigger, config), run: null };
    const run = await sideRunOf({ kind: "poller", trigger, workflow: config.workflow, input: { cursor: state.cursor } });
    return run === null ? new Error(`there is no published workflow ${config.workflow}`) : { run, state };
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
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
  const finished = { workspaceId: ended.workspaceId, triggerId: ended.id };
  const { success, data: config, error } = pollConfig.safeParse(ended.config);
  if (!success) {
    await fail(client, ended, error.message);
    return { ...finished, eventIds: [] };
  }
  const state = stateOf(ended, config);
  if (state.run === null) {
    // It looked by a workflow that is not the trigger's any more: what it found is nobody's.
    await writePoll(client, ended.id, { checkpoint: encodeValue(state), nextInSeconds: 0, health: { state: "waiting" }, error: null });
    return { ...finished, eventIds: [] };
  }
  let found: Found;
  try {
    if (ended.status !== "succeeded") throw new Error(reasonOf(ended));
    found = await foundItems(await storedValue(ended.workspaceId, ended.output ?? "null"), { itemKey: config.itemKey, runId: state.run ?? "" });
  } catch (error) {
    await fail(client, ended, error instanceof Error ? error.message : String(error));
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
async function fail(client: PoolClient, trigger: PollingTrigger, message: string): Promise<void> {
  const { data: config } = pollConfig.safeParse(trigger.config);
  const state = config === undefined ? storedState(trigger) : stateOf(trigger, config);
  const { failures: before = 0, run = null } = state ?? {};
  const intervalSeconds = config?.intervalSeconds ?? RETRY_MAX_SECONDS;
  const nextInSeconds = Math.max(intervalSeconds, Math.min(intervalSeconds * 2 ** before, RETRY_MAX_SECONDS));
  const checkpoint = state === null ? "null" : encodeValue({ ...state, run: null, failures: before + 1 });
  await writePoll(client, trigger.id, { checkpoint, nextInSeconds, health: { state: "failing", message, runId: run, retryInMs: nextInSeconds * 1_000 }, error: { code: "poll_failed", message } });
}

function storedState({ checkpoint }: PollingTrigger): PollState | null {
  return checkpoint === null ? null : (decodeValue(checkpoint) as PollState | null);
}

/** Of another workflow nothing is kept, not even its look. */
function stateOf(trigger: PollingTrigger, { workflow }: PollConfig): PollState {
  const state = storedState(trigger);
  return state?.workflow === workflow ? state : { workflow, cursor: null, isFirst: true, run: null, failures: 0 };
}

function reasonOf({ status, error }: EndedPoll): string {
  if (status === "missing") return "the run that looked is not kept any more";
  const said = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
  return `the run that looked ${status === "cancelled" ? "was cancelled" : "failed"}${said === "" ? "" : `: ${said}`}`;
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
