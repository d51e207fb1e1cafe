import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";
import { checkFilter, checkMapping, TRIGGER_SETTINGS, type TriggerKindSpec } from "@/server/triggers/kind";
import { TRIGGER_KIND_NAMES, TRIGGER_KINDS, type TriggerKind } from "@/server/triggers/kinds";

export type TriggerNodeKind = `trigger.${TriggerKind}`;

/** Every trigger kind as a start node. Its config is read when the version is published, outside of any run: no templates. */
export const TRIGGER_NODES = Object.fromEntries(
  TRIGGER_KIND_NAMES.map((kind) => [`trigger.${kind}`, startNodeOf(TRIGGER_KINDS[kind])]),
) as Record<TriggerNodeKind, KindSpec<unknown>>;

function startNodeOf(spec: TriggerKindSpec): KindSpec<unknown> {
  const config = spec.config.extend(TRIGGER_SETTINGS);
  return {
    kind: `trigger.${spec.kind}`,
    version: 1,
    role: "trigger",
    title: spec.title,
    summary: `${spec.summary} The output is the run's input; the event is \`trigger\`.`,
    group: "Triggers",
    icon: spec.icon,
    config,
    ports: ONLY_OUT,
    rawFields: Object.keys(config.shape),
    check: (given) => [...checkMapping(given.mapping), ...checkFilter(given.filter), ...(spec.check?.(given) ?? [])],
  };
}
