import { decodeValue } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import { checkConfig } from "@/server/nodes/check-config";
import type { WaitSpec } from "@/server/engine/events";
import type { StepPlace } from "@/server/engine/ports";
import type { ChildDetail, TurnDetail } from "@/server/nodes/wait-details";
import type { NodeRunner, StepError, StepResult } from "@/server/nodes/runner";
import type { Attempt, AttemptHost } from "@/server/worker/attempt";
import { childInputOf } from "@/server/worker/child-input";
import { stepPlaceOf } from "@/server/worker/gates";
import { cachedResult, rememberResult } from "@/server/worker/cached-step";
import { NULL_PAYLOAD, type Payload } from "@/server/worker/payload";
import { pinOf, pinnedPort } from "@/server/worker/pins";
import type { CacheKey } from "@/server/worker/ports";
import type { RunContext } from "@/server/worker/run-context";
import type { Site } from "@/server/worker/scope";
import { StepAbort, untilAborted } from "@/server/worker/step-abort";
import { AttemptContext } from "@/server/worker/step-context";
import { errorPort, failureRouting, holds, isTruthy, payloadOf, site, untakenEdges, type StepEnd } from "@/server/worker/step-end";
import { outEdges, takeTurn } from "@/server/worker/step-turn";
import { placed, StepFailure, toFailure } from "@/server/worker/step-failure";

/**
 * Carries out one attempt: skipIf, pins, cache, config, runner, and the edge decisions. Answers how it ended; rejects only
 * when the run is no longer ours (`StepAbort` lost or drained). An exception of a runner is that attempt's failure.
 */
export async function executeAttempt(run: RunContext, host: AttemptHost, attempt: Attempt): Promise<StepEnd> {
  const at = site(attempt.path, attempt.node, attempt.number, attempt.startedAt);
  const work: Work = { run, host, attempt, at, input: null };
  try {
    const refused = host.refused(attempt.path, attempt.number);
    if (refused !== undefined) throw new StepFailure(refused);
    return await decideAttempt(work);
  } catch (thrown) {
    throwIfGone(attempt);
    if (attempt.abort.kind === "cancelled") return { outcome: { status: "cancelled" }, input: work.input, output: null, error: null };
    if (attempt.abort.kind === "gaveWay") return failedEnd(work, gaveWay(attempt));
    return failedEnd(work, toFailure(thrown));
  }
}

interface Work {
  run: RunContext;
  host: AttemptHost;
  attempt: Attempt;
  at: Site;
  /** Evaluated config, once it is. */
  input: string | null;
}

async function decideAttempt(work: Work): Promise<StepEnd> {
  const { run, attempt, at } = work;
  const { node, command } = attempt;
  if (command.resume?.cause === "signal" && node.concurrency?.whenFull === "cancelOldest" && (await work.host.tellsToGiveWay(command.resume.ref))) throw gaveWay(attempt);
  if (command.resume === undefined && (node.plan.disabled || (node.skipIf !== null && (await holds(run, node.skipIf, at))))) return skippedEnd(work);
  if (!hasBegun(attempt)) {
    const pin = pinOf(run.claim, node.node.id);
    if (pin !== undefined) return succeededEnd(work, payloadOf(run, pin.value), pinnedPort(node, pin.value));
    const cached = node.cacheKey === null ? null : await cachedResult(run, node, at);
    if (cached?.hit != null) {
      work.host.log(attempt, "info", "the output was taken from the cache");
      return succeededEnd(work, cached.hit.output, cached.hit.port);
    }
    const end = await runNode(work);
    if (cached != null && end.output !== null && end.outcome.status === "succeeded") await remember(work, cached.key, end.output, end.outcome.port ?? "out");
    return end;
  }
  return runNode(work);
}

