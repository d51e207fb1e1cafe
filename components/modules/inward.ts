import type { Node } from "acorn";
import type { Draft, DraftEdge, DraftNode } from "@/components/builder/draft";
import { idOf, mapExpressions, memberOf, rewriteText, type Change, type Rewrite } from "@/components/builder/references";
import { visitFreeNames } from "@/server/expressions/free-names";
import { findKind } from "@/server/nodes/catalog";

/** Names of the scope around a selection that a block does not see. */
const AROUND: readonly string[] = ["input", "trigger", "item", "index", "previous", "error"];
const FIELDS = { steps: ["output", "error", "status"], loops: ["item", "index"] } as const;

/** What a block takes in, by name: an expression, or several by field. */
export class BlockInputs {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, unknown>();

  constructor(
    readonly draft: Draft,
    readonly chosen: ReadonlySet<string>,
  ) {}

  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values);
  }

  /** The input in which a name of the scope comes in. */
  takeName(name: string): string {
    const input = this.#nameOf(name, name);
    this.#values.set(input, `{{ ${name} }}`);
    return input;
  }

  /** The input in which fields of a step or loop come in. */
  take(root: "steps" | "loops", id: string, fields: readonly string[]): string {
    const wanted = root === "loops" ? `loop_${id}` : AROUND.includes(id) ? `step_${id}` : id;
    const input = this.#nameOf(`${root}.${id}`, wanted);
    const more = Object.fromEntries(fields.map((field) => [field, `{{ ${root}${access(id)}.${field} }}`]));
    this.#values.set(input, { ...(this.#values.get(input) as object | undefined), ...more });
    return input;
  }

  #nameOf(key: string, wanted: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    let name = wanted;
    for (let count = 2; this.#values.has(name); count++) name = `${wanted}_${count}`;
    this.#names.set(key, name);
    return name;
  }
}

/** A node as it stands in the block: `steps.outside` becomes `input.outside`, `input` becomes `input.input`, and so on. */
export function inwardNode(node: DraftNode, inputs: BlockInputs): DraftNode {
  const around = namesAround(node, inputs);
  const { retry, config, ...rest } = node;
  const own = new Set([...around, ...(NAMES_OF_FRAME[node.kind]?.("") ?? [])]);
  const inside = fieldsInside(node.kind);
  const rewritten = (field: string, value: unknown) => mapExpressions({ id: node.id, kind: node.kind, config: { [field]: value } }, inwardRewrite(inside.includes(field) ? own : around, inputs)).config?.[field];
  return {
    ...mapExpressions(rest, inwardRewrite(around, inputs)),
    // Fields that are evaluated in the frame see what it gives; the others are evaluated before it begins.
    ...(config === undefined ? {} : { config: Object.fromEntries(Object.entries(config).map(([field, value]) => [field, rewritten(field, value)])) }),
    // A retry's condition reads the error of the step itself.
    ...(retry === undefined ? {} : { retry: mapExpressions({ id: node.id, kind: node.kind, retry }, inwardRewrite(new Set([...around, "error"]), inputs)).retry }),
  };
}

/** A condition stands where the step stands that it leaves. */
export function inwardEdge(edge: DraftEdge, inputs: BlockInputs): DraftEdge {
  const from = inputs.draft.nodes.find(({ id }) => id === edge.from);
  if (edge.when === undefined || from === undefined) return edge;
  return { ...edge, when: rewriteText(edge.when, inwardRewrite(namesAround(from, inputs), inputs)) };
}

export function isInLoop(draft: Draft, node: DraftNode, chosen: ReadonlySet<string>): boolean {
  return framesAround(draft, node, chosen).some(({ kind }) => kind === "forEach" || kind === "while");
}

/** Frames of the selection that a node lies in, and in which slot of each. */
function framesAround(draft: Draft, { parent }: DraftNode, chosen: ReadonlySet<string>): { kind: string; slot: string }[] {
  const frame = parent === undefined || !chosen.has(parent.id) ? undefined : draft.nodes.find(({ id }) => id === parent.id);
  return parent === undefined || frame === undefined ? [] : [{ kind: frame.kind, slot: parent.slot }, ...framesAround(draft, frame, chosen)];
}

function namesAround(node: DraftNode, { draft, chosen }: BlockInputs): Set<string> {
  return new Set(framesAround(draft, node, chosen).flatMap(({ kind, slot }) => NAMES_OF_FRAME[kind]?.(slot) ?? []));
}

const NAMES_OF_FRAME: Readonly<Record<string, (slot: string) => string[]>> = {
  forEach: () => ["item", "index"],
  while: () => ["previous", "index"],
  tryCatch: (slot) => (slot === "body" ? [] : ["error"]),
};

function fieldsInside(kind: string): string[] {
  const spec = findKind(kind);
  return [spec?.innerFields, spec?.iterationFields, spec?.repeatedFields].flatMap((fields) => fields ?? []).map((field) => field.slice(1));
}

function inwardRewrite(local: ReadonlySet<string>, inputs: BlockInputs): Rewrite {
  return (ast, source, base) => {
    const changes: Change[] = [];
    const change = ({ start, end }: Node, text: string) => {
      // `{ item }` is visited as a key and as a value.
      if (!changes.some((one) => one.start === base + start)) changes.push({ start: base + start, end: base + end, text });
    };
    visitFreeNames(ast, (identifier, parents) => {
      const { name } = identifier;
      if (name === "steps" || name === "loops") {
        const member = memberOf(identifier, parents);
        const id = member === null ? null : idOf(member);
        if (member === null || id === null || inputs.chosen.has(id)) return;
        const field = fieldBehind(member, parents);
        change(member, `input${access(inputs.take(name, id, field === null ? FIELDS[name] : [field]))}`);
      } else if (AROUND.includes(name) && !local.has(name)) {
        const read = `input${access(inputs.takeName(name))}`;
        change(identifier, isShorthand(parents.at(-1)) ? `${name}: ${read}` : read);
      }
    });
    return changes;
  };
}

/** `output` of `steps.a.output`; null where the step is read as a whole. */
function fieldBehind(member: Node, parents: readonly Node[]): string | null {
  const above = parents.slice(0, parents.indexOf(member));
  const next = memberOf(member, above);
  return next === null ? null : idOf(next);
}

function isShorthand(parent: Node | undefined): boolean {
  return parent?.type === "Property" && (parent as Node & { shorthand: boolean }).shorthand;
}

export function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
