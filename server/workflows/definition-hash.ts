import { createHash } from "node:crypto";
import type { Definition } from "@/server/engine/definition";

/** SHA-256 of what a run can notice: how things lie on the canvas, and the notes on it, are left out. */
export function hashDefinition({ annotations: _annotations, ...definition }: Definition): string {
  const nodes = definition.nodes.map(({ position: _position, size: _size, collapsed: _collapsed, ...node }) => node);
  return createHash("sha256").update(JSON.stringify({ ...definition, nodes })).digest("hex");
}