/** The step has succeeded: that its result cannot be kept for others is no reason to do it again. */
async function remember({ run, attempt, at, host }: Work, key: CacheKey, output: Payload, port: string): Promise<void> {
  try {
    await rememberResult(run, attempt.node, at, key, output, port);
  } catch (error) {
    run.worker.report(error, run.claim);
    host.log(attempt, "warn", "the output could not be kept in the cache");
  }
}

async function runNode(work: Work): Promise<StepEnd> {
  const { run, attempt, host } = work;
  const { node } = attempt;
  const { runner, spec } = node;
  if (runner === undefined || spec === undefined) throw new StepFailure({ code: "unknown_kind", message: `this installation has no node kind ${node.node.kind}` });
  const evaluated = await evaluatedConfig(work);
  let config = checkedConfig(spec, evaluated);
  if (!hasBegun(attempt)) {
    const turn = await takeTurn(work, evaluated);
    if (turn !== null && "end" in turn) return { ...turn.end, input: work.input, output: null };
    if (turn !== null) {
      work.input = encodeValue(run.redaction.value(turn.config));
      config = checkedConfig(spec, turn.config);
    }
    const place = await stepPlaceOf(run, node.node.id, work.at);
    const end = place === null ? null : placeEnd(work, place, await host.takePlace(attempt, place));
    if (end !== null) return end;
  }
  const ctx = new AttemptContext(run, host, attempt, config, node.plan.join === null ? NOTHING_TAKEN : await takenOutputs(work));
  const { resume } = attempt.command;
  if (resume !== undefined && resume.cause !== "turn") {
    ctx.resume = { resumption: resume, payload: resume.cause === "signal" ? await host.messagePayload(resume.ref) : null };
  }
  if (runner.effect === "effect") return runEffect(work, runner, ctx);
  return endOf(work, await runWithinTime(work, runner, ctx));
}

function checkedConfig(spec: NonNullable<Attempt["node"]["spec"]>, config: unknown): unknown {
  const checked = checkConfig(spec, config);
  if (!checked.ok) throw new StepFailure({ ...checked.error, field: `/config${checked.error.field ?? ""}` });
  return checked.config;
}

/** An attempt that only waited for its turn has not. */
function hasBegun({ command: { resume } }: Attempt): boolean {
  return resume !== undefined && resume.cause !== "turn";
}

/** Whoever gives it the place wakes it. Time is only the net, should a worker of an earlier version have freed the place without a word. */
const LOOK_AGAIN_MS = 600_000;
/** Should the worker have died before it told the older ones to give way. */
const TELL_AGAIN_MS = 15_000;

/** Null: the step has its place. */
function placeEnd(work: Work, place: StepPlace, answer: "taken" | "full" | "refused" | "gaveWay"): StepEnd | null {
  if (answer === "taken") return null;
  if (answer === "full") return waitForPlace(work, place);
  if (answer === "gaveWay") throw gaveWay(work.attempt);
  const { limit, whenFull } = place;
  const error = { code: "concurrency_limit", message: `${limit} at the same time are allowed, and as many are at work`, details: { limit } };
  if (whenFull !== "skip") throw new StepFailure(error);
  work.host.log(work.attempt, "info", `skipped: ${error.message}`);
  return { outcome: { status: "skipped", untaken: outEdges(work.attempt) }, input: work.input, output: null, error };
}

/** Not to be repeated: it would take the place of a newer one in turn. */
function gaveWay({ node }: Attempt): StepFailure {
  const limit = node.concurrency?.limit ?? 1;
  return new StepFailure({ code: "gave_way", message: `a newer step took its place: ${limit} at the same time ${limit === 1 ? "is" : "are"} allowed`, details: { limit } }, false);
}

/** A step that waits for an answer, or whose worker was lost, keeps its place. */
function waitForPlace({ run, input }: Work, { limit, whenFull }: StepPlace): StepEnd {
  const detail: TurnDetail = { limit: "concurrency", most: limit };
  return { outcome: { status: "waiting", wait: { kind: "turn", until: run.worker.clock.now() + (whenFull === "cancelOldest" ? TELL_AGAIN_MS : LOOK_AGAIN_MS), detail } }, input, output: null, error: null };
}

