import type { WorkflowProblem } from "@/server/workflows/contract";

/** Where on the page a problem is put right: at a field of a step, in one of the views, or else in the text. */
export type PlaceOfProblem = { node: string; field: string | null } | { view: "settings" | "input" } | { text: string };

export function placeOfProblem({ nodeId, path }: Pick<WorkflowProblem, "nodeId" | "path">): PlaceOfProblem {
  const [part, , field, ...inner] = path.slice(1).split("/");
  if (nodeId !== undefined) return { node: nodeId, field: part === "nodes" && field !== undefined ? `/${[field, ...inner].join("/")}` : null };
  if (part === "settings" || part === "input") return { view: part };
  if (part === "output") return { view: "input" };
  return { text: path };
}
