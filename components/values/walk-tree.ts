import type { KeyboardEvent } from "react";

/** Arrow keys in a tree: up and down from row to row, right and left open and close. */
export function walkTree(event: KeyboardEvent<HTMLElement>): void {
  const target = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-tree-item]") : null;
  if (target === null) return;
  const summary = target.closest("summary");
  const details = summary?.parentElement instanceof HTMLDetailsElement ? summary.parentElement : null;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp": {
      const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-tree-item]")].filter((row) => row.offsetParent !== null);
      const next = rows[rows.indexOf(target) + (event.key === "ArrowDown" ? 1 : -1)];
      next?.focus();
      break;
    }
    case "ArrowRight":
      if (details !== null) details.open = true;
      break;
    case "ArrowLeft":
      if (details?.open) details.open = false;
      else target.closest("details")?.parentElement?.closest("details")?.querySelector<HTMLElement>(":scope > summary")?.focus();
      break;
    default:
      return;
  }
  event.preventDefault();
}
