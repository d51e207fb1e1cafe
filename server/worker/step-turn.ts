import { decodeValue } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import type { TurnDetail } from "@/server/nodes/wait-details";
import type { Pace } from "@/server/worker/compiled-workflow";
import type { StepTurn } from "@/server/engine/ports";
import type { Attempt, AttemptHost } from "@/server/worker/attempt";
import { readField, withField } from "@/server/worker/config-field";
import { stepGatesOf } from "@/server/worker/gates";
import type { RunContext } from "@/server/worker/run-context";
import type { Site } from "@/server/worker/scope";
import type { StepEnd } from "@/server/worker/step-end";
import { StepFailure } from "@/server/worker/step-failure";

interface Asking {
  run: RunContext;
  host: AttemptHost;
  attempt: Attempt;
  at: Site;
  /** What the attempt is stored with. */
  input: string | null;
}

/** `config`: with the lists of the steps that it stands for. Else the attempt does not begin (now). */
export type TurnTaken = { config: unknown } | { end: Pick<StepEnd, "outcome" | "error"> };

/** Takes the attempt through the limits over time of its node. Null: nothing changed, it may begin. */
export async function takeTurn(asking: Asking, config: unknown): Promise<TurnTaken | null> {
  const { run, host, attempt, at } = asking;
  const { pace } = attempt.node;
  if (pace === null) return null;
  const field = pace.debounce?.mergeField;
  const list = field === undefined ? null : listOf(run, config, field);
  const gates = await stepGatesOf(run, attempt.node.node.id, at, list);
  const turn: Turn = gates === null ? { kind: "go" } : await host.takeTurn(attempt, gates);
  if (turn.kind === "superseded") {
    host.log(attempt, "info", `skipped: run ${turn.by} took its place (debounce)`);
    return { end: { outcome: { status: "skipped", untaken: outEdges(attempt) }, error: { code: "debounced", message: `a newer step took its place, in run ${turn.by}`, details: { runId: turn.by } } } };
  }
  if (turn.kind === "later") {
    return { end: { outcome: { status: "waiting", wait: { kind: "turn", until: turn.dueAt, detail: detailOf(pace, turn.count) } }, error: null } };
  }
  const joined = field === undefined ? null : await joinedList(host, attempt, turn.list, field);
  const taken = field === undefined || joined === null ? null : { config: withField(config, field, joined) };
  if (turn.kind !== "refused") return taken;
  // The attempt after this one finds the lists of all that it stands for in the input of this one.
  if (taken !== null) asking.input = encodeValue(run.redaction.value(taken.config));
  throw overRate(pace.rateLimit, turn.notBefore, run.worker.clock.now());
}

function detailOf({ throttle }: Pace, count: number | null): TurnDetail {
  return count === null ? { limit: "throttle", most: throttle?.limit ?? 0, periodSeconds: throttle?.periodSeconds ?? 0 } : { limit: "debounce", count };
}

type Turn = Exclude<StepTurn, { kind: "lost" }>;

/** Of a step that stands for others: what it was told, or what the attempt before had. */
async function joinedList(host: AttemptHost, attempt: Attempt, told: string | undefined, field: string): Promise<unknown> {
  if (attempt.number === 1) return told === undefined ? null : decodeValue(told);
  const before = await host.waitingInput(attempt.path, attempt.number - 1);
  return before === null ? null : (readField(decodeValue(before), field) ?? null);
}

/** What is no list counts as a list of one. */
function listOf(run: RunContext, config: unknown, field: string): string {
  const value = run.redaction.value(readField(config, field)) ?? [];
  return encodeValue(Array.isArray(value) ? value : [value]);
}

export function outEdges({ node }: Attempt): number[] {
  return node.plan.out.flatMap((edge, index) => (edge.port === "out" ? [index] : []));
}

function overRate(rule: { limit: number; periodSeconds: number } | undefined, notBefore: number, now: number): StepFailure {
  const { limit = 0, periodSeconds = 0 } = rule ?? {};
  const details = { limit, periodSeconds, retryAt: new Date(notBefore).toISOString(), retryAfterSeconds: Math.max(0, Math.ceil((notBefore - now) / 1_000)) };
  return new StepFailure({ code: "rate_limited", message: `${limit} may begin within ${periodSeconds} s, and as many have; there is a place again at ${details.retryAt}`, details }, true, undefined, notBefore);
}