const NOTHING_TAKEN: Record<string, unknown> = {};

async function runEffect(work: Work, runner: NodeRunner, ctx: AttemptContext): Promise<StepEnd> {
  const { host, attempt } = work;
  const open = (): Promise<void> => host.open(attempt, work.input ?? "null");
  // One that must not be repeated is not said to have begun while it only waits for its place.
  const opensLast = (attempt.node.node.onWorkerLost ?? runner.onWorkerLost) === "fail";
  if (!opensLast) await open();
  const release = await host.acquireSlot(attempt);
  try {
    if (opensLast) await open();
    throwIfGone(work.attempt);
    if (work.attempt.abort.kind !== undefined) throw new StepAbort(work.attempt.abort.kind);
    return await endOf(work, await runWithinTime(work, runner, ctx));
  } finally {
    release();
    await ctx.close();
  }
}

/** The config as it was when the step began to wait, else evaluated now. */
async function evaluatedConfig(work: Work): Promise<unknown> {
  const { run, attempt, host, at } = work;
  if (hasBegun(attempt)) {
    work.input = await host.waitingInput(attempt.path, attempt.number);
    if (work.input !== null) return decodeValue(work.input);
  }
  const config = await run.evaluator.evaluate(attempt.node.config, at);
  work.input = encodeValue(run.redaction.value(config));
  return config;
}

async function takenOutputs({ run, attempt }: Work): Promise<Record<string, unknown>> {
  const prefix = attempt.path.slice(0, attempt.path.length - attempt.node.node.id.length);
  const paths = attempt.command.taken.map((id) => ({ id, path: prefix + id, what: "output" as const }));
  await run.values.load(paths);
  return Object.fromEntries(paths.map(({ id, path }) => [id, run.values.get(path)?.output?.value ?? null]));
}

