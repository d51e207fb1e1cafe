import { createHash } from "node:crypto";
import type { Definition } from "@/server/engine/definition";

/** SHA-256 of what a run can notice: positions and sizes on the canvas are left out. */
export function hashDefinition(definition: Definition): string {
  const nodes = definition.nodes.map(({ position: _position, size: _size, ...node }) => node);
  return createHash("sha256").update(JSON.stringify({ ...definition, nodes })).digest("hex");
}
