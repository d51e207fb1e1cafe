import { isDeepStrictEqual } from "node:util";
import { createState, decide, type StartOptions } from "@/server/engine/decide";
import { isContainerKind } from "@/server/engine/definition";
import type { EngineCommand, EngineEvent, Path } from "@/server/engine/events";
import { toEvent, toRecord, type JournalRecord } from "@/server/engine/journal";
import { pending, restoreState, snapshot } from "@/server/engine/pending";
import type { Plan } from "@/server/engine/plan";
import type { RunState } from "@/server/engine/state";
import { nodeIdOf, splitIteration, type Board } from "./board";

/**
 * A second state that is fed only what the journal stores, one record after the other. That it equals the live state
 * after every event says that folding the journal at any prefix does.
 */
export class Shadow {
  readonly state: RunState;
  readonly records: JournalRecord[] = [];

  constructor(private readonly plan: Plan, start: StartOptions) {
    this.state = createState(plan, start).state;
  }

  follow(event: EngineEvent, live: RunState, commands: EngineCommand[]): void {
    const record = toRecord(event, live.seq);
    if (record === null) return;
    if (record.seq !== this.state.seq + 1) throw new Error(`seq ${record.seq} follows ${this.state.seq}`);
    this.records.push(record);
    const stored = JSON.parse(JSON.stringify(record)) as JournalRecord;
    const decision = decide(this.plan, this.state, toEvent(stored, (path) => this.isContainerPath(path)));
    if (!decision.accepted) throw new Error(`the replay refuses ${JSON.stringify(record)}`);
    expectSame("commands of the replay", decision.commands, commands);
    this.compare(live);
  }

  compare(live: RunState): void {
    if (JSON.stringify(this.state) !== JSON.stringify(live)) expectSame("state of the replay", this.state, live);
  }

  /** What a takeover would do now is what is outstanding now. */
  comparePending(board: Board): void {
    const again = pending(this.plan, this.state).filter((command) => command.type !== "openWait" && command.type !== "startChild");
    expectSame("commands issued again", sorted(again), sorted(board.outstanding()));
  }

  compareSnapshot(): void {
    expectSame("restored snapshot", restoreState(snapshot(this.state)), this.state);
  }

  private isContainerPath(path: Path): boolean {
    return splitIteration(path) !== null || isContainerKind(this.plan.nodes[nodeIdOf(path)]?.kind ?? "");
  }
}

function sorted(commands: EngineCommand[]): EngineCommand[] {
  return [...commands].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(command: EngineCommand): string {
  return `${command.type} ${"path" in command ? command.path : "id" in command ? command.id : ""}`;
}

function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [plain(actual), plain(expected)];
  if (!isDeepStrictEqual(left, right)) throw new Error(`${what} differ:\n${JSON.stringify(left)}\n${JSON.stringify(right)}`);
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