async function runWithinTime(work: Work, runner: NodeRunner, ctx: AttemptContext): Promise<StepResult> {
  const { attempt, run } = work;
  const { timeoutSeconds } = attempt.node.node;
  const call = ctx.resume !== undefined && runner.resume !== undefined ? runner.resume(ctx) : runner.run(ctx);
  if (!(call instanceof Promise)) return call;
  const timer = timeoutSeconds === undefined ? undefined : setTimeout(() => attempt.abort.abort("timeout"), timeoutSeconds * 1_000);
  try {
    const result = await untilAborted(call, attempt.abort, run.worker.settings.abortGraceMs);
    if (result === undefined) throw new StepAbort(attempt.abort.kind ?? "cancelled");
    return result;
  } catch (thrown) {
    if (attempt.abort.kind === "timeout") throw new StepFailure({ code: "timeout", message: `the attempt exceeded its time limit of ${timeoutSeconds ?? 0} seconds` }, true, { cause: thrown });
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

function throwIfGone(attempt: Attempt): void {
  if (attempt.abort.kind === "lost" || attempt.abort.kind === "drained") throw new StepAbort(attempt.abort.kind);
}

function endOf(work: Work, result: StepResult): StepEnd | Promise<StepEnd> {
  throwIfGone(work.attempt);
  switch (result.type) {
    case "succeeded": {
      const output = result.output === undefined ? NULL_PAYLOAD : payloadOf(work.run, result.output);
      const { child, port = "out" } = result;
      return child === undefined ? succeededEnd(work, output, port) : childInputOf(work.run, child).then((childInput) => succeededEnd(work, output, port, { child, childInput }));
    }
    case "failed":
      throw new StepFailure(result.error, result.retryable, undefined, result.retryAfterSeconds === undefined ? undefined : work.run.worker.clock.now() + result.retryAfterSeconds * 1_000);
    case "waiting":
      return waitingEnd(work, result.wait);
  }
}

/** A wait is part of the journal, which is plain JSON and holds no payloads. */
function storableWait(run: RunContext, wait: WaitSpec): WaitSpec {
  if (wait.detail === undefined) return wait;
  if (wait.kind !== "child") return { ...wait, detail: run.redaction.value(wait.detail) };
  const { input: _input, ...detail } = wait.detail as ChildDetail;
  return { ...wait, detail: run.redaction.value(detail) };
}

function waitingEnd(work: Work, wait: WaitSpec): StepEnd | Promise<StepEnd> {
  const end: StepEnd = { outcome: { status: "waiting", wait: storableWait(work.run, wait) }, input: work.input, output: null, error: null };
  return wait.kind === "child" ? childInputOf(work.run, wait.detail as ChildDetail).then((childInput) => ({ ...end, childInput })) : end;
}

function succeededEnd(work: Work, output: Payload, port: string, child: Pick<StepEnd, "child" | "childInput"> = {}): StepEnd | Promise<StepEnd> {
  const { node } = work.attempt;
  const end = (untaken: number[]): StepEnd => ({
    outcome: { status: "succeeded", ...(port === "out" ? {} : { port }), ...(untaken.length === 0 ? {} : { untaken }) },
    input: work.input,
    output,
    error: null,
    ...child,
  });
  if (!node.hasWhen) return end([]);
  return routed(work, { output: output.value, error: null, status: "succeeded" }, port).then(end);
}

async function skippedEnd(work: Work): Promise<StepEnd> {
  const untaken = await routed(work, { output: null, error: null, status: "skipped" }, "out");
  return { outcome: { status: "skipped", ...(untaken.length === 0 ? {} : { untaken }) }, input: null, output: null, error: null };
}

/** Edge decisions after a success; a `when` that throws makes the step itself fail, past its `onError`. */
async function routed(work: Work, value: { output: unknown; error: unknown; status: string }, port: string): Promise<number[]> {
  const { run, attempt, at } = work;
  try {
    return await untakenEdges(run, attempt.node, port, { ...at, overlay: { self: { id: attempt.node.node.id, value } } });
  } catch (thrown) {
    const failure = toFailure(thrown);
    throw new FatalFailure(failure.error);
  }
}

/** The routing itself failed: the error is unhandled whatever `onError` says. */
class FatalFailure extends StepFailure {}

async function failedEnd(work: Work, failure: StepFailure): Promise<StepEnd> {
  const { run, attempt, at } = work;
  const base = { input: work.input, output: null };
  const error = run.redaction.value(placed(failure.error, attempt.node.node.id, attempt.path));
  if (failure instanceof FatalFailure) return { ...base, outcome: { status: "failed", retryable: false, fatal: true }, error };
  const retry = await mayRetry(work, error, failure.retryable);
  const routing = errorPort(attempt.node) === null ? { error: retry.error } : await failureRouting(run, attempt.node, retry.error, at);
  const { untaken, fatal } = routing as { untaken?: number[]; fatal?: boolean };
  return {
    ...base,
    outcome: {
      status: "failed",
      retryable: retry.retryable,
      ...(untaken === undefined || untaken.length === 0 ? {} : { untaken }),
      ...(fatal === true ? { fatal } : {}),
      ...(failure.notBefore !== undefined && retry.retryable ? { notBefore: failure.notBefore } : {}),
    },
    error: routing.error,
  };
}

/** `retryIf` has the last word on a retryable failure; if it throws, its error takes the place of the failure's. */
async function mayRetry(work: Work, error: StepError, retryable: boolean): Promise<{ retryable: boolean; error: StepError }> {
  const { retryIf } = work.attempt.node;
  if (!retryable || retryIf === null) return { retryable, error };
  try {
    const verdict = await work.run.evaluator.evaluate(retryIf, { ...work.at, overlay: { error, attempt: work.attempt.number } });
    return { retryable: isTruthy(verdict), error };
  } catch (thrown) {
    return { retryable: false, error: placed({ ...toFailure(thrown).error, cause: error }, work.attempt.node.node.id, work.attempt.path) };
  }
}
