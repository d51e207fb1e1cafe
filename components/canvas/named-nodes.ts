import { STATUS_LOOK } from "@/components/status/statuses";
import { CHANGE_LOOK } from "./change-look";
import type { CanvasNode } from "./flow";
import type { NodeMark } from "./marks";

/** Nodes whose names say what is known of them: a screen reader reads nothing else when one is focused. Those that say the same stay the same object. */
export class NamedNodes {
  readonly #known = new WeakMap<CanvasNode, { words: string; node: CanvasNode }>();

  name(nodes: readonly CanvasNode[], marks: ReadonlyMap<string, NodeMark>): readonly CanvasNode[] {
    if (marks.size === 0) return nodes;
    return nodes.map((node) => {
      const mark = marks.get(node.id);
      const words = mark === undefined ? "" : wordsOf(mark);
      if (words === "" || node.ariaLabel === undefined) return node;
      const before = this.#known.get(node);
      if (before?.words === words) return before.node;
      const named = { ...node, ariaLabel: `${node.ariaLabel}, ${words}` } as CanvasNode;
      this.#known.set(node, { words, node: named });
      return named;
    });
  }
}

export function wordsOf({ status, note, errors = 0, warnings = 0, isPinned = false, change, people = [] }: NodeMark): string {
  return [
    status === undefined ? "" : STATUS_LOOK[status].label,
    note ?? "",
    errors > 0 ? countOf(errors, "error") : warnings > 0 ? countOf(warnings, "warning") : "",
    isPinned ? "pinned" : "",
    change === undefined ? "" : CHANGE_LOOK[change].label,
    ...people.map(({ name }) => `${name} is here`),
  ].filter((word) => word !== "").join(", ");
}

export function countOf(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
