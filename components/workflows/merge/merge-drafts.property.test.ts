import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { readDraft, type Draft } from "@/components/builder/draft";
import { anyEdits, EMPTY, type Edit } from "@/components/builder/testing/random-edits";
import { definitionSchema } from "@/server/engine/definition";
import { isSameValue } from "@/server/nodes/same-value";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { edgesByKey, keyOfSubject, nodesById } from "./conflict";
import { mergeDrafts } from "./merge-drafts";
import { takeFrom } from "./settle-conflict";

const RUNS = 400;
/** What no merge of two sound drafts may bring about. (Two edits may still make a circle of edges: the problems list says so.) */
const STRUCTURAL = ["duplicate_id", "unknown_parent", "parent_cycle", "unknown_node", "invalid_shape"];

const after = (draft: Draft, edits: readonly Edit[]) => edits.reduce((current, edit) => edit(current), draft);
const threeDrafts = fc.tuple(anyEdits, anyEdits, anyEdits).map(([before, mine, theirs]) => {
  const base = after(EMPTY, before);
  return { base, mine: after(base, mine), theirs: after(base, theirs) };
});

/** Without the order of nodes and edges, which means nothing, and without the layout, where the one who saves last decides. */
const contentOf = (draft: Draft) => ({
  ...draft,
  nodes: draft.nodes.map(({ position: _position, size: _size, ...node }) => node).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  edges: [...edgesByKey(draft)].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, edge]) => edge),
});
const subjectsOf = (conflicts: ReturnType<typeof mergeDrafts>["conflicts"]) => conflicts.map(({ subject }) => keyOfSubject(subject)).toSorted();

describe("merging drafts", () => {
  it("leaves one side's edit as it is when the other did nothing, or the same", () => {
    fc.assert(
      fc.property(threeDrafts, ({ base, mine }) => {
        for (const merge of [mergeDrafts(base, mine, base), mergeDrafts(base, base, mine), mergeDrafts(base, mine, mine)]) {
          expect(merge.merged).toEqual(mine);
          expect([merge.conflicts, merge.lost, merge.renamed.size]).toEqual([[], [], 0]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("comes to the same whoever merges, when nothing collides", () => {
    fc.assert(
      fc.property(threeDrafts, ({ base, mine, theirs }) => {
        const one = mergeDrafts(base, mine, theirs);
        fc.pre(one.conflicts.length === 0 && one.renamed.size === 0);
        expect(contentOf(mergeDrafts(base, theirs, mine).merged)).toEqual(contentOf(one.merged));
      }),
      { numRuns: RUNS },
    );
  });

  it("is always a draft that can be read and drawn", () => {
    fc.assert(
      fc.property(threeDrafts, ({ base, mine, theirs }) => {
        const { merged, ground } = mergeDrafts(base, mine, theirs);
        for (const draft of [merged, ground]) expect(definitionSchema.safeParse(draft).error?.issues ?? []).toEqual([]);
        expect(readDraft(merged)).toBe(merged);
        expect(validateWorkflow(merged).problems.filter(({ code }) => STRUCTURAL.includes(code))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("loses nothing without saying so", () => {
    fc.assert(
      fc.property(threeDrafts, ({ base, mine, theirs }) => {
        const { merged, conflicts, lost, renamed } = mergeDrafts(base, mine, theirs);
        fc.pre(renamed.size === 0);
        const [before, own, other, now] = [nodesById(base), nodesById(mine), nodesById(theirs), nodesById(merged)];
        const asked = new Set(subjectsOf(conflicts));
        const inside = new Set(conflicts.flatMap((conflict) => conflict.inside));
        const isAsked = (id: string, name: string) => asked.has(`node ${id}`) || inside.has(name);
        for (const [id, node] of own) {
          if (now.has(id) || isSameValue({ ...before.get(id), position: null, size: null }, { ...node, position: null, size: null })) continue;
          expect.fail(`my step ${id} is gone`);
        }
        for (const [id, node] of other) {
          const has = now.get(id);
          const isUntouched = before.has(id) && isSameValue({ ...before.get(id), position: null, size: null }, { ...node, position: null, size: null });
          const name = node.name === undefined || node.name === "" ? id : node.name;
          if (has === undefined && !isUntouched && !isAsked(id, name)) expect.fail(`their step ${id} is gone`);
          if (has === undefined || asked.has(`node ${id}`)) continue;
          for (const key of Object.keys(node) as (keyof typeof node)[]) {
            if (!isSameValue(node[key], before.get(id)?.[key]) && isSameValue(own.get(id)?.[key], before.get(id)?.[key])) expect(has[key]).toEqual(node[key]);
          }
        }
        const gone = new Set(lost.map(({ edge }) => JSON.stringify(edge)));
        for (const draft of [mine, theirs]) {
          for (const [key, edge] of edgesByKey(draft)) {
            const isNew = !edgesByKey(base).has(key);
            const waits = [edge.from, edge.to].some((id) => !now.has(id) && isAsked(id, other.get(id)?.name || id));
            if (isNew && !edgesByKey(merged).has(key) && !gone.has(JSON.stringify(edge)) && !waits) expect.fail(`the connection ${key} is gone`);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("asks the same again over its ground, and nothing more once it is settled", () => {
    fc.assert(
      fc.property(threeDrafts, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), ({ base, mine, theirs }, choices) => {
        const first = mergeDrafts(base, mine, theirs);
        const again = mergeDrafts(first.ground, first.merged, theirs);
        expect(contentOf(again.merged)).toEqual(contentOf(first.merged));
        expect(subjectsOf(again.conflicts)).toEqual(subjectsOf(first.conflicts));
        expect(again.renamed.size).toBe(0);
        let { merged, ground } = first;
        let current = first;
        for (let turn = 0; current.conflicts.length > 0; turn++) {
          expect(turn).toBeLessThan(200);
          const [conflict] = current.conflicts;
          if (choices[turn % choices.length]) ground = takeFrom(theirs, ground, conflict!);
          else merged = takeFrom(theirs, merged, conflict!);
          current = mergeDrafts(ground, merged, theirs);
          ({ merged, ground } = current);
        }
        expect(readDraft(merged)).toBe(merged);
      }),
      { numRuns: RUNS },
    );
  });
});
