import type { ClientBase } from "pg";
import { v5 } from "uuid";
import { ZodError } from "zod";
import { versionIdentityOf } from "@/server/auth/acting/run-as";
import { identityOfEvent } from "@/server/auth/acting/start-identity";
import { type Definition, definitionSchema } from "@/server/engine/definition";
import { calledBy, VERSION_IN } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { encodeValue } from "@/server/expressions/encoding";
import type { EnqueuedRun } from "@/server/queue/enqueue";
import { validateAgainst } from "@/server/schema/validate-json";
import { HANDLERS_SETTING } from "./contract";
import type { Described } from "./describe";

const NAMESPACE = "6c2a7a53-9a3c-5a77-8a54-7d0b5c1e9a10";

const SETTING = "SELECT value FROM scoped_setting WHERE key = $1 AND scope_type = 'workspace' AND scope_id = $2";

const TARGET = `
SELECT w.id AS "workflowId", v.id AS "versionId", v.definition, v.run_as AS "runAs", v.publisher_rights AS "publisherRights" FROM ${calledBy("$2")} w JOIN workflow_version v ON w.archived_at IS NULL AND v.id = ${VERSION_IN("$3")}`;

export type Handler = "errorWorkflow" | "workspaceError" | "workspaceSuccess";

/** A handler that could not be started, which somebody has to hear of. */
export interface HandlerProblem {
  handler: Handler;
  workflow: string;
  message: string;
}

interface Handled {
  runs: EnqueuedRun[];
  problems: HandlerProblem[];
}

/** The workflows that start because a run ended: the one that its version names for failures, and those of the workspace. */
export async function handlersOf(client: ClientBase, described: Described): Promise<Handled> {
  const handled: Handled = { runs: [], problems: [] };
  for (const [handler, workflow] of await wantedBy(client, described)) {
    const made = await handlerRun(client, described, handler, workflow).catch((error: unknown): HandlerProblem => {
      // Whom it acts for is gone, or its version is of another release: whatever else follows from the fact follows all the same.
      if (error instanceof DomainError || error instanceof ZodError) return { handler, workflow, message: error.message };
      throw error;
    });
    if (made === null) continue;
    if ("message" in made) handled.problems.push(made);
    else handled.runs.push(made);
  }
  return handled;
}

async function wantedBy(client: ClientBase, { event, fact, errorWorkflow, isMuted }: Described): Promise<[Handler, string][]> {
  if (event.event !== "runFailed" && event.event !== "runSucceeded") return [];
  const own: [Handler, string][] = event.event === "runFailed" && errorWorkflow !== null ? [["errorWorkflow", errorWorkflow]] : [];
  if (isMuted) return own;
  const { rows: [setting] } = await client.query<{ value: { errorWorkflow?: string; successWorkflow?: string } }>({ name: "fact-handlers", text: SETTING, values: [HANDLERS_SETTING, fact.workspaceId] });
  const shared = event.event === "runFailed" ? setting?.value.errorWorkflow : setting?.value.successWorkflow;
  return shared === undefined ? own : [...own, [event.event === "runFailed" ? "workspaceError" : "workspaceSuccess", shared]];
}

/** Null: runs of this workflow led to what it would be told of. The run's id comes from the fact: made twice, it is one. */
async function handlerRun(client: ClientBase, { fact, event, chain, environment }: Described, handler: Handler, workflow: string): Promise<EnqueuedRun | HandlerProblem | null> {
  const { rows: [target] } = await client.query<{ workflowId: string; versionId: string; definition: unknown; runAs: unknown; publisherRights: unknown }>({ name: "fact-handler-workflow", text: TARGET, values: [fact.workspaceId, workflow, environment?.id ?? null] });
  if (target === undefined) return { handler, workflow, message: `there is no published workflow ${workflow}${environment === null ? "" : ` in ${environment.slug}`}` };
  if (chain.includes(target.workflowId)) return null;
  const { input: schema, settings }: Definition = definitionSchema.parse(target.definition);
  const [problem] = validateAgainst(schema, event);
  if (problem !== undefined) return { handler, workflow, message: `its input schema does not take the event: input${problem.path} ${problem.message}` };
  const id = v5(`${fact.workspaceId} ${fact.key} ${handler}`, NAMESPACE);
  return {
    id,
    workspaceId: fact.workspaceId,
    workflowId: target.workflowId,
    versionId: target.versionId,
    mode: "production",
    pool: settings.pool ?? "default",
    priority: settings.priority ?? 0,
    input: encodeValue(event),
    trigger: encodeValue({ id: fact.id, kind: "handler", handler, chain, event: event.event, body: event }),
    triggerKind: "handler",
    parent: null,
    rootRunId: id,
    depth: 0,
    labels: settings.labels ?? {},
    environmentId: environment?.id ?? null,
    options: environment === null ? {} : { environment: environment.slug },
    ...(await identityOfEvent(fact.workspaceId, versionIdentityOf(target), { type: "handler", id: null, name: `handler of ${event.workflow?.name ?? "a run"}` })),
  };
}
