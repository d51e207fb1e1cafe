"use client";

import { createContext, useContext } from "react";
import type { LoopPlace, TestResult, TestSource } from "./test-results";

/** What is known of the draft from its tests, and what can be tried. */
export interface TestBench {
  workflowId: string;
  /** Newest first. */
  sources: readonly TestSource[];
  /** Another run than the last test, whose data is looked at; `problem`: why it cannot be. */
  chosen: { runId: string; problem: string | null } | null;
  /** Null: back to the last test. */
  chooseRun: (runId: string | null) => void;
  /** Outputs used in place of running a step, by its id. */
  pins: Readonly<Record<string, unknown>>;
  resultOf: (nodeId: string) => TestResult | null;
  /** The iteration of every loop around a step that its results are shown of, the outermost first. */
  loopsOf: (nodeId: string) => LoopPlace[];
  /** Text that a running step sends as it makes it. */
  streamOf: (path: string) => string;
  mayTest: boolean;
  isStarting: boolean;
  /** What the server does for tests it does with the draft that it has. False: it could not be saved. */
  save: () => Promise<boolean>;
  /** The whole draft, or what leads to a step and it. */
  run: (untilNode?: string) => void;
  /** One step, with what its last results and pins say about the steps before it. */
  testStep: (nodeId: string) => void;
  /** Keeps the output of the last test, or one written by hand, in place of running the step. */
  pin: (nodeId: string, from: "last test" | { value: unknown }) => void;
  unpin: (nodeId: string) => void;
  /** A step gets another id: its pin goes along. */
  noteRename: (from: string, to: string) => void;
  input: TestInput | null;
  setInput: (input: TestInput | null) => void;
  editInput: () => void;
  /** The trigger that tests begin at; null: the one they take by themselves. */
  startAt: string | null;
  setStartAt: (nodeId: string | null) => void;
  /** The canvas goes back to showing the draft alone. */
  isShown: boolean;
  setShown: (isShown: boolean) => void;
}

export interface TestInput {
  /** Of the sample that it is; null for one that was filled in. */
  name: string | null;
  value: unknown;
  /** As the browser kept it, which keeps nothing secret. */
  isRemembered?: true;
  /** What a trigger brought it with: steps read it as `trigger` in tests that begin there. */
  event?: { nodeId: string; value: unknown };
}

export const TestContext = createContext<TestBench | null>(null);

export function useTestBench(): TestBench {
  const bench = useContext(TestContext);
  if (bench === null) throw new Error("useTestBench is only for the builder");
  return bench;
}

/** Where nothing is tested, such as the settings of the whole workflow: nothing is known, and nothing can be tried. */
export const UNTESTED: TestBench = {
  workflowId: "", sources: [], chosen: null, pins: {}, input: null, mayTest: false, isStarting: false, isShown: false, startAt: null,
  resultOf: () => null,
  loopsOf: () => [],
  streamOf: () => "",
  save: () => Promise.resolve(false),
  run: nothing, testStep: nothing, pin: nothing, unpin: nothing, noteRename: nothing, setInput: nothing, setStartAt: nothing, editInput: nothing, chooseRun: nothing, setShown: nothing,
};

function nothing(): void {
  // There is no test bench.
}
