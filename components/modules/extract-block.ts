import { freshId, idsOf, isTrigger, portOf, slotKey, withDescendants, type Draft, type DraftEdge, type DraftNode } from "@/components/builder/draft";
import { idOf, mapExpressions, memberOf, rewriteText, rewriteValue, type Change, type Rewrite } from "@/components/builder/references";
import { visitFreeNames } from "@/server/expressions/free-names";

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

/** What a block takes in, by name: an expression, or several by field. */
type Inputs = Map<string, unknown>;

/** How a step's output is read, right behind its name. */
const OUTPUT = /^\s*\??\.\s*output\b/;

/** Names of the scope around the selection that a block does not see. */
const AROUND = ["input", "trigger", "item", "index", "previous", "error"] as const;

/** A selection as a block of its own: what it reads from outside becomes input, what is read of it from outside becomes output. */
export function extractBlock(draft: Draft, ids: readonly string[]): Extraction {
  const chosen = withDescendants(draft, ids);
  const roots = draft.nodes.filter((node) => chosen.has(node.id) && (node.parent === undefined || !chosen.has(node.parent.id)));
  const objection = objectionTo(draft, chosen, roots);
  if (objection !== null) return { ok: false, objection };
  const inputs: Inputs = new Map();
  const nodes = draft.nodes.filter(({ id }) => chosen.has(id)).map((node) => inward(node, draft, chosen, inputs));
  const inner = draft.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)).map((edge) => (edge.when === undefined ? edge : { ...edge, when: rewriteText(edge.when, inwardRewrite(new Set(), chosen, inputs)) }));
  const outward = outwardReads(draft, chosen);
  const output = outward.outputs.length === 0 ? {} : { output: Object.fromEntries(outward.outputs.map((id) => [id, `{{ steps${access(id)}.output }}`])) };
  const lifted = nodes.map((node) => (roots.some(({ id }) => id === node.id) ? withoutParent(node) : node));
  return {
    ok: true,
    definition: { schema: 1, input: { type: "object", properties: Object.fromEntries([...inputs.keys()].map((name) => [name, {}])) }, nodes: lifted, edges: inner, ...output },
    replace: (module, name) => replaceWith(draft, chosen, roots, { module, name, inputs: Object.fromEntries(inputs), outputs: new Set(outward.outputs) }),
    inputs: Object.fromEntries(inputs),
    lost: outward.lost,
  };
}

function objectionTo(draft: Draft, chosen: ReadonlySet<string>, roots: readonly DraftNode[]): string | null {
  if (roots.length === 0) return "Select the steps that shall become a block.";
  if (roots.some(({ kind }) => isTrigger(kind))) return "A trigger stays with its workflow: leave it out of the selection.";
  if (new Set(roots.map(({ parent }) => slotKey(parent))).size > 1) return "Select steps of one frame only.";
  const into = draft.edges.filter((edge) => !chosen.has(edge.from) && chosen.has(edge.to));
  const middle = into.find(({ to }) => draft.edges.some((edge) => edge.to === to && chosen.has(edge.from)));
  if (middle !== undefined) return `A connection from outside leads into the middle, to ${middle.to}.`;
  const out = draft.edges.find((edge) => chosen.has(edge.from) && !chosen.has(edge.to) && portOf(edge) !== "out");
  if (out !== undefined) return `The branch “${portOf(out)}” of ${out.from} leaves the selection: select what follows it too.`;
  const leaver = draft.nodes.find(({ id, kind }) => chosen.has(id) && (kind === "break" || kind === "continue") && !isInLoop(draft, id, chosen));
  return leaver === undefined ? null : `${leaver.id} acts on a loop outside of the selection.`;
}

function isInLoop(draft: Draft, id: string, chosen: ReadonlySet<string>): boolean {
  return framesAround(draft, id, chosen).some(isLoop);
}

