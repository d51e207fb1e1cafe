export interface Called {
  kind: "workflow" | "block";
  /** Slug, id or name. */
  ref: string;
  version: number | null;
}

/** What a step starts or is, as its config names it; null: nothing, or an expression chooses it. */
export function calledBy(kind: unknown, config: unknown): Called | null {
  const { workflow, module, version } = (typeof config === "object" && config !== null ? config : {}) as Record<string, unknown>;
  const ref = kind === "subworkflow" ? workflow : kind === "module" ? module : undefined;
  if (typeof ref !== "string" || ref === "" || ref.includes("{{")) return null;
  return { kind: kind === "module" ? "block" : "workflow", ref, version: kind === "module" && typeof version === "number" ? version : null };
}
