import type { Definition, WorkflowNode } from "@/server/engine/definition";
import { slotKeyOf } from "@/server/engine/plan";

/** What stands around a place where an expression is written. */
export interface Surroundings {
  /** Nodes whose `steps.<id>` can be read there. */
  visible: ReadonlySet<string>;
  /** Loops around it, by their kind. */
  loops: ReadonlyMap<string, "forEach" | "while">;
  /** In a `catch` or `finally` slot. */
  hasError: boolean;
}

/** Lexical scope of a definition: who sees whom, and who comes before whom. Lenient with definitions that have errors. */
export class WorkflowScope {
  readonly #byId: ReadonlyMap<string, WorkflowNode>;
  readonly #slots = new Map<string, string[]>();
  readonly #sources = new Map<string, string[]>();
  readonly #around = new Map<string, Surroundings>();

  constructor(definition: Definition) {
    this.#byId = new Map(definition.nodes.map((node) => [node.id, node]));
    for (const node of definition.nodes) append(this.#slots, slotKeyOf(node.parent), node.id);
    for (const { from, to } of definition.edges) append(this.#sources, to, from);
  }

  node(id: string): WorkflowNode | undefined {
    return this.#byId.get(id);
  }

  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** Seen from the run itself, after its end: its `output`. */
  ofRun(): Surroundings {
    return { visible: new Set(this.#slots.get("")), loops: new Map(), hasError: false };
  }

  ofNode(node: WorkflowNode): Surroundings {
    // Nodes of one slot see the same.
    const slot = slotKeyOf(node.parent);
    const known = this.#around.get(slot);
    if (known !== undefined) return known;
    const visible = new Set<string>();
    const loops = new Map<string, "forEach" | "while">();
    let hasError = false;
    for (const at of this.#lineage(node)) {
      for (const id of this.#slots.get(slotKeyOf(at.parent)) ?? []) visible.add(id);
      const parent = at.parent && this.#byId.get(at.parent.id);
      if (parent?.kind === "forEach" || parent?.kind === "while") loops.set(parent.id, parent.kind);
      if (parent?.kind === "tryCatch" && at.parent?.slot !== "body") hasError = true;
    }
    const surroundings = { visible, loops, hasError };
    this.#around.set(slot, surroundings);
    return surroundings;
  }

  /** Seen from inside a container: its `result`, or a loop's condition. */
  inside(container: WorkflowNode): Surroundings {
    const { visible, loops, hasError } = this.ofNode(container);
    const own = [...this.#slots.entries()].flatMap(([key, ids]) => (key.startsWith(`${container.id}:`) ? ids : []));
    const isLoop = container.kind === "forEach" || container.kind === "while";
    return {
      visible: new Set([...visible, ...own]),
      loops: isLoop ? new Map([...loops, [container.id, container.kind as "forEach" | "while"]]) : loops,
      hasError: hasError || container.kind === "tryCatch",
    };
  }

  /** Whether the step can have run before the reader begins: it leads to the reader or to a container around it. */
  isBefore(step: string, reader: WorkflowNode): boolean {
    const beside = slotKeyOf(this.#byId.get(step)?.parent);
    for (const at of this.#lineage(reader)) {
      if (slotKeyOf(at.parent) === beside) return at.id !== step && this.#leadsTo(step, at.id);
    }
    return false;
  }

  /** Every step that can have run before the reader begins (`isBefore`), the nearest first. */
  before(reader: WorkflowNode): string[] {
    const found = new Set<string>();
    for (const at of this.#lineage(reader)) {
      const slot = slotKeyOf(at.parent);
      const seen = new Set([at.id]);
      for (const id of seen) {
        for (const source of this.#sources.get(id) ?? []) seen.add(source);
        if (id !== at.id && slotKeyOf(this.#byId.get(id)?.parent) === slot) found.add(id);
      }
    }
    return [...found];
  }

  /** Whether the node lies, at any depth, inside the container. */
  isAround(container: string, node: WorkflowNode): boolean {
    return this.#lineage(node).some((at) => at.parent?.id === container);
  }

  /** The node and the containers around it; ends where the nesting bites its tail. */
  #lineage(node: WorkflowNode): WorkflowNode[] {
    const lineage: WorkflowNode[] = [];
    for (let at: WorkflowNode | undefined = node; at !== undefined && !lineage.includes(at); at = at.parent && this.#byId.get(at.parent.id)) lineage.push(at);
    return lineage;
  }

  #leadsTo(step: string, id: string): boolean {
    const seen = new Set([id]);
    const open = [id];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const source of this.#sources.get(at) ?? []) {
        if (source === step) return true;
        if (seen.has(source)) continue;
        seen.add(source);
        open.push(source);
      }
    }
    return false;
  }
}

function append(lists: Map<string, string[]>, key: string, entry: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}
