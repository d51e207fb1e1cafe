import { createState, decide } from "@/server/engine/decide";
import type { EngineEvent } from "@/server/engine/events";
import { restoreState, snapshot } from "@/server/engine/pending";
import { plan, type Plan } from "@/server/engine/plan";
import type { RunState } from "@/server/engine/state";
import { answer, durationOf, signalFor, waitReply } from "./answers";
import type { Scenario } from "./arbitrary-definition";
import { Board, type OpenWait, type Work } from "./board";
import { DiceStream } from "./dice";
import { forgeEvent } from "./forgery";
import { Script } from "./script";
import { Shadow } from "./shadow";

export interface SimulationOptions {
  /** Follow the script's time scale; otherwise this seed chooses what happens next. */
  order: "timed" | number;
  /** Share of events after which a late, doubled or invented one is tried. */
  noise?: number;
  /** Compare live state and replay after every event. */
  replay?: boolean;
}

export interface Observation {
  facts: string[];
  events: EngineEvent[];
  board: Board;
  /** The cancel was sent and accepted. */
  cancelled: boolean;
  /** Two things happened in the same millisecond of the script's time. */
  tie: boolean;
  end: number;
}

interface Move {
  at: number;
  event(at: number): EngineEvent;
}

export const STARTED_AT = 1_000_000;
const MOST_EVENTS = 100_000;

/** Runs a scenario on the engine, in memory, to its end; throws when the engine does something that makes no sense. */
export function simulate(scenario: Scenario, options: SimulationOptions): Observation {
  return new Simulation(scenario, options).run();
}

class Simulation {
  private readonly plan: Plan;
  private readonly script: Script;
  private readonly board: Board;
  private readonly shadow: Shadow | null;
  private readonly dice: DiceStream;
  private readonly events: EngineEvent[] = [];
  private state: RunState;
  private now = STARTED_AT;
  private cancelSent = false;
  private cancelled = false;
  private tie = false;

  constructor(private readonly scenario: Scenario, private readonly options: SimulationOptions) {
    const { definition, seed, rates, startNode } = scenario;
    this.plan = plan(definition);
    this.script = new Script(definition, seed, rates);
    this.board = new Board(definition);
    this.dice = new DiceStream(typeof options.order === "number" ? options.order : seed);
    const start = { startedAt: STARTED_AT, ...(startNode === undefined ? {} : { startNode }) };
    const { state, commands } = createState(this.plan, start);
    this.state = state;
    this.shadow = options.replay === true ? new Shadow(this.plan, start) : null;
    for (const command of commands) this.board.apply(command, this.now);
    this.board.checkLimits();
  }

  run(): Observation {
    for (let count = 0; !this.board.finished; count++) {
      if (count > MOST_EVENTS) throw new Error("the run does not end");
      const move = this.options.order === "timed" ? this.nextInTime() : this.nextByChance();
      this.now = Math.max(this.now, move.at);
      this.feed(move.event(this.now));
      if (this.dice.chance(this.options.noise ?? 0)) this.tryNoise();
    }
    if (!this.state.finished) throw new Error("the state does not say that the run has ended");
    const { board, events, cancelled, tie } = this;
    return { facts: [...board.facts].sort(), events, board, cancelled, tie, end: this.now };
  }

  private feed(event: EngineEvent): void {
    const seq = this.state.seq;
    const { accepted, commands } = decide(this.plan, this.state, event);
    if (event.type === "cancel") this.cancelled ||= accepted;
    else if (!accepted) throw new Error(`refused ${JSON.stringify(event)}`);
    if (!accepted) return;
    const isRunsExit = event.type === "exited" && event.path === "";
    if (!isRunsExit && this.state.seq !== seq + 1) throw new Error(`seq ${this.state.seq} follows ${seq}`);
    this.events.push(event);
    this.board.answered(event);
    for (const command of commands) this.board.apply(command, this.now);
    this.board.checkLimits();
    if (this.shadow !== null && !isRunsExit) {
      this.shadow.follow(event, this.state, commands);
      this.shadow.comparePending(this.board);
      if (this.dice.chance(0.1)) this.restart();
    }
  }

  /** The worker is lost: another goes on with the state a snapshot holds. */
  private restart(): void {
    this.shadow?.compareSnapshot();
    this.state = restoreState(snapshot(this.state));
  }

  /** A late, doubled or invented event must neither be accepted nor change anything. */
  private tryNoise(): void {
    const event = forgeEvent(this.board, this.events, this.dice, this.now);
    if (event === null) return;
    const before = snapshot(this.state);
    const { accepted, commands } = decide(this.plan, this.state, event);
    if (accepted || commands.length > 0) throw new Error(`accepted what nobody was asked for: ${JSON.stringify(event)}`);
    if (snapshot(this.state) !== before) throw new Error(`changed by a refused event: ${JSON.stringify(event)}`);
  }

  private nextInTime(): Move {
    const moves = [...this.workMoves(), ...this.signalMoves(), ...this.timerMoves(), ...this.cancelMove()];
    const first = moves.reduce((best, move) => (move.at < best.at ? move : best));
    if (moves.some((move) => move !== first && move.at === first.at)) this.tie = true;
    return first;
  }

  /** Any outstanding work or answer may come next, or the next timer. */
  private nextByChance(): Move {
    const timers = this.timerMoves().sort((a, b) => a.at - b.at).slice(0, 1);
    const anyTime = [...this.workMoves(), ...this.signalMoves()].map((move) => ({ ...move, at: this.now + 1 + this.dice.below(1_000) }));
    const moves = [...anyTime, ...timers];
    if (this.scenario.cancelAt !== null && !this.cancelSent && this.dice.chance(0.05)) return { ...this.cancelMove()[0]!, at: this.now + 1 };
    return moves[this.dice.below(moves.length)]!;
  }

  private workMoves(): Move[] {
    return [...this.board.work.values()].map((work) => this.workMove(work));
  }

  private workMove(work: Work): Move {
    const { command, abortedAt } = work;
    const natural = work.since + durationOf(this.script, work);
    const abort = abortedAt === null || command.type !== "startStep" ? Infinity : abortedAt + this.script.abort(command.path, command.attempt);
    if (natural === abort) this.tie = true;
    const aborts = this.options.order === "timed" ? abort < natural : abortedAt !== null && this.dice.chance(0.7);
    return { at: Math.min(natural, abort), event: (at) => answer(this.script, this.board, work, at, aborts) };
  }

  private signalMoves(): Move[] {
    return [...this.board.waits.values()].flatMap((wait: OpenWait) => {
      const { signal } = waitReply(this.script, this.board, wait);
      return signal === null ? [] : [{ at: wait.since + signal, event: (at: number) => signalFor(wait, at) }];
    });
  }

  private timerMoves(): Move[] {
    return [...this.board.timers].map(([id, due]) => ({ at: due, event: (at: number) => ({ type: "timer", id, at }) }));
  }

  private cancelMove(): Move[] {
    if (this.scenario.cancelAt === null || this.cancelSent) return [];
    const event = (at: number): EngineEvent => {
      this.cancelSent = true;
      return { type: "cancel", at, source: "user", reason: "a person said so" };
    };
    return [{ at: STARTED_AT + this.scenario.cancelAt, event }];
  }
}
