"use client";

import { Braces, History, ListChecks, SlidersHorizontal, Workflow, Zap } from "lucide-react";
import dynamic from "next/dynamic";
import { useCallback, useEffect, useMemo, useState } from "react";
import { LazyBuilder, LazyWorkflowSettings } from "@/components/builder/lazy-builder";
import { useEditSession } from "@/components/builder/use-edit-session";
import { LazyCanvas } from "@/components/canvas/lazy-canvas";
import { BlockInputs } from "@/components/modules/block-inputs";
import { BlockDraftHeader } from "@/components/modules/block-draft-header";
import { usePageCommands } from "@/components/palette/page-commands";
import { peopleOf } from "@/components/presence/people";
import { usePresence } from "@/components/presence/use-presence";
import { useUrlState } from "@/components/shell/use-url-state";
import { useMayIn } from "@/components/shell/rights";
import { useWorkspace } from "@/components/shell/workspace-context";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import type { WorkflowDetail, WorkflowProblem } from "@/server/workflows/contract";
import { DraftNotices } from "./draft-notices";
import { DraftTextEditor, type EditorGoal } from "./draft-text-editor";
import { findNode } from "./find-node";
import { NodePanel } from "./node-panel";
import { problemMarks } from "./problem-marks";
import { placeOfProblem } from "./place-of-problem";
import { ProblemsPanel } from "./problems-panel";
import { saveNow } from "./save-now";
import { useDraft } from "./use-draft";
import { useMissing } from "./use-missing";
import { WorkflowHeader } from "./workflow-header";

const TriggerList = dynamic(() => import("@/components/triggers/trigger-list").then((module) => module.TriggerList), { loading: () => <SkeletonRows count={6} /> });
const InputSchemaView = dynamic(() => import("@/components/input-schema/input-schema-view").then((module) => module.InputSchemaView), { ssr: false, loading: () => <SkeletonRows count={6} /> });
const VersionList = dynamic(() => import("./version-list").then((module) => module.VersionList), { loading: () => <SkeletonRows count={6} /> });

const VIEWS = [
  { name: "canvas", label: "Canvas", icon: Workflow, isOfBlocks: true },
  { name: "triggers", label: "Triggers", icon: Zap, isOfBlocks: false },
  { name: "input", label: "Input and output", icon: ListChecks, isOfBlocks: true },
  { name: "settings", label: "Settings", icon: SlidersHorizontal, isOfBlocks: false },
  { name: "json", label: "JSON", icon: Braces, isOfBlocks: true },
  { name: "versions", label: "Versions", icon: History, isOfBlocks: false },
] as const;
type View = (typeof VIEWS)[number]["name"];

