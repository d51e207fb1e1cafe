import type { z } from "zod";

/** One node kind as browser, validator and docs see it: pure data and functions, no runner. */
export interface KindSpec<Config = Record<string, unknown>> {
  kind: string;
  version: number;
  /** Where the engine gives it meaning. */
  role: "trigger" | "task" | "container" | "control";
  title: string;
  /** One line: what it does. */
  summary: string;
  group: "Triggers" | "Flow" | "Data" | "Network" | "People" | "AI" | "Runs";
  icon: string;
  /** Shape of the evaluated config; in a definition any value may be a template instead. */
  config: z.ZodType<Config>;
  /** Output ports of a given (unevaluated) config; `error` is added for onError: route. */
  ports(config: Record<string, unknown>): string[];
  /** Slots of a container for a given config. */
  slots?(config: Record<string, unknown>): string[];
  /** Fields that are a condition: a text without an expression in it would always be true. */
  conditionFields?: readonly string[];
  /** Containers: fields evaluated when the slots have ended, seeing the nodes inside; in each iteration of a loop, seeing its variables; before each iteration. */
  innerFields?: readonly string[];
  iterationFields?: readonly string[];
  repeatedFields?: readonly string[];
  /** Fields that the engine needs to know before anything is evaluated: no templates. */
  literalFields?: readonly string[];
  /** Top-level config fields that are never templates (code, JSON Schemas). */
  rawFields?: readonly string[];
  /** Raw fields that hold a JSON Schema document. */
  schemaFields?: readonly string[];
  /** Fields (JSON-pointer-like, `*` for any key or index) in which `{{ secrets.NAME }}` may stand; the runner puts the values in. */
  secretFields?: readonly string[];
  /** Fields whose templates the runner evaluates itself, and the extra variables they may read. */
  deferredFields?: Readonly<Record<string, readonly string[]>>;
  /** Moves an older config up one version at a time. */
  migrate?: Readonly<Record<number, (config: Record<string, unknown>) => Record<string, unknown>>>;
  /** More than the schema can say: problems of a config whose templates are not evaluated yet. */
  check?(config: Record<string, unknown>): { path: string; message: string }[];
}
