import type { z } from "zod";
import { deploymentsOfWorkflowSchema, planSchema, type promoteInput } from "@/server/deployments/contract";
import type { Scope } from "@/server/auth/scope";
import { workflowPageSchema } from "@/server/workflows/contract";
import { CommandError, EXIT } from "./exit-codes";
import { openLocalScope, withInstallation } from "./installation";
import { callerOf } from "./remote-target";
import type { TransferOptions, Voice } from "./transfer-commands";

export interface PromoteOptions extends TransferOptions {
  to: string;
  from?: string;
  note?: string;
  preview?: boolean;
  bypassReview?: boolean;
}

type Plan = z.output<typeof planSchema>;
type Promotion = Omit<z.output<typeof promoteInput>, "workflowId">;

/** Where the workflow is: what a promotion asks of it. */
interface Place {
  plan(wanted: { environment: string; from?: string }): Promise<Plan>;
  promote(decision: Promotion): Promise<unknown>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Brings what the environment before has to the next one. What was planned is what happens: a version that came between is a conflict. */
export async function promoteWorkflow(source: NodeJS.ProcessEnv, workflow: string, options: PromoteOptions, voice: Voice): Promise<void> {
  const { server, token = "", workspace } = options;
  if (server !== undefined) return promoteAt(await remotePlace(server, token, workflow), options, voice);
  await withInstallation(source, async () => promoteAt(await localPlace(await openLocalScope(workspace), workflow), options, voice));
}

async function promoteAt(place: Place, { to, from, note: about = "", preview = false, bypassReview }: PromoteOptions, { say, note }: Voice): Promise<void> {
  const plan = await place.plan({ environment: to, ...(from === undefined ? {} : { from }) });
  const { version, current, environment } = plan;
  for (const { severity, message } of plan.checks) note(`${severity}: ${message}`);
  for (const hindrance of hindrancesOf(plan)) note(hindrance);
  const way = `version ${version.number}${plan.from === null ? "" : ` from ${plan.from.name}`} to ${environment.name}, which has ${current === null ? "none" : `version ${current.number}`}`;
  if (preview) return note(`It would bring ${way}. Nothing was promoted.`);
  await place.promote({
    environment: to, versionId: version.id, expectedVersionId: current?.id ?? null, note: about,
    ...(from === undefined ? {} : { from }), ...(bypassReview === undefined ? {} : { bypassReview }),
  });
  note(`Brought ${way}.`);
  say(version.id);
}

function hindrancesOf({ review, approval, isLocked, mayPromote }: Plan): string[] {
  return [
    ...(isLocked ? ["locked: the workflow's folder or its workspace is locked"] : []),
    ...(mayPromote ? [] : ["not allowed: the environment names others who promote"]),
    ...(review.isNeeded && !review.isReviewed ? ["review needed: nobody has approved this version"] : []),
    ...(approval.isNeeded && !approval.isGiven ? ["approval needed: nobody has approved that this version comes there"] : []),
  ];
}

async function localPlace(scope: Scope, named: string): Promise<Place> {
  const service = await import("@/server/deployments/service");
  const found = await scope.db.workflow.findFirst({ where: { deletedAt: null, ...(UUID.test(named) ? { id: named } : { slug: named }) }, select: { id: true } });
  if (found === null) throw unknown(named);
  const workflowId = found.id;
  return { plan: (wanted) => service.planPromotion({ scope }, { workflowId, ...wanted }), promote: (decision) => service.promote({ scope }, { workflowId, ...decision }) };
}

async function remotePlace(server: string, token: string, named: string): Promise<Place> {
  const call = callerOf(server, token);
  const workflowId = UUID.test(named) ? named : await idOf(call, named);
  return {
    plan: ({ environment, from }) => call(planSchema, "GET", `/workflows/${workflowId}/promotion?${new URLSearchParams({ environment, ...(from === undefined ? {} : { from }) }).toString()}`),
    promote: (decision) => call(deploymentsOfWorkflowSchema, "POST", `/workflows/${workflowId}/promotions`, decision),
  };
}

async function idOf(call: ReturnType<typeof callerOf>, slug: string): Promise<string> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: z.output<typeof workflowPageSchema> = await call(workflowPageSchema, "GET", `/workflows?limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
    const found = page.items.find((one) => one.slug === slug);
    if (found !== undefined) return found.id;
    cursor = page.nextCursor;
  }
  throw unknown(slug);
}

const unknown = (named: string) => new CommandError(EXIT.badInput, `There is no workflow ${named}: name it by its slug, as in an exported file, or by its id.`);