/** One workflow: its draft as canvas and as JSON over one store, and its versions. */
export function WorkflowEditor({ workflow }: { workflow: WorkflowDetail }) {
  const { store, draft: own } = useDraft(workflow);
  const draft = useMissing(workflow.id, own);
  const { params, change } = useUrlState();
  const mayWrite = useMayIn(workflow.id, "workflow:write");
  const isBlock = workflow.kind === "module";
  const view: View = VIEWS.find(({ name }) => name === params.get("view"))?.name ?? "canvas";
  const views = VIEWS.filter(({ isOfBlocks }) => isOfBlocks || !isBlock);
  // The focus goes along: choosing a tab with it shows the view.
  usePageCommands(views.filter(({ name }) => name !== view).map(({ name, label, icon }) => ({ icon, label: `Show: ${label}`, run: () => document.querySelector<HTMLElement>(`[role=tab][data-view=${name}]`)?.focus() })));
  const selected = params.get("node");
  const { session, state } = useEditSession(store, own, mayWrite);
  // The selection follows a step that was given another id.
  useEffect(() => store.onIncoming(({ renamed }) => (selected !== null && renamed.has(selected) ? change({ node: renamed.get(selected)! }) : undefined)), [store, selected, change]);
  const [goal, setGoal] = useState<EditorGoal | null>(null);
  const { user } = useWorkspace();
  const presence = usePresence(workflow.id, selected);
  const people = useMemo(() => peopleOf(presence, user.id), [presence, user.id]);
  const marks = useMemo(() => problemMarks(draft.problems, people), [draft.problems, people]);
  const node = useMemo(() => findNode(draft.definition, selected), [draft.definition, selected]);
  const show = useCallback((next: View) => change({ view: next === "canvas" ? null : next }), [change]);
  const select = useCallback((id: string | null) => change({ node: id }), [change]);
  const editInput = useCallback(() => show("input"), [show]);
  const save = useCallback(() => saveNow(store, session), [store, session]);
  const editAt = useCallback(
    (pointer: string) => {
      setGoal({ pointer });
      show("json");
    },
    [show],
  );
  const chooseProblem = (problem: WorkflowProblem) => {
    const place = placeOfProblem(problem);
    if (view === "json" || "text" in place) editAt(problem.path);
    else if ("view" in place) show(place.view);
    else change({ view: null, ...place });
  };
  const canvas = (
    <LazyCanvas document={draft.definition} marks={marks} selected={selected} onSelect={select} label={`Canvas of ${workflow.name}`} />
  );
  return (
    <div className="flex flex-1 flex-col lg:h-dvh lg:flex-none">
      {isBlock ? <BlockDraftHeader workflow={workflow} store={store} session={session} draft={draft} people={people} /> : <WorkflowHeader workflow={workflow} store={store} session={session} draft={draft} people={people} />}
      <Tabs value={view} onValueChange={(next) => show(next as View)} className="flex min-h-0 flex-1 flex-col">
        <TabsList className="px-3 sm:px-5" aria-label="Views of the workflow">
          {views.map(({ name, label, icon: Icon }) => <TabsTrigger key={name} value={name} data-view={name}><Icon aria-hidden />{label}</TabsTrigger>)}
        </TabsList>
        <DraftNotices store={store} draft={draft} session={session} onShow={(id) => change({ view: null, node: id })} />
        <TabsContent value="canvas" className="flex min-h-[60dvh] flex-1 lg:min-h-0">
          {mayWrite && state.draft !== null && workflow.archivedAt === null ? (
            <LazyBuilder
              workflowId={workflow.id}
              session={session}
              state={state}
              draft={state.draft}
              marks={marks}
              problems={draft.problems}
              selected={selected}
              onSelect={select}
              onEditText={editAt}
              onEditInput={editInput}
              onSave={save}
              label={`Canvas of ${workflow.name}`}
            />
          ) : (
            <>
              <div className="min-w-0 flex-1">{canvas}</div>
              {node === null ? null : (
                <NodePanel
                  node={node.content}
                  problems={(draft.problems ?? []).filter(({ nodeId }) => nodeId === selected)}
                  onClose={() => change({ node: null })}
                  onEdit={mayWrite ? () => editAt(`/nodes/${node.index}`) : undefined}
                />
              )}
            </>
          )}
        </TabsContent>
        <TabsContent value="triggers" className="flex min-h-0 flex-1">
          <TriggerList workflowId={workflow.id} />
        </TabsContent>
        <TabsContent value="input" className="min-h-0 flex-1 overflow-y-auto">
          {mayWrite && state.draft !== null && workflow.archivedAt === null ? (
            <InputSchemaView draft={state.draft} session={session} epoch={state.epoch} problems={draft.problems ?? []} isBlock={isBlock} />
          ) : (
            <div className="mx-auto max-w-2xl p-4 sm:p-6"><BlockInputs schema={draft.definition.input} /></div>
          )}
        </TabsContent>
        <TabsContent value="settings" className="min-h-0 flex-1 overflow-y-auto">
          {mayWrite && state.draft !== null && workflow.archivedAt === null ? (
            <LazyWorkflowSettings draft={state.draft} session={session} epoch={state.epoch} problems={draft.problems ?? []} />
          ) : (
            <pre className="p-4 font-mono text-xs whitespace-pre-wrap sm:p-6">{JSON.stringify(draft.definition.settings ?? {}, null, 2)}</pre>
          )}
        </TabsContent>
        <TabsContent value="json" className="grid min-h-[60dvh] flex-1 grid-rows-1 xl:grid-cols-2 lg:min-h-0">
          <DraftTextEditor store={store} draft={draft} goal={goal} readOnly={!mayWrite} />
          <div className="hidden min-h-0 border-l xl:block">{canvas}</div>
        </TabsContent>
        <TabsContent value="versions" className="min-h-0 flex-1 overflow-y-auto">
          <VersionList workflow={workflow} store={store} session={session} />
        </TabsContent>
      </Tabs>
      {view === "versions" ? null : (
        // Where the page is longer than the screen, what is wrong is seen without going to its end.
        <div className="bg-background max-lg:sticky max-lg:bottom-0 max-lg:z-20">
          <ProblemsPanel parsed={draft.parsed} problems={draft.problems} onChoose={chooseProblem} onShowText={() => editAt("")} />
        </div>
      )}
    </div>
  );
}
