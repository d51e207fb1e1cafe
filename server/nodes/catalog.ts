import type { ContainerKind, ControlKind } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { approval } from "@/server/nodes/approval/spec";
import { breakKind } from "@/server/nodes/break/spec";
import { continueKind } from "@/server/nodes/continue/spec";
import { delay } from "@/server/nodes/delay/spec";
import { fail } from "@/server/nodes/fail/spec";
import { forEach } from "@/server/nodes/for-each/spec";
import { http } from "@/server/nodes/http/spec";
import { ifElse } from "@/server/nodes/if-else/spec";
import { ifKind } from "@/server/nodes/if/spec";
import { join } from "@/server/nodes/join/spec";
import { llm } from "@/server/nodes/llm/spec";
import { log } from "@/server/nodes/log/spec";
import { parallel } from "@/server/nodes/parallel/spec";
import { respond } from "@/server/nodes/respond/spec";
import { set } from "@/server/nodes/set/spec";
import { stop } from "@/server/nodes/stop/spec";
import { moduleKind } from "@/server/nodes/module/spec";
import { subworkflow } from "@/server/nodes/subworkflow/spec";
import { switchCase } from "@/server/nodes/switch-case/spec";
import { switchKind } from "@/server/nodes/switch/spec";
import { transform } from "@/server/nodes/transform/spec";
import { TRIGGER_NODES, type TriggerNodeKind } from "@/server/nodes/trigger-nodes";
import { triggerManual } from "@/server/nodes/trigger-manual/spec";
import { tryCatch } from "@/server/nodes/try-catch/spec";
import { waitSignal } from "@/server/nodes/wait-signal/spec";
import { whileKind } from "@/server/nodes/while/spec";

/** Kinds with a runner; the engine runs containers itself. */
export type RunnableKind =
  | ControlKind
  | TriggerNodeKind
  | "trigger.manual"
  | "set"
  | "transform"
  | "http"
  | "respond"
  | "llm"
  | "approval"
  | "if"
  | "switch"
  | "delay"
  | "wait.signal"
  | "subworkflow"
  | "module"
  | "fail"
  | "log";

export type NodeKind = RunnableKind | ContainerKind;

/** Every node kind, as browser, validator and docs see it. A new kind is a folder, a line here and a line in the registry. */
export const CATALOG = {
  "trigger.manual": triggerManual,
  ...TRIGGER_NODES,
  set,
  transform,
  http,
  respond,
  llm,
  approval,
  if: ifKind,
  switch: switchKind,
  delay,
  "wait.signal": waitSignal,
  subworkflow,
  module: moduleKind,
  fail,
  log,
  join,
  stop,
  break: breakKind,
  continue: continueKind,
  parallel,
  tryCatch,
  ifElse,
  switchCase,
  forEach,
  while: whileKind,
} as const satisfies Record<NodeKind, KindSpec<unknown>>;

export function isNodeKind(kind: string): kind is NodeKind {
  return Object.hasOwn(CATALOG, kind);
}

/** Null for a kind that this installation does not know: it loads and shows, but cannot be published. */
export function findKind(kind: string): KindSpec<unknown> | null {
  return isNodeKind(kind) ? CATALOG[kind] : null;
}
