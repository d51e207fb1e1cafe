import type { z } from "zod";
import type { Workflow, WorkflowVersion } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { definitionSchema } from "@/server/engine/definition";
import { deployedIn, type Environment, findEnvironments, mayPromoteIt, wasDeployedIn } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { approvalOf, isLockedFor, reviewRulesOf, wasReviewed } from "@/server/protection/service";
import { findEditableWorkflow } from "@/server/workflows/service";
import { checkVersion } from "./checks";
import type * as contract from "./contract";
import { toEnvironmentName } from "./views";

/** A version on its way. */
export interface Route {
  workflow: Workflow;
  /** Null: an earlier version of the environment itself. */
  from: Environment | null;
  to: Environment;
  version: WorkflowVersion;
}

interface Wanted {
  workflowId: string;
  environment: string;
  from?: string | undefined;
  versionId?: string | undefined;
}

const refuse = (field: string, reason: string) => new DomainError("invalid_input", { field, reason });

/** A version comes from the environment before, or from any earlier one where that is allowed. */
export async function findRoute(tx: Tx, { workflowId, environment, from, versionId }: Wanted): Promise<Route> {
  const workflow = await findEditableWorkflow(tx, workflowId);
  const all = await findEnvironments(tx);
  const at = positionOf(all, environment);
  const to = all[at]!;
  const before = from !== undefined ? positionOf(all, from) : (to.allowsSkipping && versionId !== undefined ? await lastWith(tx, workflowId, all.slice(0, at), versionId) : null) ?? at - 1;
  const source = all[before];
  if (source === undefined) throw refuse("environment", `is ${to.name}, which is the first: publish the draft to bring it there`);
  if (before >= at) throw refuse("from", `is ${source.name}, which does not come before ${to.name}`);
  if (before < at - 1 && !to.allowsSkipping) throw refuse("from", `is ${source.name}: ${to.name} takes versions from ${all[at - 1]!.name} only`);
  const there = await deployedIn(tx, workflowId, source.id);
  const wanted = versionId ?? there?.versionId;
  if (wanted === undefined) throw new DomainError("not_published", { workflowId, environment: source.name });
  return { workflow, from: source, to, version: await findVersion(tx, workflowId, wanted) };
}

/** The nearest of them that has the version now. */
async function lastWith(tx: Tx, workflowId: string, earlier: readonly Environment[], versionId: string): Promise<number | null> {
  for (let at = earlier.length - 1; at >= 0; at -= 1) {
    if ((await deployedIn(tx, workflowId, earlier[at]!.id))?.versionId === versionId) return at;
  }
  return null;
}

/** Back to a version that the environment has had. */
export async function findWayBack(tx: Tx, { workflowId, environment, versionId }: { workflowId: string; environment: string; versionId: string }): Promise<Route> {
  const workflow = await findEditableWorkflow(tx, workflowId);
  const all = await findEnvironments(tx);
  const to = all[positionOf(all, environment)]!;
  const version = await findVersion(tx, workflowId, versionId);
  if (!(await wasDeployedIn(tx, { workflowId, environmentId: to.id, versionId }))) throw refuse("versionId", `names version ${version.number}, which ${to.name} has never had: promote it`);
  return { workflow, from: null, to, version };
}

function positionOf(all: readonly Environment[], ref: string): number {
  const at = all.findIndex(({ id, slug }) => id === ref || slug === ref);
  if (at < 0) throw new DomainError("not_found", { what: "environment", id: ref });
  return at;
}

async function findVersion(tx: Tx, workflowId: string, id: string): Promise<WorkflowVersion> {
  const version = await tx.workflowVersion.findFirst({ where: { id, workflowId, listed: true } });
  if (version === null) throw new DomainError("not_found", { what: "version", id });
  return version;
}

export function checkRoute(scope: Scope, { workflow, from, to, version }: Route) {
  return checkVersion(scope, { workflowId: workflow.id, definition: definitionSchema.parse(version.definition), runAs: version.runAs, from: from ?? to, to });
}

/** A version that the environment before has no more cannot come from there. */
function movedOn({ name }: Environment, now: { number: number } | null, { number }: WorkflowVersion): contract.Check {
  return { severity: "error", code: "source_moved", message: `${name} has ${now === null ? "no version" : `version ${now.number}`} now: version ${number} does not come from there any more.`, path: "" };
}

/** What a promotion changes and whether it may happen, for whoever is about to decide. An earlier version of the environment is one to go back to. */
export async function planPromotion({ scope }: { scope: Scope }, input: z.output<typeof contract.planInput>): Promise<contract.PromotionPlan> {
  const found = await scope.db.transaction(async (tx) => {
    const route = await findEitherRoute(tx, input);
    const { workflow, from, to, version } = route;
    const source = from === null ? null : await deployedIn(tx, workflow.id, from.id);
    const there = await deployedIn(tx, workflow.id, to.id);
    const rules = await reviewRulesOf(tx, scope, workflow.id, [null]);
    const { reviewId: _, ...approval } = await approvalOf(tx, scope, { workflow, version, to, there });
    const request = await tx.reviewRequest.findFirst({ where: { workflowId: workflow.id, environmentId: to.id, versionId: version.id, baseVersionId: there?.versionId ?? null, status: { in: ["open", "approved", "changes_requested"] } }, select: { id: true, status: true } });
    return {
      route,
      moved: from === null || source?.versionId === version.id ? [] : [movedOn(from, source, version)],
      approval: { ...approval, request: request as contract.PromotionPlan["approval"]["request"] },
      current: there === null ? null : await findVersion(tx, workflow.id, there.versionId),
      review: { isNeeded: rules !== null, isReviewed: await wasReviewed(tx, workflow.id, version), mayBypass: rules?.mayBypass ?? false },
      isLocked: await isLockedFor(tx, scope, { workflowIds: [workflow.id] }),
    };
  });
  const { route, moved, current, review, approval, isLocked } = found;
  const { from, to, version } = route;
  const { checks, values } = await checkRoute(scope, route);
  return {
    environment: toEnvironmentName(to), from: from && toEnvironmentName(from), version: toPlanVersion(version), current: current && toPlanVersion(current),
    checks: [...moved, ...checks], values, review, approval, isLocked, mayPromote: await mayPromoteIt(scope, to, route.workflow.id),
  };
}

/** The way back to a version that the environment has had, else the way of a promotion. */
export async function findEitherRoute(tx: Tx, input: Wanted): Promise<Route> {
  const { versionId } = input;
  const back = versionId === undefined || input.from !== undefined ? null : await wayBackIfKnown(tx, { ...input, versionId });
  return back ?? findRoute(tx, input);
}

async function wayBackIfKnown(tx: Tx, wanted: { workflowId: string; environment: string; versionId: string }): Promise<Route | null> {
  const all = await findEnvironments(tx);
  const to = all[positionOf(all, wanted.environment)]!;
  await findEditableWorkflow(tx, wanted.workflowId);
  return (await wasDeployedIn(tx, { ...wanted, environmentId: to.id })) ? findWayBack(tx, wanted) : null;
}

function toPlanVersion({ id, number, note, createdAt, definition }: WorkflowVersion) {
  return { id, number: number ?? 0, note, createdAt: createdAt.toISOString(), definition: definition as Record<string, unknown> };
}
