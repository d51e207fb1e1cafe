import type { Scenario } from "./arbitrary-definition";
import { evaluateFrame } from "./reference-frame";
import { describeEnding, World, type Ending } from "./reference-world";

/**
 * A second, naive reading of the specification, to compare the engine with. It shares no code with the engine and works
 * differently: it does not react to events but computes, by recursion over the definition, when everything starts and
 * ends on the script's time scale. What ends something early (an error beside it, a join that fired, a cancel) is a
 * time known from outside (`cancelAt`); a frame is evaluated without it first, and again when its cause is known.
 *
 * Rules it adds where the specification is silent:
 * - An error, stop, break or continue leaves a frame when the frame has closed, and a container when it has exited;
 *   only then are other branches, other iterations and siblings of the container cancelled.
 * - The first reason that ends a frame counts; a cancel from outside replaces it, so that nothing catches it any more.
 * - What is being cancelled may still end by itself; its row then says so, but nothing follows from it. An evaluation
 *   (enter, condition, exit) is never cut short; a step that would begin to wait or to retry is cancelled instead.
 * - A try whose body could not begin, because the cancel came while it was being entered, runs no `finally`.
 * - stop, break, continue and errors in `finally` replace how the body ended, never a cancel.
 * - A run whose output is being made ends as that output says; a cancel comes too late.
 * - A loop left by its own break exits as a success; only its iteration says that it was interrupted.
 * - `n` of a join counts edges, not sources. The condition of a `while` is asked once more after the last iteration
 *   allowed, and only its being true is an error.
 * - The time a `finally` may take counts from the cancel, or from its start when the cancel was before.
 */
export interface Expectation {
  /** Everything observable, in no order. */
  facts: string[];
  /** When the run ends, on the script's time scale. */
  end: number;
  /** The outcome may depend on the order of events (or on time), so only the timed run can be compared. */
  racy: boolean;
  /** Two causes at the same moment: nothing can be compared. */
  tie: boolean;
}

export function expectedOf(scenario: Scenario, startedAt: number): Expectation {
  const world = new World(scenario, evaluateFrame);
  const { timeoutSeconds } = scenario.definition.settings;
  const deadline = timeoutSeconds === undefined ? Infinity : startedAt + timeoutSeconds * 1_000;
  const cancelled = scenario.cancelAt === null ? Infinity : startedAt + scenario.cancelAt;
  const cancelAt = Math.min(deadline, cancelled);
  if (cancelAt < Infinity) world.racy = true;
  if (deadline === cancelled && deadline < Infinity) world.tie = true;
  const frame = evaluateFrame(world, { parent: undefined, prefix: "" }, startedAt, cancelAt);
  const end = frame.end + world.exitTime("");
  const facts = [...frame.facts, `exit run ${describeEnding(frame.ending)}`, finishFact(world, frame.ending, deadline < cancelled)];
  return { facts: facts.sort(), end, racy: world.racy, tie: world.tie };
}

function finishFact(world: World, ending: Ending, timedOut: boolean): string {
  const outputFails = world.script.exit("") !== "succeeds";
  switch (ending.type) {
    case "done":
      return outputFails ? "finish failed by run#1" : "finish succeeded";
    case "interrupted":
      return outputFails ? "finish failed by run#1" : "finish succeeded";
    case "failed":
      return `finish failed by ${ending.error}`;
    case "cancelled":
      return timedOut ? "finish failed by run_timeout" : "finish cancelled";
  }
}
