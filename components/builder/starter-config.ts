import { findKind } from "@/server/nodes/catalog";

type Config = Record<string, unknown>;

/** What a new node of these kinds begins with, so that its ports, its slots or its purpose show at once. */
const STARTERS: Readonly<Record<string, Config>> = {
  set: { values: {} },
  if: { condition: "{{ true }}" },
  ifElse: { condition: "{{ true }}" },
  while: { condition: "{{ index < 3 }}" },
  switch: { value: "", cases: [{ name: "first", equals: "" }] },
  switchCase: { value: "", cases: [{ name: "first", equals: "" }] },
  parallel: { branches: 2 },
  forEach: { items: "{{ [] }}" },
  transform: { code: "return args;" },
  delay: { seconds: 5 },
};

/** The least config of a new node: the rest are the kind's own defaults. */
export function starterConfig(kind: string): Config {
  return structuredClone(STARTERS[kind] ?? {});
}

export function newNodeName(kind: string): string {
  return findKind(kind)?.title ?? kind;
}
