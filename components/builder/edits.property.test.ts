import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { noteNodeId } from "@/components/canvas/flow";
import { projectToFlow } from "@/components/canvas/project-to-flow";
import { readGraph } from "@/components/canvas/read-graph";
import { kindShapes } from "@/components/canvas/catalog";
import { definitionSchema } from "@/server/engine/definition";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { annotationIds } from "./annotations";
import { copySelection, paste, readClip } from "./clipboard";
import { connectionObjection, targetsOf } from "./connections";
import { idsOf, portsOfNode, readDraft, type Draft } from "./draft";
import { beginHistory, record, redo, undo } from "./history";
import { referencesOfEdge, referencesOfNode } from "./references";
import { anyConditionalDraft, anyEdits, EMPTY, someOf } from "./testing/random-edits";

const RUNS = 300;

/** What no edit may bring about, whatever was edited before. */
const STRUCTURAL = ["duplicate_id", "unknown_parent", "parent_not_container", "parent_cycle", "unknown_node", "edge_crosses_slots", "edge_into_trigger", "cycle", "trigger_in_container", "invalid_shape"];

describe("any sequence of edits", () => {
  it("leaves a definition that can be read and drawn, and whose structure is sound", () => {
    fc.assert(
      fc.property(anyEdits, (edits) => {
        const draft = edits.reduce((current, edit) => edit(current), EMPTY);
        expect(definitionSchema.safeParse(draft).error?.issues ?? []).toEqual([]);
        expect(readDraft(draft)).toBe(draft);
        const { problems } = validateWorkflow(draft);
        expect(problems.filter(({ code }) => STRUCTURAL.includes(code))).toEqual([]);
        const drawn = projectToFlow(readGraph(draft), { shapes: kindShapes, isCollapsed: () => false }).nodes.filter(({ type }) => type === "step" || type === "container");
        expect(drawn.map(({ id }) => id).toSorted()).toEqual([...idsOf(draft)].toSorted());
      }),
      { numRuns: RUNS },
    );
  });

  it("reports every reference that does not resolve", () => {
    fc.assert(
      fc.property(anyEdits, (edits) => {
        const draft = edits.reduce((current, edit) => edit(current), EMPTY);
        const ids = idsOf(draft);
        const isLost = (id: string) => !ids.has(id);
        const lost = draft.nodes.filter((node) => [...referencesOfNode(node)].some(isLost)).map(({ id }) => id);
        const lostOfEdges = [...draft.edges.entries()].filter(([, edge]) => [...referencesOfEdge(edge)].some(isLost)).map(([index]) => index);
        const reported = validateWorkflow(draft).problems.filter(({ code }) => code === "unknown_step");
        const nodes = new Set(reported.filter(({ edgeIndex }) => edgeIndex === undefined).map(({ nodeId }) => nodeId));
        const edges = new Set(reported.map(({ edgeIndex }) => edgeIndex));
        expect(lost.filter((id) => !nodes.has(id))).toEqual([]);
        expect(lostOfEdges.filter((index) => !edges.has(index))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("offers as ends of a connection what nothing speaks against, and all of it", () => {
    fc.assert(
      fc.property(anyEdits, (edits) => {
        const draft = edits.reduce((current, edit) => edit(current), EMPTY);
        for (const node of draft.nodes) {
          const targetsAt = targetsOf(draft, node.id);
          for (const port of [...portsOfNode(node), "out"]) {
            const allowed = draft.nodes.filter(({ id }) => connectionObjection(draft, { from: node.id, port, to: id }) === null);
            expect(targetsAt(port)).toEqual(allowed);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("is undone and redone without a trace", () => {
    fc.assert(
      fc.property(anyEdits, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (edits, sameField) => {
        const states: Draft[] = [EMPTY];
        let history = beginHistory(EMPTY);
        edits.forEach((edit, index) => {
          const before = history.past.length;
          history = record(history, edit(history.present), { label: "edit", key: sameField[index] ? "field" : null, at: index });
          if (history.past.length > before) states.push(history.present);
          else states[states.length - 1] = history.present;
        });
        const last = history;
        for (const state of states.slice(0, -1).toReversed()) {
          history = undo(history);
          expect(history.present).toBe(state);
        }
        expect(undo(history)).toBe(history);
        for (const state of states.slice(1)) {
          history = redo(history);
          expect(history.present).toBe(state);
        }
        expect(history.present).toBe(last.present);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("pasting", () => {
  it("never collides, keeps what it copied, and reports what did not come along", () => {
    fc.assert(
      fc.property(anyConditionalDraft, fc.array(fc.nat(1_000), { minLength: 1, maxLength: 3 }), (draft, some) => {
        if (draft.nodes.length === 0) return;
        const notes = (draft.annotations ?? []).map(({ id }) => noteNodeId(id));
        const clip = readClip(copySelection(draft, [...someOf(draft, some), ...notes], "here"))!;
        // Into a workflow whose steps have the same ids, none of which is read by what is pasted.
        const beside = paste(draft, clip, { source: "elsewhere" });
        const own = idsOf(draft);
        for (const node of beside.draft.nodes.slice(draft.nodes.length)) expect([...referencesOfNode(node)].filter((id) => own.has(id))).toEqual([]);
        for (const edge of beside.draft.edges.slice(draft.edges.length)) expect([...referencesOfEdge(edge)].filter((id) => own.has(id))).toEqual([]);
        const first = paste(EMPTY, clip, { source: "elsewhere" });
        const second = paste(first.draft, clip, { source: "elsewhere" });
        expect(idsOf(second.draft).size).toBe(1 + 2 * clip.draft.nodes.length);
        expect(second.draft.edges.length).toBe(2 * clip.draft.edges.length);
        expect(annotationIds(second.draft).size).toBe(2 * notes.length);
        const folded = (document: Draft) => document.nodes.filter(({ collapsed }) => collapsed === true).length;
        expect(folded(second.draft)).toBe(2 * folded(clip.draft));
        const copied = idsOf(clip.draft);
        const pastedIds = idsOf(second.draft);
        const missing = new Set(second.lost.map((one) => one.missing));
        const read = [...second.draft.nodes.map(referencesOfNode), ...second.draft.edges.map(referencesOfEdge)].flatMap((ids) => [...ids]);
        expect(read.filter((id) => !pastedIds.has(id) && !missing.has(id))).toEqual([]);
        expect([...missing].filter((id) => copied.has(id))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
