import type { CompileOptions } from "@/server/expressions/compile";
import type { KindSpec } from "@/server/nodes/kind";

/** Whether a JSON pointer is the named field or lies inside it; `*` in the pattern stands for any one key or index. */
export function isWithinField(pattern: string, pointer: string): boolean {
  const wanted = pattern.split("/");
  const given = pointer.split("/");
  return given.length >= wanted.length && wanted.every((part, index) => part === "*" || part === given[index]);
}

export function isWithinAny(patterns: readonly string[] | undefined, pointer: string): boolean {
  return patterns?.some((pattern) => isWithinField(pattern, pointer)) ?? false;
}

export function rawFieldsOf(spec: KindSpec<unknown>): string[] {
  return (spec.rawFields ?? []).map((field) => `/${field}`);
}

/** Fields that are not evaluated with the rest of the config, before the step or the container begins. */
export function laterFieldsOf(spec: KindSpec<unknown>): string[] {
  return [...Object.keys(spec.deferredFields ?? {}), ...(spec.innerFields ?? []), ...(spec.iterationFields ?? []), ...(spec.repeatedFields ?? [])];
}

/** How a kind's config is compiled for the evaluation at the beginning of a step. */
export function compileOptionsOf(spec: KindSpec<unknown>): CompileOptions {
  const verbatim = [...rawFieldsOf(spec), ...laterFieldsOf(spec)];
  return {
    isSecretField: (pointer) => isWithinAny(spec.secretFields, pointer),
    isVerbatim: (pointer) => isWithinAny(verbatim, pointer),
  };
}
