import { freshId, idsOf, isTrigger, portOf, slotKey, withDescendants, type Draft, type DraftEdge, type DraftNode } from "@/components/builder/draft";
import { idOf, mapExpressions, memberOf, rewriteText, rewriteValue, type Change, type Rewrite } from "@/components/builder/references";
import { visitFreeNames } from "@/server/expressions/free-names";
import { access, BlockInputs, inwardEdge, inwardNode, isInLoop } from "./inward";

export type Extraction =
  | { ok: false; objection: string }
  | {
      ok: true;
      /** The block: what its version holds. */
      definition: Record<string, unknown>;
      /** The draft with one step in place of the selection. */
      replace: (module: string, name: string) => { draft: Draft; id: string };
      /** What the block takes in, and the expression that fills it in here. */
      inputs: Readonly<Record<string, unknown>>;
      /** Reads of the selection that a block does not offer. */
      lost: readonly string[];
    };

/** How a step's output is read, right behind its name. */
const OUTPUT = /^\s*\??\.\s*output\b/;

/** A selection as a block of its own: what it reads from outside becomes input, what is read of it from outside becomes output. */
export function extractBlock(draft: Draft, ids: readonly string[]): Extraction {
  const chosen = withDescendants(draft, ids);
  const roots = draft.nodes.filter((node) => chosen.has(node.id) && (node.parent === undefined || !chosen.has(node.parent.id)));
  const objection = objectionTo(draft, chosen, roots);
  if (objection !== null) return { ok: false, objection };
  const taken = new BlockInputs(draft, chosen);
  const nodes = draft.nodes.filter(({ id }) => chosen.has(id)).map((node) => inwardNode(node, taken));
  const inner = draft.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)).map((edge) => inwardEdge(edge, taken));
  const inputs = taken.all();
  const outward = outwardReads(draft, chosen);
  const output = outward.outputs.length === 0 ? {} : { output: Object.fromEntries(outward.outputs.map((id) => [id, `{{ steps${access(id)}.output }}`])) };
  const lifted = nodes.map((node) => (roots.some(({ id }) => id === node.id) ? withoutParent(node) : node));
  return {
    ok: true,
    definition: { schema: 1, input: { type: "object", properties: Object.fromEntries(Object.keys(inputs).map((name) => [name, {}])) }, nodes: lifted, edges: inner, ...output },
    replace: (module, name) => replaceWith(draft, chosen, roots, { module, name, inputs, outputs: new Set(outward.outputs) }),
    inputs,
    lost: outward.lost,
  };
}

function objectionTo(draft: Draft, chosen: ReadonlySet<string>, roots: readonly DraftNode[]): string | null {
  if (roots.length === 0) return "Select the steps that shall become a block.";
  if (roots.some(({ kind }) => isTrigger(kind))) return "A trigger stays with its workflow: leave it out of the selection.";
  if (new Set(roots.map(({ parent }) => slotKey(parent))).size > 1) return "Select steps of one frame only.";
  const into = draft.edges.filter((edge) => !chosen.has(edge.from) && chosen.has(edge.to));
  const middle = into.find(({ to }) => draft.edges.some((edge) => edge.to === to && chosen.has(edge.from)));
  const gap = between(draft, chosen);
  if (gap !== undefined) return `${gap} lies between the selected steps: select it too.`;
  if (middle !== undefined) return `A connection from outside leads into the middle, to ${middle.to}.`;
  const out = draft.edges.find((edge) => chosen.has(edge.from) && !chosen.has(edge.to) && portOf(edge) !== "out");
  if (out !== undefined) return `The branch “${portOf(out)}” of ${out.from} leaves the selection: select what follows it too.`;
  const leaver = draft.nodes.find((node) => chosen.has(node.id) && (node.kind === "break" || node.kind === "continue") && !isInLoop(draft, node, chosen));
  return leaver === undefined ? objectionToStarts(chosen, roots, draft.edges) : `${leaver.id} acts on a loop outside of the selection.`;
}

/** Where the selection begins by itself, nothing but the way there says which of its beginnings run: a block has one. */
function objectionToStarts(chosen: ReadonlySet<string>, roots: readonly DraftNode[], edges: readonly DraftEdge[]): string | null {
  const starts = roots.filter(({ id }) => !edges.some(({ from, to }) => to === id && chosen.has(from)));
  const waysTo = (id: string) => edges.filter(({ to }) => to === id);
  const isDecided = starts.some(({ id }) => waysTo(id).some((edge) => edge.when !== undefined || portOf(edge) !== "out"));
  const ways = ({ id }: DraftNode) => JSON.stringify(waysTo(id).map((edge) => [edge.from, portOf(edge), edge.when]).toSorted());
  const [first] = starts;
  const other = first === undefined || !isDecided ? undefined : starts.find((node) => ways(node) !== ways(first));
  return first === undefined || other === undefined ? null : `${first.id} and ${other.id} begin under different conditions: select what decides too, or one of them.`;
}

