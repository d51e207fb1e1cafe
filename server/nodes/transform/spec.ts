import { z } from "zod";
import { findReferencesInCode } from "@/server/expressions/code-references";
import type { KindSpec } from "@/server/nodes/kind";
import { choice, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

export const config = z.strictObject({
  language: choice({ javascript: "JavaScript", typescript: "TypeScript" }).default("javascript").describe("TypeScript has its types stripped; they are not checked."),
  code: z.string().min(1).max(500_000).meta({ field: "code" }).describe("Body of an async function: answer with `return`. It reads `args`, `input`, `trigger`, `run` and `console`."),
  args: z.record(z.string(), value()).default({}).describe("What the code gets as `args`; every value may be an expression."),
  timeoutSeconds: z.number().min(0.05).max(300).default(10).describe("The code is ended after this time."),
  memoryMb: z.int().min(8).max(128).default(64).describe("The code fails when it needs more."),
});
export type TransformConfig = z.output<typeof config>;

/** What the code of a transform step can read. */
export const CODE_VARIABLES = ["args", "input", "trigger", "run"] as const;

const NOT_IN_CODE = ["steps", "vars", "item", "index", "loops", "previous", "secrets", "workspace", "error"];

function check(unchecked: Record<string, unknown>): { path: string; message: string }[] {
  const { code, language } = unchecked;
  if (typeof code !== "string" || language === "typescript") return [];
  const found = findReferencesInCode(code, NOT_IN_CODE);
  if (!found.ok) return [{ path: "/code", message: `line ${found.error.line}: ${found.error.message}` }];
  return found.names.map((name) => ({ path: "/code", message: `the code reads "${name}", which it does not see: hand the value over in args` }));
}

export const transform = {
  kind: "transform",
  version: 1,
  role: "task",
  title: "Transform",
  summary: "Computes a value with JavaScript or TypeScript in a sandbox without network and files.",
  group: "Data",
  icon: "square-function",
  config,
  ports: ONLY_OUT,
  rawFields: ["code"],
  check,
} as const satisfies KindSpec<TransformConfig>;
