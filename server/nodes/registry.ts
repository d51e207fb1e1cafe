import type { RunnableKind } from "@/server/nodes/catalog";
import type { NodeRunner } from "@/server/nodes/runner";
import { approvalRunner } from "@/server/nodes/approval/runner";
import { breakRunner } from "@/server/nodes/break/runner";
import { continueRunner } from "@/server/nodes/continue/runner";
import { delayRunner } from "@/server/nodes/delay/runner";
import { failRunner } from "@/server/nodes/fail/runner";
import { httpRunner } from "@/server/nodes/http/runner";
import { ifRunner } from "@/server/nodes/if/runner";
import { joinRunner } from "@/server/nodes/join/runner";
import { llmRunner } from "@/server/nodes/llm/runner";
import { logRunner } from "@/server/nodes/log/runner";
import { respondRunner } from "@/server/nodes/respond/runner";
import { setRunner } from "@/server/nodes/set/runner";
import { stopRunner } from "@/server/nodes/stop/runner";
import { moduleRunner } from "@/server/nodes/module/runner";
import { subworkflowRunner } from "@/server/nodes/subworkflow/runner";
import { switchRunner } from "@/server/nodes/switch/runner";
import { transformRunner } from "@/server/nodes/transform/runner";
import { TRIGGER_KIND_NAMES } from "@/server/triggers/kinds";
import type { TriggerNodeKind } from "@/server/nodes/trigger-nodes";
import { triggerRunner } from "@/server/nodes/trigger-runner";
import { waitSignalRunner } from "@/server/nodes/wait-signal/runner";

/** What carries out each kind of step. */
export const RUNNERS = {
  ...(Object.fromEntries(TRIGGER_KIND_NAMES.map((kind) => [`trigger.${kind}`, triggerRunner])) as Record<TriggerNodeKind, NodeRunner>),
  "trigger.manual": triggerRunner,
  set: setRunner,
  transform: transformRunner,
  http: httpRunner,
  respond: respondRunner,
  llm: llmRunner,
  approval: approvalRunner,
  if: ifRunner,
  switch: switchRunner,
  delay: delayRunner,
  "wait.signal": waitSignalRunner,
  subworkflow: subworkflowRunner,
  module: moduleRunner,
  fail: failRunner,
  log: logRunner,
  join: joinRunner,
  stop: stopRunner,
  break: breakRunner,
  continue: continueRunner,
} as const satisfies Record<RunnableKind, NodeRunner>;

/** Null for containers, which the engine runs itself, and for kinds this installation does not know. */
export function findRunner(kind: string): NodeRunner | null {
  return Object.hasOwn(RUNNERS, kind) ? RUNNERS[kind as RunnableKind] : null;
}