/** A step outside that lies behind and before the selection. */
function between(draft: Draft, chosen: ReadonlySet<string>): string | undefined {
  const behind = new Set(draft.edges.filter(({ from, to }) => chosen.has(from) && !chosen.has(to)).map(({ to }) => to));
  for (const id of behind) for (const { from, to } of draft.edges) if (from === id && !chosen.has(to)) behind.add(to);
  return draft.edges.find(({ from, to }) => behind.has(from) && chosen.has(to))?.from;
}

/** Steps of the selection whose output is read outside, and reads of anything else of them. */
function outwardReads(draft: Draft, chosen: ReadonlySet<string>): { outputs: string[]; lost: string[] } {
  const outputs = new Set<string>();
  const lost = new Set<string>();
  const look: Rewrite = (ast, source) => {
    visitFreeNames(ast, (identifier, parents) => {
      if (identifier.name !== "steps") return;
      const member = memberOf(identifier, parents);
      const id = member === null ? null : idOf(member);
      if (member === null || id === null || !chosen.has(id)) return;
      if (OUTPUT.test(source.slice(member.end))) outputs.add(id);
      else lost.add(id);
    });
    return [];
  };
  for (const node of draft.nodes) if (!chosen.has(node.id)) mapExpressions(node, look);
  for (const edge of draft.edges) if (edge.when !== undefined && !(chosen.has(edge.from) && chosen.has(edge.to))) rewriteText(edge.when, look);
  rewriteValue(draft.output, look);
  return { outputs: [...outputs], lost: [...lost] };
}

interface Replacement {
  module: string;
  name: string;
  inputs: Readonly<Record<string, unknown>>;
  outputs: ReadonlySet<string>;
}

function replaceWith(draft: Draft, chosen: ReadonlySet<string>, roots: readonly DraftNode[], { module, name, inputs, outputs }: Replacement): { draft: Draft; id: string } {
  const id = freshId(module.replaceAll("-", "_"), idsOf(draft));
  const [first] = roots;
  const block: DraftNode = {
    id, name, kind: "module",
    config: { module, version: 1, input: inputs },
    ...(first?.parent === undefined ? {} : { parent: first.parent }),
    ...(first?.position === undefined ? {} : { position: first.position }),
  };
  const outward: Rewrite = (ast, source, base) => {
    const changes: Change[] = [];
    visitFreeNames(ast, (identifier, parents) => {
      const member = identifier.name === "steps" ? memberOf(identifier, parents) : null;
      const read = member === null ? null : idOf(member);
      const behind = member === null ? null : OUTPUT.exec(source.slice(member.end));
      if (member === null || read === null || behind === null || !outputs.has(read)) return;
      changes.push({ start: base + member.start, end: base + member.end + behind[0].length, text: `steps${access(id)}.output${access(read)}` });
    });
    return changes;
  };
  const at = draft.nodes.findIndex((node) => chosen.has(node.id));
  const rest = draft.nodes.filter((node) => !chosen.has(node.id)).map((node) => mapExpressions(node, outward));
  const nodes = [...rest.slice(0, at), block, ...rest.slice(at)];
  return { id, draft: { ...draft, nodes, edges: edgesAround(draft, chosen, id, outward), ...(draft.output === undefined ? {} : { output: rewriteValue(draft.output, outward) }) } };
}

/** Two that differ in their condition stay two: what follows begins when either holds. */
function edgesAround(draft: Draft, chosen: ReadonlySet<string>, id: string, outward: Rewrite): DraftEdge[] {
  const seen = new Set<string>();
  return draft.edges.flatMap((edge): DraftEdge[] => {
    if (chosen.has(edge.from) && chosen.has(edge.to)) return [];
    const when = edge.when === undefined ? {} : { when: rewriteText(edge.when, outward) };
    const next = { ...edge, ...when, from: chosen.has(edge.from) ? id : edge.from, to: chosen.has(edge.to) ? id : edge.to };
    const key = JSON.stringify([next.from, portOf(next), next.to, next.toPort, next.when]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [next];
  });
}

function withoutParent({ parent: _parent, ...node }: DraftNode): DraftNode {
  return node;
}
