import type { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import type { StepError } from "@/server/nodes/step-error";

export type CheckedConfig = { ok: true; config: unknown } | { ok: false; error: StepError };

/** Checks an evaluated config against its kind, and fills in defaults. */
export function checkConfig(spec: KindSpec<unknown>, evaluated: unknown): CheckedConfig {
  const parsed = spec.config.safeParse(evaluated);
  if (parsed.success) return { ok: true, config: parsed.data };
  const issues = parsed.error.issues.map((issue) => ({ path: pointerOf(issue.path), message: messageOf(issue) }));
  const first = issues[0] ?? { path: "", message: "does not fit" };
  const where = first.path === "" ? "the config" : `config field ${first.path.slice(1).replaceAll("/", ".")}`;
  return {
    ok: false,
    error: { code: "invalid_config", message: `${where}: ${first.message}`, field: first.path, ...(issues.length > 1 ? { details: { issues } } : {}) },
  };
}

/** What a form says of a field, in words for who fills it in. */
export function messageOf({ message }: Pick<z.core.$ZodIssue, "message">): string {
  return message.endsWith("received undefined") ? REQUIRED : message.replace(/^Invalid input: /, "");
}

export const REQUIRED = "is required";

export function pointerOf(path: z.core.$ZodIssue["path"]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Brings a config that was written for an older version of its kind up to the current one. */
export function migrateConfig(spec: KindSpec<unknown>, config: Record<string, unknown>, fromVersion: number): Record<string, unknown> {
  let current = config;
  for (let version = fromVersion; version < spec.version; version++) current = spec.migrate?.[version]?.(current) ?? current;
  return current;
}
