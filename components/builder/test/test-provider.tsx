"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import type { CanvasMarks, NodeMark } from "@/components/canvas/marks";
import { readGraph } from "@/components/canvas/read-graph";
import { namesSecrets } from "@/components/forms/without-secrets";
import { IterationPicker } from "@/components/runs/iteration-picker";
import { isLoop, nodesById, type Iterations } from "@/components/runs/paths";
import { firstFailed, shownIterations } from "@/components/runs/run-model";
import { takenEdges } from "@/components/runs/taken-edges";
import { useStreams } from "@/components/runs/use-streams";
import { useMayIn } from "@/components/shell/rights";
import { useLastInput, type LastInput } from "@/components/workflows/last-input";
import type { WorkflowDetail } from "@/server/workflows/contract";
import type { Draft } from "../draft";
import { WorkflowOfForm } from "@/components/forms/workflow-of-form";
import { TestContext, type TestBench, type TestInput } from "./test-context";
import { useItemCounts, type GivenStep } from "@/components/runs/use-item-counts";
import { loopsAround, markOf, resultOf, type TestResult } from "./test-results";
import { usePins } from "./use-pins";
import { usePinsAlong } from "./use-pins-along";
import { useTestSources } from "./use-test-sources";

const TestInputDialog = dynamic(() => import("./test-input-dialog").then((module) => module.TestInputDialog), { ssr: false });

export interface TestProviderProps {
  workflowId: string;
  draft: Draft;
  /** Problems of the draft. */
  marks: CanvasMarks;
  /** Tests run what the server has. False: it could not be saved. */
  save: () => Promise<boolean>;
  children: (marks: CanvasMarks) => ReactNode;
}

const NO_PINS: WorkflowDetail["pins"] = {};
/** Nothing else of the workflow: hundreds of steps are not drawn anew because it was saved. */
const pinsOf = (workflow: WorkflowDetail) => workflow.pins;

/** What a test is to begin with, once its input is known. */
type Target = { untilNode?: string } | { nodeId: string };

