"use client";

import { Braces, ScrollText, Timer, Workflow } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { LazyCanvas } from "@/components/canvas/lazy-canvas";
import type { CanvasMarks } from "@/components/canvas/marks";
import { readGraph } from "@/components/canvas/read-graph";
import { useUrlState } from "@/components/shell/use-url-state";
import { useNow } from "@/components/time/use-now";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import type { RunView as View } from "@/server/runs/contract";
import { NOTHING_HELD } from "./held-steps";
import { IterationPicker } from "./iteration-picker";
import { isLoop, iterationPath, iterationsIn, nodesById, pathOfNode, splitPath, withIteration, type Iterations } from "./paths";
import { modelAt, momentsOf, replaySpan } from "./replay";
import { ReplayBar } from "./replay-bar";
import { RunHeader } from "./run-header";
import { RunLogs } from "./run-logs";
import { givenSteps, runMarks } from "./run-marks";
import { firstFailed, isFinal, shownIterations } from "./run-model";
import { RunNotices } from "./run-notices";
import { RunValues } from "./run-values";
import { StepPanel } from "./step-panel";
import { buildTimeline, type Timeline, type TimelineRow } from "./timeline";
import { takenEdges } from "./taken-edges";
import { TimelineView, type TimelineViewProps } from "./timeline-view";
import { useHeldSteps } from "./use-held-steps";
import { useItemCounts } from "./use-item-counts";
import { useRun } from "./use-run";
import { useStreams } from "./use-streams";

const TABS = ["canvas", "timeline", "logs", "data"] as const;
type Tab = (typeof TABS)[number];
const TICK_MILLISECONDS = 500;