/** Frames of the selection that a node lies in, and in which slot of each. */
function framesAround(draft: Draft, id: string, chosen: ReadonlySet<string>): { kind: string; slot: string }[] {
  const parent = draft.nodes.find((node) => node.id === id)?.parent;
  if (parent === undefined || !chosen.has(parent.id)) return [];
  const kind = draft.nodes.find((node) => node.id === parent.id)?.kind ?? "";
  return [{ kind, slot: parent.slot }, ...framesAround(draft, parent.id, chosen)];
}

function isLoop({ kind }: { kind: string }): boolean {
  return kind === "forEach" || kind === "while";
}

function inward(node: DraftNode, draft: Draft, chosen: ReadonlySet<string>, inputs: Inputs): DraftNode {
  // What a frame gives its steps it gives its own result too.
  const frames = [{ kind: node.kind, slot: "" }, ...framesAround(draft, node.id, chosen)];
  const local = new Set(frames.flatMap(({ kind, slot }) => NAMES_OF_FRAME[kind]?.(slot) ?? []));
  const { retry, ...rest } = node;
  const outer = mapExpressions(rest, inwardRewrite(local, chosen, inputs));
  if (retry === undefined) return outer;
  // A retry's condition reads the error of the step itself.
  return { ...outer, retry: mapExpressions({ id: node.id, kind: node.kind, retry }, inwardRewrite(new Set([...local, "error"]), chosen, inputs)).retry };
}

const NAMES_OF_FRAME: Readonly<Record<string, (slot: string) => string[]>> = {
  forEach: () => ["item", "index"],
  while: () => ["previous", "index"],
  tryCatch: (slot) => (slot === "body" ? [] : ["error"]),
};

/** `steps.outside` becomes `input.outside`, `input` becomes `input.input`, and so on. */
function inwardRewrite(local: ReadonlySet<string>, chosen: ReadonlySet<string>, inputs: Inputs): Rewrite {
  return (ast, source, base) => {
    const changes: Change[] = [];
    visitFreeNames(ast, (identifier, parents) => {
      const { name } = identifier;
      if (name === "steps" || name === "loops") {
        const member = memberOf(identifier, parents);
        const id = member === null ? null : idOf(member);
        if (member === null || id === null || chosen.has(id)) return;
        const input = name === "steps" ? id : `loop_${id}`;
        const field = /^\s*\??\.\s*(\w+)/.exec(source.slice(member.end))?.[1] ?? (name === "steps" ? "output" : "item");
        inputs.set(input, { ...(inputs.get(input) as object | undefined), [field]: `{{ ${name}${access(id)}.${field} }}` });
        changes.push({ start: base + member.start, end: base + member.end, text: `input${access(input)}` });
      } else if (AROUND.some((around) => around === name) && !local.has(name)) {
        inputs.set(name, `{{ ${name} }}`);
        changes.push({ start: base + identifier.start, end: base + identifier.end, text: `input.${name}` });
      }
    });
    return changes;
  };
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
  for (const edge of draft.edges) if (edge.when !== undefined && !chosen.has(edge.to)) rewriteText(edge.when, look);
  rewriteValue(draft.output, look);
  return { outputs: [...outputs], lost: [...lost] };
}

interface Replacement {
  module: string;
  name: string;
  inputs: Record<string, unknown>;
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
  return { id, draft: { ...draft, nodes, edges: edgesAround(draft, chosen, id).map((edge) => (edge.when === undefined ? edge : { ...edge, when: rewriteText(edge.when, outward) })), ...(draft.output === undefined ? {} : { output: rewriteValue(draft.output, outward) }) } };
}

function edgesAround(draft: Draft, chosen: ReadonlySet<string>, id: string): DraftEdge[] {
  const seen = new Set<string>();
  return draft.edges.flatMap((edge): DraftEdge[] => {
    if (chosen.has(edge.from) && chosen.has(edge.to)) return [];
    const next = { ...edge, from: chosen.has(edge.from) ? id : edge.from, to: chosen.has(edge.to) ? id : edge.to };
    const key = `${next.from} ${portOf(next)} ${next.to}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [next];
  });
}

function withoutParent({ parent: _parent, ...node }: DraftNode): DraftNode {
  return node;
}

function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
