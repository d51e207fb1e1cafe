"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useContext, useEffect, useState, useSyncExternalStore } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { LiveContext } from "@/components/live/live-provider";
import { useWorkspace } from "@/components/shell/workspace-context";
import type { WorkflowDetail, WorkflowProblem } from "@/server/workflows/contract";
import { afterCanvas } from "./after-canvas";
import { browserShelf } from "./draft-shelf";
import { DraftStore, type DraftState } from "./draft-store";
import { untilIdle } from "./until-idle";

/** The validator reads expressions and schemas; it is loaded when the first draft is. */
async function validate(document: unknown): Promise<WorkflowProblem[]> {
  const { validateWorkflow } = await import("@/server/nodes/validate-workflow");
  return validateWorkflow(document).problems;
}

/** The draft of this workflow under edit, kept in step with the server. */
export function useDraft(workflow: WorkflowDetail): { store: DraftStore; draft: DraftState } {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const hub = useContext(LiveContext);
  const { user } = useWorkspace();
  const [shelf] = useState(() => browserShelf(user.id, workflow.id));
  const [store] = useState(
    () =>
      new DraftStore(workflow, {
        // A block is begun by the step that uses it, not by a trigger.
        validate: async (document) => (await validate(document)).filter(({ code }) => workflow.kind !== "module" || code !== "no_trigger"),
        rest: () => afterCanvas().then(untilIdle),
        shelf,
        now: () => Date.now(),
        save: async (definition, revision) => {
          const key = { queryKey: trpc.workflows.get.queryKey({ workflowId: workflow.id }) };
          try {
            const saved = await client.workflows.updateDraft.mutate({ workflowId: workflow.id, definition, revision });
            queryClient.setQueryData(key.queryKey, (known) => (known === undefined || known.revision > saved.revision ? known : { ...known, definition, revision: saved.revision, draftChanged: known.baseVersionId !== null }));
            // The live stream asks for the rest of it, or who comes back before it has.
            void queryClient.invalidateQueries({ ...key, refetchType: hub?.status === "open" ? "none" : "active" });
            return { ok: true, revision: saved.revision };
          } catch (error) {
            const { kind, message } = readRefusal(error);
            if (kind !== "version_conflict") return { ok: false, conflict: false, message };
            void queryClient.invalidateQueries(key);
            return { ok: false, conflict: true };
          }
        },
      }),
  );
  const draft = useSyncExternalStore(store.subscribe, store.read, store.read);
  useEffect(() => store.receive(workflow), [store, workflow]);
  useEffect(() => shelf.open((kept) => store.restore(kept)), [shelf, store]);
  useEffect(() => {
    if (!draft.isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [draft.isDirty]);
  return { store, draft };
}
