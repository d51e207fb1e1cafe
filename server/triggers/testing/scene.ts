import { rawDb } from "@/server/db/client";
import type { Scope } from "@/server/auth/scope";
import type { DefinitionInput } from "@/server/engine/definition";
import { makeScope } from "@/server/testing/factories";
import type { NewEvent } from "@/server/triggers/new-event";
import * as workflows from "@/server/workflows/service";

type Node = DefinitionInput["nodes"][number];

/** A workflow that begins with the given trigger nodes, each followed by nothing but a step that keeps its input. */
export function definitionWith(nodes: Node[], input: DefinitionInput["input"] = {}): Record<string, unknown> {
  const keep: Node = { id: "keep", kind: "set", config: { values: { input: "{{ input }}", event: "{{ trigger }}" } } };
  return { schema: 1, input, nodes: [...nodes, keep], edges: nodes.map(({ id }) => ({ from: id, to: "keep" })), output: "{{ steps.keep.output }}" };
}

export class TriggerScene {
  private constructor(
    readonly scope: Scope,
    readonly workflowId: string,
  ) {}

  static async open(nodes: Node[], input?: DefinitionInput["input"]): Promise<TriggerScene> {
    const scope = await makeScope("owner");
    const { id } = await workflows.createWorkflow({ scope }, { name: "Orders", description: "", definition: definitionWith(nodes, input) });
    await workflows.publish({ scope }, { workflowId: id, note: "" });
    return new TriggerScene(scope, id);
  }

  async republish(nodes: Node[], input?: DefinitionInput["input"]): Promise<void> {
    const { scope, workflowId } = this;
    const { revision } = await workflows.getWorkflow({ scope }, { workflowId });
    await workflows.updateDraft({ scope }, { workflowId, definition: definitionWith(nodes, input), revision });
    await workflows.publish({ scope }, { workflowId, note: "" });
  }

  triggers() {
    return rawDb().trigger.findMany({ where: { workflowId: this.workflowId }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  }

  events(triggerId: string) {
    return rawDb().triggerEvent.findMany({ where: { triggerId }, orderBy: { id: "asc" } });
  }

  runs(triggerId: string) {
    return rawDb().run.findMany({ where: { triggerId }, orderBy: { id: "asc" } });
  }

  event(triggerId: string, dedupeKey: string, body: unknown = { n: 1 }): NewEvent {
    return { trigger: { id: triggerId, workspaceId: this.scope.workspaceId }, dedupeKey, body: JSON.stringify(body), contentType: "application/json" };
  }
}
