import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { definitionSchema } from "@/server/engine/definition";
import { deployedIn, findEnvironment, findEnvironments, holdEnvironments, recordDeployment, requirePromoter } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked, requireVersionReviewed, reviewUsed } from "@/server/protection/service";
import { tellTriggerChanged } from "@/server/triggers/service";
import { findWorkflow, goLive, lockWorkflow, requireTriggersUsable, tellWorkflowChanged } from "@/server/workflows/service";
import type * as contract from "./contract";
import { checkRoute, findRoute, findWayBack, type Route } from "./plan";
import { viewDeployments } from "./views";

interface Context {
  scope: Scope;
}
type Decision = z.output<typeof contract.rollBackInput>;
type Result = contract.DeploymentsOfWorkflow;

/** Brings a version from one environment to the next. If it is there already, nothing happens. */
export function promote(context: Context, input: z.output<typeof contract.promoteInput>): Promise<Result> {
  return deploy(context, input, (tx) => findRoute(tx, input));
}

/** Brings back a version that the environment has had. */
export function rollBack(context: Context, input: z.output<typeof contract.rollBackInput>): Promise<Result> {
  return deploy(context, input, (tx) => findWayBack(tx, input));
}

async function deploy({ scope }: Context, decision: Decision, find: (tx: Tx) => Promise<Route>): Promise<Result> {
  // A version never changes: what is found out about it before the lock still holds under it.
  const planned = await scope.db.transaction(find);
  requirePromoter(scope, planned.to);
  const { checks } = await checkRoute(scope, planned);
  const { result, triggerIds } = await scope.db.transaction(async (tx) => {
    await holdEnvironments(tx, scope.workspaceId);
    await lockWorkflow(tx, decision.workflowId);
    const route = await find(tx);
    const there = await deployedIn(tx, decision.workflowId, route.to.id);
    const triggerIds = there?.versionId === decision.versionId ? [] : await put(tx, scope, { decision, route, there, problems: checks.filter(({ severity }) => severity === "error") });
    return { result: await viewDeployments(tx, scope, decision.workflowId), triggerIds };
  });
  for (const triggerId of triggerIds) tellTriggerChanged(scope.workspaceId, triggerId);
  return result;
}

interface Put {
  decision: Decision;
  route: Route;
  there: { versionId: string; number: number } | null;
  problems: contract.Check[];
}

async function put(tx: Tx, scope: Scope, { decision, route, there, problems }: Put): Promise<string[]> {
  const { workflow, from, to, version } = route;
  const { id: workflowId, name } = workflow;
  const { versionId, expectedVersionId, note, bypassReview = false } = decision;
  const number = version.number ?? 0;
  if (from !== null) await requireSame(tx, workflowId, from, versionId, number);
  if (expectedVersionId !== undefined && expectedVersionId !== (there?.versionId ?? null)) await requireSame(tx, workflowId, to, expectedVersionId, there?.number ?? 0);
  await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
  if (problems.length > 0) throw new DomainError("promotion_refused", { environment: to.name, problems });
  const reviewed = await requireVersionReviewed(tx, scope, { workflow, version, to, there }, bypassReview);
  const isLive = (await findEnvironments(tx)).at(-1)?.id === to.id;
  await requireTriggersUsable(tx, scope, workflowId, isLive ? null : to.id);
  await recordDeployment(tx, scope, { workflowId, environmentId: to.id, versionId, kind: from === null ? "rolled_back" : "promoted", ...(from === null ? {} : { fromEnvironmentId: from.id }), note });
  const triggerIds = isLive ? await goLive(tx, scope, workflowId, versionId, definitionSchema.parse(version.definition)) : [];
  await reviewUsed(tx, scope, { workflowId, environmentId: to.id }, reviewed, number);
  await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
  await recordAudit(tx, scope, {
    action: from === null ? "workflow.rolled_back" : "workflow.promoted",
    resource: { type: "workflow", id: workflowId, name },
    before: { number: there?.number ?? null },
    after: { environment: to.slug, ...(from === null ? {} : { from: from.slug }), number, note },
  });
  return triggerIds;
}

/** Another version than the one that was looked at is a conflict. */
async function requireSame(tx: Tx, workflowId: string, environment: { id: string; name: string }, expectedId: string | null, shown: number): Promise<void> {
  const there = await deployedIn(tx, workflowId, environment.id);
  if ((there?.versionId ?? null) === expectedId) return;
  const expected = expectedId === null ? null : await tx.workflowVersion.findFirst({ where: { id: expectedId, workflowId }, select: { number: true } });
  if (expectedId !== null && expected === null) throw new DomainError("not_found", { what: "version", id: expectedId });
  throw new DomainError("version_conflict", { workflowId, environment: environment.name, expectedRevision: expected?.number ?? 0, currentRevision: there?.number ?? shown });
}

/** Takes a workflow out of an environment. What is live stays: archive the workflow to end it. */
export function withdraw({ scope }: Context, { workflowId, environment: ref }: z.output<typeof contract.withdrawInput>): Promise<Result> {
  return scope.db.transaction(async (tx) => {
    await holdEnvironments(tx, scope.workspaceId);
    await lockWorkflow(tx, workflowId);
    const { name } = await findWorkflow(tx, workflowId);
    const environment = await findEnvironment(tx, ref);
    requirePromoter(scope, environment);
    await requireUnlocked(tx, scope, { workflowIds: [workflowId] });
    if ((await findEnvironments(tx)).at(-1)?.id === environment.id) throw new DomainError("invalid_input", { field: "environment", reason: `is ${environment.name}, which is live: archive the workflow to take it out` });
    const bound = await tx.trigger.findMany({ where: { workflowId, environmentId: environment.id, retiredAt: null }, select: { name: true }, orderBy: { name: "asc" } });
    if (bound.length > 0) throw new DomainError("in_use", { what: "environment", id: environment.id, usedBy: bound.map((trigger) => `trigger ${trigger.name}`) });
    const { count } = await tx.deployment.updateMany({ where: { workflowId, environmentId: environment.id, replacedAt: null }, data: { replacedAt: new Date() } });
    if (count > 0) {
      await tellWorkflowChanged(tx, scope.workspaceId, workflowId);
      await recordAudit(tx, scope, { action: "workflow.withdrawn", resource: { type: "workflow", id: workflowId, name }, after: { environment: environment.slug } });
    }
    return viewDeployments(tx, scope, workflowId);
  });
}