/** The tests of a draft: starts them, and knows what they found. */
export function TestProvider({ workflowId, draft, marks, save, children }: TestProviderProps) {
  const trpc = useTRPC();
  const mayTest = useMayIn(workflowId, "run:start");
  const { data: pins = NO_PINS } = useQuery(trpc.workflows.get.queryOptions({ workflowId }, { select: pinsOf }));
  const pinning = usePins(workflowId);
  const noteRename = usePinsAlong(draft, pins, pinning);
  const { sources, chosen: chosenRun, choose, begun, refresh } = useTestSources(workflowId);
  const [isShown, setShown] = useState(true);
  const [chosen, setChosen] = useState<Iterations>({});
  const last = useLastInput(workflowId);
  const [input, setInput] = useState<TestInput | null>(() => firstInput(last));
  const [chosenStart, setStartAt] = useState<string | null>(null);
  // A trigger that was deleted since is none to begin at.
  const startAt = chosenStart !== null && draft.nodes.some(({ id }) => id === chosenStart) ? chosenStart : null;
  const [asking, setAsking] = useState<{ then: Target | null } | null>(null);
  const graph = useMemo(() => readGraph(draft), [draft]);
  const byId = useMemo(() => nodesById(graph), [graph]);
  // What it did not come to, as the test ended earlier, is neither taken nor passed over.
  const whole = sources.find(({ root }) => root === null);
  const find = useCallback((nodeId: string) => resultOf(sources, byId, nodeId, chosen), [sources, byId, chosen]);
  const loopsOf = useCallback((nodeId: string) => loopsAround(sources, byId, nodeId, chosen), [sources, byId, chosen]);
  const streams = useStreams(sources[0]?.model.run.id ?? null);
  const began = { onSuccess: refresh };
  const start = useMutation(trpc.runs.start.mutationOptions(began));
  const single = useMutation(trpc.testData.testStep.mutationOptions(began));

  const begin = async (target: Target, { value, event }: TestInput) => {
    setShown(true);
    if (!(await save())) return void toast.error("The draft could not be saved, so it was not tested.");
    const caught = event !== undefined && event.nodeId === startAt ? { trigger: event.value } : {};
    if ("nodeId" in target) return beginStep(target.nodeId, value, caught);
    start.mutate({ workflowId, mode: "test", input: value, ...(startAt === null ? {} : { startNode: startAt }), ...caught, ...target }, { onSuccess: ({ runId }) => begun(runId), onError: (error) => void toast.error(readRefusal(error).message) });
  };
  const beginStep = (nodeId: string, value: unknown, caught: { trigger?: unknown }) => {
    const known = [...byId.keys()].flatMap((id) => {
      const result = id === nodeId ? null : find(id);
      return result === null || result.attempts.length === 0 ? [] : [[id, { runId: result.model.run.id, path: result.path }] as const];
    });
    single.mutate(
      { workflowId, nodeId, input: value, ...caught, sources: Object.fromEntries(known), loops: loopsOf(nodeId) },
      {
        onError: (error) => {
          const { message, fields } = readRefusal(error);
          const isMissing = fields.some(({ field }) => field.startsWith("sources."));
          toast.error(isMissing ? message.replace(/^sources\.\S+ is missing: t/, "T") : message, isMissing ? { action: { label: "Run up to here", onClick: () => void ask({ untilNode: nodeId }) } } : undefined);
        },
      },
    );
  };
  const ask = async (target: Target) => {
    const { validateAgainst } = await import("@/server/schema/validate-json");
    const ready: TestInput = input ?? { name: null, value: {} };
    const isPartial = ready.isRemembered === true && namesSecrets(draft.input);
    if (isPartial || validateAgainst(draft.input ?? {}, ready.value).length > 0) setAsking({ then: target });
    else void begin(target, ready);
  };

  const tested = useMemo(() => [...byId.keys()].flatMap((id) => latestOf(id, find(id))), [byId, find]);
  const items = useItemCounts(tested);
  const shown = useMemo((): CanvasMarks => {
    const all = new Map<string, NodeMark>(marks.marks);
    for (const [id, node] of byId) {
      const result = isShown ? find(id) : null;
      const isPinned = Object.hasOwn(pins, id);
      if (result === null && !isPinned) continue;
      all.set(id, { ...(result === null ? {} : markOf(result, node.onError)), ...all.get(id), ...(isPinned ? { isPinned } : {}), ...(isShown && items.has(id) ? { items: items.get(id) } : {}) });
    }
    return {
      ...marks,
      marks: all,
      ...(whole === undefined || !isShown ? {} : { edgesTaken: takenEdges(whole.model, graph, shownIterations(whole.model, chosen), false) }),
      containerControl: (nodeId) => {
        const node = byId.get(nodeId);
        const result = node === undefined || !isShown || !isLoop(node) ? null : find(nodeId);
        const indices = result === null ? undefined : result.model.loops.get(result.path);
        if (node === undefined || result === null || indices === undefined || indices.length === 0) return null;
        return (
          <IterationPicker
            name={node.name}
            indices={indices}
            shown={shownIterations(result.model, chosen)[result.path] ?? 0}
            items={result.attempts.at(-1)?.items ?? null}
            failed={firstFailed(result.model, result.path)}
            onChoose={(index) => setChosen((current) => ({ ...current, [result.path]: index }))}
          />
        );
      },
    };
  }, [marks, graph, byId, whole, find, pins, isShown, items, chosen]);

  const bench: TestBench = {
    workflowId, sources, chosen: chosenRun, pins, mayTest, input, isShown, setShown, startAt, setStartAt, save,
    setInput: (next) => {
      setInput(next);
      if (next !== null) last.remember(next.value, draft.input ?? {});
    },
    chooseRun: (runId) => {
      setShown(true);
      choose(runId);
    },
    resultOf: find,
    loopsOf,
    streamOf: (path) => streams.get(path) ?? "",
    isStarting: start.isPending || single.isPending,
    run: (untilNode) => void ask(untilNode === undefined ? {} : { untilNode }),
    testStep: (nodeId) => void ask({ nodeId }),
    pin: (nodeId, from) => {
      const result = find(nodeId);
      const step = result?.attempts.at(-1);
      if (from !== "last test") pinning.pin(nodeId, from);
      else if (result === null || step === undefined || step.status !== "succeeded") toast.info("There is no output to pin yet: test the step first, or write one by hand.");
      else pinning.pin(nodeId, { runId: result.model.run.id, path: result.path, attempt: step.attempt });
    },
    unpin: pinning.unpin,
    noteRename,
    editInput: () => setAsking({ then: null }),
  };
  return (
    <TestContext value={bench}>
      <WorkflowOfForm value={workflowId}>{children(shown)}</WorkflowOfForm>
      {asking === null ? null : (
        <TestInputDialog
          workflowId={workflowId}
          draft={draft}
          isStart={asking.then !== null}
          close={() => setAsking(null)}
          onReady={(filled) => {
            // A sample is another beginning; what was filled in goes on with the event.
            const next = filled.name === null && input?.event !== undefined ? { ...filled, event: input.event } : filled;
            bench.setInput(next);
            setAsking(null);
            if (asking.then !== null) void begin(asking.then, next);
          }}
        />
      )}
    </TestContext>
  );
}

function latestOf(id: string, result: TestResult | null): GivenStep[] {
  const step = result?.attempts.at(-1);
  return result === null || step?.status !== "succeeded" ? [] : [{ id, runId: result.model.run.id, path: result.path, attempt: step.attempt }];
}

function firstInput(last: LastInput): TestInput | null {
  const value = last.read();
  return value === undefined ? null : { name: null, value, isRemembered: true };
}
