import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { slotsOfNode, withDescendants, type Draft, type DraftNode, type Parent } from "@/components/builder/draft";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { extractBlock } from "./extract-block";

interface Planned {
  kind: string;
  slot: number;
  before: number;
  reads: number;
}

const planned: fc.Arbitrary<Planned> = fc.record({ kind: fc.constantFrom("set", "log", "forEach", "forEach", "while", "tryCatch", "parallel"), slot: fc.nat(100), before: fc.nat(100), reads: fc.nat(1_000) });
const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length]!;

/** Nodes in frames within frames, each behind one of its slot, with an expression on every edge and in what frames read. */
function build(plans: readonly Planned[]): Draft {
  let draft: Draft = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] };
  plans.forEach(({ kind, slot, before, reads }, index) => {
    const slots: (Parent | undefined)[] = [undefined, ...draft.nodes.flatMap((node) => (slotsOfNode(node) ?? []).map((name) => ({ id: node.id, slot: name })))];
    const parent = pick(slots, slot);
    const beside = draft.nodes.filter((node) => node.parent?.id === parent?.id && node.parent?.slot === parent?.slot);
    const node: DraftNode = { id: `${kind}${index}`, kind, config: configOf(kind), ...(parent === undefined ? {} : { parent }) };
    draft = { ...draft, nodes: [...draft.nodes, node], edges: beside.length === 0 ? draft.edges : [...draft.edges, { from: pick(beside, before).id, to: node.id }] };
    if (FRAME_READS[kind] !== undefined) draft = reading(draft, (value) => ({ ...draft, nodes: draft.nodes.map((one) => (one.id === node.id ? { ...one, config: { ...one.config, ...FRAME_READS[kind]!(value) } } : one)) }), reads);
  });
  return draft.edges.reduce((current, _, index) => reading(current, (when) => ({ ...current, edges: current.edges.map((edge, at) => (at === index ? { ...edge, when } : edge)) }), plans[index % plans.length]!.reads + index), draft);
}

function configOf(kind: string): Record<string, unknown> {
  if (kind === "forEach") return { items: "{{ [1] }}" };
  if (kind === "while") return { condition: "{{ false }}" };
  if (kind === "set") return { values: {} };
  if (kind === "log") return { message: "hello" };
  return kind === "parallel" ? { branches: 2 } : {};
}

const FRAME_READS: Readonly<Record<string, (value: string) => Record<string, unknown>>> = {
  forEach: (items) => ({ items, result: items }),
  while: (result) => ({ result, condition: result }),
  tryCatch: (result) => ({ result }),
};

/** With the first of the expressions, from a place on, that brings no problem there. */
function reading(draft: Draft, write: (expression: string) => Draft, from: number): Draft {
  const all = [...NAMES.map((name) => `{{ ${name} }}`), ...draft.nodes.flatMap(({ id }) => [`{{ steps.${id}.output }}`, `{{ loops.${id}.item }}`]), "{{ ({ item, index }) }}"];
  const before = problemsOf(draft).length;
  for (let step = 0; step < all.length; step++) {
    const next = write(pick(all, from + step));
    if (problemsOf(next).length <= before) return next;
  }
  return draft;
}

const NAMES = ["item", "index", "previous", "error", "input", "trigger"];

/** A block wants no trigger, and reads what is beside it when it begins: the problems list says where that is earlier. */
const TOLD = ["no_trigger", "not_upstream"];

function problemsOf(document: unknown): string[] {
  return validateWorkflow(document).problems.filter(({ code }) => !TOLD.includes(code)).map(({ code, message }) => `${code}: ${message}`);
}

/** The frame that gives an expression of this node's a name. */
function giverOf(draft: Draft, node: DraftNode | undefined, name: string): string | null {
  const around = draft.nodes.find(({ id }) => id === node?.parent?.id);
  if (around === undefined) return null;
  const gives = name === "error" ? around.kind === "tryCatch" && node?.parent?.slot !== "body" : (GIVERS[name] ?? []).includes(around.kind);
  return gives ? around.id : giverOf(draft, around, name);
}

const GIVERS: Readonly<Record<string, string[]>> = { item: ["forEach"], index: ["forEach", "while"], previous: ["while"] };

describe("a block out of any steps", () => {
  it("brings no problem that was not there, in itself or where it was, and reads names of the frames that it read them of", () => {
    let made = 0;
    fc.assert(
      fc.property(fc.array(planned, { minLength: 2, maxLength: 14 }), fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }), (plans, some) => {
        const draft = build(plans);
        const ids = some.map((index) => pick(draft.nodes, index).id);
        const chosen = withDescendants(draft, ids);
        const block = extractBlock(draft, ids);
        if (!block.ok) return;
        made++;
        const known = new Set(problemsOf(draft));
        const { draft: rest } = block.replace("the-block", "The block");
        expect([...problemsOf(block.definition), ...(block.lost.length > 0 ? [] : problemsOf(rest))].filter((problem) => !known.has(problem))).toEqual([]);
        const inner = block.definition.edges as Draft["edges"];
        for (const edge of draft.edges.filter(({ from, to }) => chosen.has(from) && chosen.has(to))) {
          const name = NAMES.find((one) => edge.when === `{{ ${one} }}`);
          if (name === undefined) continue;
          const giver = giverOf(draft, draft.nodes.find(({ id }) => id === edge.from), name);
          const isInside = giver !== null && chosen.has(giver);
          expect(inner.find(({ from, to }) => from === edge.from && to === edge.to)?.when).toBe(isInside ? edge.when : `{{ input.${name} }}`);
        }
      }),
      { numRuns: 100 },
    );
    expect(made).toBeGreaterThan(20);
  });
});