/** One run: where it is, where the time went, what it said, and what each step got and gave. */
export function RunView({ view }: { view: View }) {
  const { model, feed, rest } = useRun(view);
  const { run } = model;
  const streams = useStreams(run.id);
  const { params, change } = useUrlState();
  const step = params.get("step");
  const tab: Tab = TABS.find((name) => name === params.get("tab")) ?? "canvas";
  const [picked, setPicked] = useState<Iterations>({});
  const graph = useMemo(() => readGraph(view.definition), [view.definition]);
  const byId = useMemo(() => nodesById(graph), [graph]);
  const iterations = useMemo(
    () => shownIterations(model, { ...picked, ...(step === null ? {} : iterationsIn(step)) }),
    [model, step, picked],
  );
  const now = useNow(isFinal(run.status) ? null : TICK_MILLISECONDS);
  const [replayedAt, setReplayedAt] = useState<number | null>(null);
  const moments = useMemo(() => momentsOf(model), [model]);
  const shown = useMemo(() => (replayedAt === null ? model : modelAt(model, replayedAt)), [model, replayedAt]);
  const heldNow = useHeldSteps(model);
  const held = replayedAt === null ? heldNow : NOTHING_HELD;
  const items = useItemCounts(useMemo(() => givenSteps(shown, graph, iterations), [shown, graph, iterations]));
  const marks = useMemo(() => runMarks(shown, graph, iterations, held, items), [shown, graph, iterations, held, items]);
  const edgesTaken = useMemo(() => takenEdges(shown, graph, iterations, replayedAt === null && isFinal(run.status)), [shown, graph, iterations, replayedAt, run.status]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const followed = [...Object.entries(iterations).map(([loop, index]) => iterationPath(loop, index)), ...[...opened].filter((path) => path.endsWith("]"))].join("\n");
  useEffect(() => {
    if (followed !== "") feed.follow(followed.split("\n"));
  }, [feed, followed]);
  const toggle = ({ path }: TimelineRow) => setOpened((current) => (current.has(path) ? new Set([...current].filter((one) => one !== path)) : new Set([...current, path])));
  const selectPath = (path: string | null) => {
    setPicked((current) => ({ ...current, ...(path === null ? {} : iterationsIn(path)) }));
    change({ step: path });
  };
  const pickIteration = (loop: string, index: number) => {
    setPicked((current) => ({ ...current, [loop]: index }));
    // The panel goes along to the same step of the other iteration.
    if (step !== null) change({ step: withIteration(step, loop, index) });
  };
  const selectNode = (nodeId: string | null) => {
    const node = nodeId === null ? undefined : byId.get(nodeId);
    selectPath(node === undefined ? null : pathOfNode(node, byId, iterations));
  };
  const canvasMarks: CanvasMarks = {
    marks,
    isRun: true,
    edgesTaken,
    containerControl: (nodeId) => {
      const node = byId.get(nodeId);
      const loop = node === undefined || !isLoop(node) ? null : pathOfNode(node, byId, iterations);
      const indices = loop === null ? undefined : model.loops.get(loop);
      if (node === undefined || loop === null || indices === undefined || indices.length === 0) return null;
      return (
        <IterationPicker
          name={node.name}
          indices={indices}
          shown={iterations[loop] ?? 0}
          items={model.steps.get(loop)?.at(-1)?.items ?? null}
          failed={firstFailed(model, loop)}
          onChoose={(index) => pickIteration(loop, index)}
        />
      );
    },
  };
  return (
    <div className="flex flex-1 flex-col lg:h-dvh lg:flex-none">
      <RunHeader model={model} inputSchema={view.definition.input} />
      <RunNotices model={model} held={heldNow} graph={graph} definition={view.definition} rest={rest} onShowStep={selectPath} />
      <div className="flex min-h-0 flex-1">
        <Tabs value={tab} onValueChange={(next) => change({ tab: next === "canvas" ? null : next })} className="flex min-h-0 min-w-0 flex-1 flex-col">
          <TabsList className="px-3 sm:px-5" aria-label="Views of the run">
            <TabsTrigger value="canvas"><Workflow aria-hidden />Canvas</TabsTrigger>
            <TabsTrigger value="timeline"><Timer aria-hidden />Timeline</TabsTrigger>
            <TabsTrigger value="logs"><ScrollText aria-hidden />Logs</TabsTrigger>
            <TabsTrigger value="data"><Braces aria-hidden />Data</TabsTrigger>
          </TabsList>
          <TabsContent value="canvas" className="flex min-h-[60dvh] flex-1 flex-col lg:min-h-0">
            <div className="min-h-0 flex-1">
              <LazyCanvas
                document={view.definition}
                marks={canvasMarks}
                selected={step === null ? null : splitPath(step).nodeId}
                onSelect={selectNode}
                label={`Canvas of the run of ${run.workflow?.name ?? "a workflow"}`}
              />
            </div>
            {model.steps.size > 0 ? <ReplayBar span={replaySpan(model, now)} moments={moments} at={replayedAt} onChange={setReplayedAt} /> : null}
          </TabsContent>
          <TabsContent value="timeline" className="min-h-0 flex-1">
            <TimelineTab
              build={() => buildTimeline(model, graph, iterations, now, opened, heldNow)}
              onToggle={toggle}
              onShow={(loop, first, last) => feed.showIterations(loop, first, last)}
              selected={step}
              failedIteration={(loop) => firstFailed(model, loop)}
              onSelect={selectPath}
              onIteration={pickIteration}
            />
          </TabsContent>
          <TabsContent value="logs" className="flex min-h-[60dvh] flex-1 flex-col lg:min-h-0">
            <RunLogs runId={run.id} isFinished={isFinal(run.status)} onSelect={selectPath} />
          </TabsContent>
          <TabsContent value="data" className="min-h-0 flex-1 overflow-y-auto">
            <RunValues run={run} />
          </TabsContent>
        </Tabs>
        {step === null ? null : (
          <StepPanel
            key={step}
            path={step}
            model={model}
            held={heldNow.get(step) ?? null}
            graph={graph}
            node={byId.get(splitPath(step).nodeId) ?? null}
            streamed={streams.get(step) ?? ""}
            onClose={() => selectPath(null)}
          />
        )}
      </div>
    </div>
  );
}

/** Put together only where it is looked at: a long run has many rows, and every tab is drawn anew while it goes on. */
function TimelineTab({ build, ...props }: Omit<TimelineViewProps, "timeline"> & { build: () => Timeline }) {
  return <TimelineView timeline={build()} {...props} />;
}
