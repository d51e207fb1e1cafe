import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import type { DefinitionInput } from "@/server/engine/definition";
import { closeLiveHub } from "@/server/live/hub";
import { putSecret } from "@/server/secrets/service";
import { makeScope } from "@/server/testing/factories";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";

export type Node = DefinitionInput["nodes"][number];

/** A workspace and a worker: what is called there answers. */
export class IngressScene {
  private constructor(
    readonly scope: Scope,
    private readonly worker: InstallationWorker,
  ) {}

  static async open(secrets: Record<string, string> = {}): Promise<IngressScene> {
    const scope = await makeScope("owner");
    for (const [name, value] of Object.entries(secrets)) await putSecret({ scope }, { name, value });
    return new IngressScene(scope, startInstallationWorker(() => {}));
  }

  /** A published workflow of steps one after the other. */
  async publish(nodes: Node[], input: DefinitionInput["input"] = {}, name = "Called"): Promise<string> {
    const { scope } = this;
    const row = nodes.filter(({ parent }) => parent === undefined);
    const definition = { schema: 1, input, nodes, edges: row.slice(1).map(({ id }, index) => ({ from: row[index]!.id, to: id })) };
    const { id } = await workflows.createWorkflow({ scope }, { name, description: "", definition });
    await workflows.publish({ scope }, { workflowId: id, note: "" });
    return id;
  }

  async close(): Promise<void> {
    await this.worker.stop();
    await closeLiveHub();
    await closeConnections();
  }
}

export const jsonRequest = (body: unknown, headers: Record<string, string> = {}) => ({ method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
