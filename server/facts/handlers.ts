import type { ClientBase } from "pg";
import { v5 } from "uuid";
import { ZodError } from "zod";
import { readBound, versionIdentityOf } from "@/server/auth/acting/run-as";
import { type Bound, EARLIER_BOUND } from "@/server/auth/acting/run-identity";
import { identityOfNamed } from "@/server/auth/acting/start-identity";
import { keptGiven } from "@/server/blobs/service";
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

interface Wanted {
  handler: Handler;
  workflow: string;
  /** What whoever named it might do. Null: it was named before that was recorded. */
  namerRights: Bound | null;
}

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
  for (const wanted of await wantedBy(client, described)) {
    const { handler, workflow } = wanted;
    const made = await handlerRun(client, described, wanted).catch((error: unknown): HandlerProblem => {
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

async function wantedBy(client: ClientBase, { event, fact, errorWorkflow, publisherRights, isMuted }: Described): Promise<Wanted[]> {
  if (event.event !== "runFailed" && event.event !== "runSucceeded") return [];
  const own: Wanted[] = event.event === "runFailed" && errorWorkflow !== null ? [{ handler: "errorWorkflow", workflow: errorWorkflow, namerRights: readBound(publisherRights) ?? EARLIER_BOUND }] : [];
  if (isMuted) return own;
  const { rows: [setting] } = await client.query<{ value: { errorWorkflow?: string; successWorkflow?: string; setterRights?: unknown } }>({ name: "fact-handlers", text: SETTING, values: [HANDLERS_SETTING, fact.workspaceId] });
  const shared = event.event === "runFailed" ? setting?.value.errorWorkflow : setting?.value.successWorkflow;
  return shared === undefined ? own : [...own, { handler: event.event === "runFailed" ? "workspaceError" : "workspaceSuccess", workflow: shared, namerRights: readBound(setting?.value.setterRights) }];
}

/** Null: runs of this workflow led to what it would be told of. The run's id comes from the fact: made twice, it is one. */
async function handlerRun(client: ClientBase, { fact, event, chain, environment }: Described, { handler, workflow, namerRights }: Wanted): Promise<EnqueuedRun | HandlerProblem | null> {
  const { rows: [target] } = await client.query<{ workflowId: string; versionId: string; definition: unknown; runAs: unknown; publisherRights: unknown }>({ name: "fact-handler-workflow", text: TARGET, values: [fact.workspaceId, workflow, environment?.id ?? null] });
  if (target === undefined) return { handler, workflow, message: `there is no published workflow ${workflow}${environment === null ? "" : ` in ${environment.slug}`}` };
  if (chain.includes(target.workflowId)) return null;
  const { input: schema, settings }: Definition = definitionSchema.parse(target.definition);
  const [problem] = validateAgainst(schema, event);
  if (problem !== undefined) return { handler, workflow, message: `its input schema does not take the event: input${problem.path} ${problem.message}` };
  const id = v5(`${fact.workspaceId} ${fact.key} ${handler}`, NAMESPACE);
  return keptGiven<EnqueuedRun>({
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
    ...(await identityOfNamed(fact.workspaceId, target.workflowId, versionIdentityOf(target), { type: "handler", id: null, name: `handler of ${event.workflow?.name ?? "a run"}` }, namerRights)),
  });
}
