import { createState, decide, type StartOptions } from "@/server/engine/decide";
import { isContainerKind } from "@/server/engine/definition";
import type { Path } from "@/server/engine/events";
import { toEvent, type EventBody, type JournalRecord } from "@/server/engine/journal";
import type { Plan } from "@/server/engine/plan";
import { locate, nodeIdOf, splitIteration, type Decision, type RunState } from "@/server/engine/state";
import { redoneBy } from "@/server/queue/rerun-scope";
import { isBeingCancelled, unansweredSteps, unhandledFailures } from "@/server/queue/rerun-failures";

/**
 * Which records of a finished run a repetition from `path` keeps, in the order in which they are to be folded. Kept is what is
 * neither at nor after that step, ended well or was handled, and follows from what is kept before it; everything else is
 * carried out anew. The result folds by construction: each record was accepted by the engine after those before it.
 */
export function selectForRerun(plan: Plan, records: readonly JournalRecord[], path: Path, start: StartOptions): JournalRecord[] {
  const redone = redoneBy(plan, path);
  const anew = unhandledFailures(plan, records);
  for (;;) {
    const fold = new Fold(plan, start);
    const kept = fold.keep(records.filter((record) => isWanted(record, redone, anew)));
    const unanswered = unansweredSteps(fold.state);
    if (unanswered.length === 0) return kept;
    for (const step of unanswered) anew.add(step);
  }
}

function isWanted(record: JournalRecord, redone: ReturnType<typeof redoneBy>, anew: ReadonlySet<Path>): boolean {
  const about = pathOf(record);
  return about !== null && !redone(record, about) && !anew.has(about);
}

/** Path a record is about; null for what belongs to the old run alone: its cancel and its deadline. */
function pathOf(record: JournalRecord): Path | null {
  if (record.table === "step") return record.path;
  if (record.type === "timer") return timerPath((record.body as { timer: string }).timer);
  return record.type === "cancel" ? null : record.path;
}

/** `retry:loop[2]/fetch#1` is about `loop[2]/fetch`. */
function timerPath(id: string): Path | null {
  const found = /^(?:retry|wait|remind):(.*)#\d+$/.exec(id);
  return found?.[1] ?? null;
}

class Fold {
  readonly state: RunState;
  readonly #kept: JournalRecord[] = [];
  /** Records of iterations that are not open yet: a loop with a limit opens them in another order than before. */
  readonly #deferred = new Map<Path, JournalRecord[]>();

  constructor(
    private readonly plan: Plan,
    start: StartOptions,
  ) {
    this.state = createState(plan, start).state;
  }

  keep(records: readonly JournalRecord[]): JournalRecord[] {
    const agenda = [...records].reverse();
    for (let record = agenda.pop(); record !== undefined; record = agenda.pop()) {
      const fitting = this.#isHeld(record) ? keptThough(record) : record;
      const begun = this.#begun(record);
      if (!this.#decide(fitting).accepted) this.#defer(record);
      else {
        this.#kept.push(fitting);
        for (let index = this.#begun(record) - 1; index >= begun; index--) {
          for (const later of this.#take(`${loopOf(record)}[${index}]`).reverse()) agenda.push(later);
        }
      }
    }
    return this.#kept;
  }

  /** The step that is redone has its place under `maxParallel` for good in this fold: others find none, and have ended all the same. */
  #isHeld({ path }: JournalRecord): boolean {
    return path !== null && locate(this.plan, this.state, path)?.status.phase === "held";
  }

  /** How many iterations have begun of the loop that a record is about: nothing else begins any. (No command tells of one whose steps are all held.) */
  #begun(record: JournalRecord): number {
    return locate(this.plan, this.state, loopOf(record))?.status.box?.next ?? 0;
  }

  #decide(record: JournalRecord): Decision {
    const event = toEvent(record, (path) => this.#isBox(path));
    // Cancelled by something that is not kept: it runs again.
    if (event.type === "step" && event.outcome.status === "cancelled" && !isBeingCancelled(this.plan, this.state, event.path)) return { accepted: false, commands: [] };
    return decide(this.plan, this.state, event);
  }

  #isBox(path: Path): boolean {
    return splitIteration(path) !== null || isContainerKind(this.plan.nodes[nodeIdOf(path)]?.kind ?? "");
  }

  #take(iteration: Path): JournalRecord[] {
    const records = this.#deferred.get(iteration) ?? [];
    this.#deferred.delete(iteration);
    return records;
  }

  #defer(record: JournalRecord): void {
    const path = pathOf(record) ?? "";
    const closed = iterationsAround(path).find((iteration) => this.state.frames[iteration] === undefined);
    if (closed === undefined) return;
    const list = this.#deferred.get(closed);
    if (list === undefined) this.#deferred.set(closed, [record]);
    else list.push(record);
  }
}

function keptThough(record: JournalRecord): JournalRecord {
  if (record.table === "step") return { ...record, decision: { ...record.decision, kept: true } };
  return record.type === "waiting" ? { ...record, body: { ...(record.body as Extract<EventBody, { wait: unknown }>), kept: true } } : record;
}

function loopOf({ path }: JournalRecord): Path {
  return path === null ? "" : (splitIteration(path)?.loop ?? path);
}

/** The iterations that hold a path, itself included, outermost first. */
function iterationsAround(path: Path): Path[] {
  const around: Path[] = [];
  for (let end = path.indexOf("]"); end >= 0; end = path.indexOf("]", end + 1)) around.push(path.slice(0, end + 1));
  return around;
}
