import type { PoolClient } from "pg";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { encodeValue } from "@/server/expressions/encoding";
import { decodeValue } from "@/server/expressions/decoding";
import { isConnectionProblem } from "@/server/queue/database-errors";
import { announce } from "@/server/queue/dispatch";
import { type Enqueued, type EnqueuedRun, insertRuns } from "@/server/queue/enqueue";
import { crashPoint } from "@/server/testing/crash-points";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { dispatchBeside } from "@/server/triggers/dispatch";
import { type Found, foundItems } from "@/server/triggers/found-items";
import { pollConfig, type PollConfig } from "@/server/triggers/kinds/poll/spec";
import { type NewEvent, valueBody } from "@/server/triggers/new-event";
import { claimEndedPoll, duePollIds, type EndedPoll, holding, isAnyPollDue, lockDuePolls, lockUnchangedPoll, type PollingTrigger, type PollState, rememberKeys, writePoll } from "@/server/triggers/poll-rows";
import { recordWithin } from "@/server/triggers/record";
import { sideRunOf } from "@/server/triggers/side-run";
import { storedValue } from "@/server/triggers/stored-value";

const BATCH = 50;
const AT_ONCE = 4;
const EVENTS_AT_ONCE = 500;
const RETRY_MAX_SECONDS = 3_600;

/** Starts looks whose time has come, and takes in what ended ones found. Anybody may call it at any time. Answers how many ended. */
export async function pollDue(signal?: AbortSignal): Promise<number> {
  if (!(await isAnyPollDue())) return 0;
  await startSome(BATCH).catch(startApart);
  let ended = 0;
  const finishSome = async () => {
    while (signal?.aborted !== true) {
      const done = await finishOne(signal);
      if (done === null) return;
      ended++;
      crashPoint("poll-committed");
      tellTriggerChanged(done.workspaceId, done.triggerId);
      dispatchBeside(done.eventIds.map((eventId) => ({ eventId, ...done })));
    }
  };
  // One whose keys take long keeps no other one waiting.
  const finished = await Promise.allSettled(Array.from({ length: AT_ONCE }, finishSome));
  const failure = finished.find((one) => one.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return ended;
}

async function startSome(limit: number, id: string | null = null): Promise<void> {
  const { triggers, ready } = await inTransaction(sharedPool(), (client) => startLooks(client, limit, id));
  for (const run of ready) announce(run);
  for (const { workspaceId, id: triggerId } of triggers) tellTriggerChanged(workspaceId, triggerId);
}

/** One poller whose look cannot be started must not keep the others from theirs: each in its own transaction, and that one says why. */
async function startApart(why: unknown): Promise<void> {
  if (isConnectionProblem(why)) throw why;
  for (const id of await duePollIds(BATCH)) {
    await startSome(1, id).catch(async (error: unknown) => {
      if (isConnectionProblem(error)) throw error;
      await inTransaction(sharedPool(), async (client) => {
        for (const trigger of await lockDuePolls(client, 1, id)) await fail(client, trigger, messageOf(error));
      });
    });
  }
}

/** The run that looks and the note that it does are committed together. */
async function startLooks(client: PoolClient, limit: number, id: string | null): Promise<{ triggers: PollingTrigger[]; ready: Enqueued[] }> {
  const triggers = await lockDuePolls(client, limit, id);
  const runs = [];
  for (const trigger of triggers) {
    const look = await lookOf(trigger).catch((error: unknown) => {
      if (isConnectionProblem(error)) throw error;
      return messageOf(error);
    });
    if (typeof look === "string") {
      await fail(client, trigger, look);
      continue;
    }
    const { run, state } = look;
    runs.push(run);
    await writePoll(client, trigger.id, { checkpoint: encodeValue({ ...state, run: run.id }), nextInSeconds: null, health: { state: "polling", runId: run.id }, error: null });
  }
  const ready = await insertRuns(client, runs);
  crashPoint("poll-started");
  return { triggers, ready };
}

/** A text: why there is none. */
async function lookOf(trigger: PollingTrigger): Promise<{ run: EnqueuedRun; state: PollState } | string> {
  const config = pollConfig.parse(trigger.config);
  const state = stateOf(trigger, config.workflow);
  const run = await sideRunOf({ kind: "poller", trigger, workflow: config.workflow, input: { cursor: state.cursor }, startedById: trigger.startedById });
  return run === null ? `there is no published workflow ${config.workflow}` : { run, state };
}

interface Finished {
  workspaceId: string;
  triggerId: string;
  eventIds: string[];
}

/** Null: no look has ended, or this process is to stop. One that cannot be taken in fails its poller alone. */
async function finishOne(signal?: AbortSignal): Promise<Finished | null> {
  const ended = await claimEndedPoll();
  return ended === null ? null : holding(ended, () => takeIn(ended, signal));
}

/** What was found is read and its keys are evaluated outside of any transaction. Whoever was at the poller meanwhile has the say. */
async function takeIn(ended: EndedPoll, signal?: AbortSignal): Promise<Finished | null> {
  const finished: Finished = { workspaceId: ended.workspaceId, triggerId: ended.id, eventIds: [] };
  try {
    const found = await foundBy(ended, signal);
    await inTransaction(sharedPool(), async (client) => {
      if ((await lockUnchangedPoll(client, ended)) !== null) finished.eventIds = await finishLook(client, ended, found);
    });
  } catch (error) {
    if (signal?.aborted === true) return null;
    if (isConnectionProblem(error)) throw error;
    finished.eventIds = [];
    await inTransaction(sharedPool(), async (client) => {
      const trigger = await lockUnchangedPoll(client, ended);
      if (trigger !== null) await fail(client, trigger, messageOf(error));
    });
  }
  return finished;
}

/** Null: another workflow looks now. What the one before found is not its first look, and its cursor says nothing. */
async function foundBy(ended: EndedPoll, signal?: AbortSignal): Promise<Found | null> {
  const { workflow, itemKey } = pollConfig.parse(ended.config);
  const state = rememberedBy(ended);
  if (state?.workflow !== workflow) return null;
  if (ended.status !== "succeeded") throw new Error(reasonOf(ended));
  return foundItems(await storedValue(ended.workspaceId, ended.output ?? "null"), { itemKey, runId: state.run ?? "", owner: ended.workspaceId, signal });
}

/** Events, what was seen and the cursor are committed together: after a crash the same end is taken in again, from the start. Answers the events. */
async function finishLook(client: PoolClient, ended: EndedPoll, found: Found | null): Promise<string[]> {
  const config = pollConfig.parse(ended.config);
  const state = stateOf(ended, config.workflow);
  if (found === null) {
    await writePoll(client, ended.id, { checkpoint: encodeValue(state), nextInSeconds: 0, goesOn: true, health: { state: "waiting" }, error: null });
    return [];
  }
  const unknown = await rememberKeys(client, ended, found.items.map(({ key }) => key), config.forgetAfterDays);
  const fresh = state.isFirst && config.firstPoll === "new" ? [] : found.items.filter(({ key }) => unknown.has(key));
  const eventIds = await recordItems(client, ended, config, state.run ?? "", fresh);
  crashPoint("poll-recorded");
  const next: PollState = { workflow: config.workflow, cursor: found.cursor === undefined ? state.cursor : found.cursor, isFirst: state.isFirst && found.more, run: null, failures: 0 };
  await writePoll(client, ended.id, { checkpoint: encodeValue(next), nextInSeconds: found.more ? 0 : config.intervalSeconds, goesOn: found.more, health: { state: "waiting", runId: state.run, found: found.items.length, fresh: fresh.length }, error: null });
  return eventIds;
}

async function recordItems(client: PoolClient, trigger: PollingTrigger, config: PollConfig, runId: string, fresh: Found["items"]): Promise<string[]> {
  const bodies = config.start === "item" ? fresh.map(({ item }) => item) : chunksOf(fresh.map(({ item }) => item), config.batchLimit).map((items) => ({ items }));
  const eventIds: string[] = [];
  for (const [start, part] of chunksOf(bodies, EVENTS_AT_ONCE).entries()) {
    const events = part.map((body, index): NewEvent => ({ trigger, dedupeKey: `poll ${runId} ${start * EVENTS_AT_ONCE + index}`, startedById: trigger.startedById, ...valueBody(body), meta: { pollRunId: runId } }));
    const recorded = await recordWithin(client, events);
    eventIds.push(...recorded.filter(({ isNew, status }) => isNew && status === "received").map(({ eventId }) => eventId));
  }
  return eventIds;
}

/** The cursor stays, so that nothing is passed over; the next look comes later each time. */
async function fail(client: PoolClient, trigger: PollingTrigger, message: string): Promise<void> {
  const { data: config = { workflow: null, intervalSeconds: RETRY_MAX_SECONDS } } = pollConfig.safeParse(trigger.config);
  const state = stateOf(trigger, config.workflow);
  const failures = state.failures + 1;
  const nextInSeconds = Math.max(config.intervalSeconds, Math.min(config.intervalSeconds * 2 ** state.failures, RETRY_MAX_SECONDS));
  const error = { code: "poll_failed", message };
  await writePoll(client, trigger.id, { checkpoint: encodeValue({ ...state, run: null, failures }), nextInSeconds, health: { state: "failing", message, runId: state.run, retryInMs: nextInSeconds * 1_000 }, error });
}

function rememberedBy({ checkpoint }: PollingTrigger): PollState | null {
  return checkpoint === null ? null : (decodeValue(checkpoint) as PollState);
}

/** Null: the config does not say which workflow looks. */
function stateOf(trigger: PollingTrigger, workflow: string | null): PollState {
  const state = rememberedBy(trigger);
  if (state !== null && (workflow === null || state.workflow === workflow)) return state;
  return { workflow: workflow ?? "", cursor: null, isFirst: true, run: null, failures: 0 };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function reasonOf({ status, error }: EndedPoll): string {
  if (status === "missing") return "the run that looked is not kept any more";
  const cause = error === null ? null : decodeValue(error);
  const said = typeof cause === "object" && cause !== null && "message" in cause ? String(cause.message) : "";
  return `the run that looked ${status === "cancelled" ? "was cancelled" : "failed"}${said === "" ? "" : `: ${said}`}`;
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
