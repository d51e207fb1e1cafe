import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { appRouter } from "../root";
import { idPositions, withAt } from "./id-positions";
import { answerOf, type callerOf, inputsOf, NAMELESS, type Owned, scopedProcedures } from "./walk";

/** One's own input with an id of somebody else's in one place. */
export interface Foreign {
  /** Procedure and place, as the lists below name them. */
  key: string;
  name: string;
  input: unknown;
}

/** Fields that are not called what they name. One that stands here under no name fails the walk. */
const NAMED: Record<string, keyof Owned> = {
  userId: "personId", userIds: "personId", startedById: "personId", workspaceId: "sideWorkspaceId", connectionId: "ssoId",
  role: "roleId", roles: "roleId", customRoleId: "roleId", parentId: "folderId", environment: "environmentId", versions: "versionId", expectedVersionId: "versionId",
  parentRunId: "runId", otherId: "runId", scopeId: "workflowId", errorWorkflow: "workflowId", successWorkflow: "workflowId",
};
const NAMED_IN: Record<string, keyof Owned> = {
  "organizations.setGroupMembers add.[]": "personId", "organizations.setGroupMembers remove.[]": "personId",
  "organizing.tagItems add.[]": "tagId", "organizing.tagItems remove.[]": "tagId", "workflows.list ids": "workflowId", "workflows.list ids.[]": "workflowId",
};
/** Of things that the walk makes none of: whatever stands there is as unknown as any. */
const UNMADE = ["sampleId", "shareId", "testId", "announcementId"];

/** Where the walk's own input is of another variant than the one that takes the id. */
function variantsOf(own: Owned): Record<string, unknown> {
  const { folderId, workflowId, runId, environmentId, serviceAccountId, issuerId, ruleId, storeId, versionId } = own;
  const rule = { ruleId, name: "Mine", conditions: [{ type: "runFailed" }] };
  const place = { runId, path: "start" };
  return {
    "access.grants place.workflowId": { place: { workflowId } },
    "access.explainProgram program.serviceAccountId": { program: { serviceAccountId }, permission: "run:read" },
    "access.explainProgram program.issuerId": { program: { issuerId }, permission: "run:read" },
    "organizing.restoreFolder items.[].itemId": { folderId, folderIds: [], items: [{ itemType: "workflow", itemId: workflowId }] },
    "protection.set mayChange.userIds.[]": { folderId, isLocked: true, mayChange: { roles: [], userIds: [] } },
    "protection.set mayPublish.userIds.[]": { folderId, needsReview: true, mayPublish: { roles: [], userIds: [] } },
    "reviews.request versionId": { workflowId, environment: environmentId, versionId },
    "testData.pin from.runId": { workflowId, nodeId: "start", from: place },
    "testData.testStep sources.{}.runId": { workflowId, nodeId: "start", sources: { start: place } },
    "testData.testStep loops.[].runId": { workflowId, nodeId: "start", loops: [{ ...place, id: "each", index: 0 }] },
    "secrets.put store.storeId": { name: "STORED", store: { storeId, ref: "path#key" } },
    "programs.createServiceAccount role.customRoleId": { name: "x", role: { kind: "custom" } },
    "programs.updateServiceAccount role.customRoleId": { serviceAccountId, role: { kind: "custom" } },
    "programs.setIssuer roles.[].role": { issuerId, roles: [{ value: "ops", role: "viewer" }] },
    "alerts.updateRule scopeId": { ...rule, scopeType: "workflow" },
  };
}

const FILTER = "narrows a list: what fits none of one's own is empty";
const ANSWERS = "answers of what is there, and leaves out what is not";
/** Where a foreign id is no error, and why; the answer holds nothing of what it names. */
export const LEFT_OUT: Record<string, string> = {
  "access.rights workflowIds.[]": ANSWERS, "access.rights folderIds.[]": ANSWERS, "limits.briefs runIds.[]": ANSWERS,
  "workflows.list folderId": FILTER, "workflows.list tagIds": FILTER, "workflows.list tagIds.[]": FILTER, "workflows.list ids": FILTER, "workflows.list ids.[]": FILTER,
  ...Object.fromEntries(["runs.list", "runs.chart"].flatMap((name) => ["workflowId", "versionId", "startedById", "environment", "environment.[]", "parentRunId"].map((at) => [`${name} ${at}`, FILTER]))),
  ...Object.fromEntries(["bulkJobs.count", "bulkJobs.cancel", "bulkJobs.rerun"].flatMap((name) => ["workflowId", "versionId", "startedById", "environment", "environment.[]", "parentRunId"].map((at) => [`${name} filter.${at}`, FILTER]))),
  "runChoices.starters id": FILTER, "runChoices.versions id": FILTER, "batches.list workflowId": FILTER, "triggers.list workflowId": FILTER, "waits.list runId": FILTER,
  "organizations.setGroupMembers remove.[]": "takes out whoever is in, and nobody else",
  "deployments.promote expectedVersionId": "is compared with what is there, and shown nowhere",
  "deployments.rollBack expectedVersionId": "is compared with what is there, and shown nowhere",
  "alerts.markRead ids.[]": "of one's own inbox alone",
  "testData.testStep sources.{}.runId": "only what the step reads is looked at (server/test-data/test-data.int.test.ts)",
};

interface Defined {
  _def: { inputs: z.ZodType[] };
}

/** Every place of every procedure of workspaces and organizations that takes an id, by its contract. */
export function foreignIds(own: Owned, foreign: Owned): { tried: Foreign[]; unknown: string[] } {
  const [inputs, variants] = [inputsOf(own), variantsOf(own)];
  const unknown: string[] = [];
  const tried = scopedProcedures.flatMap((name) => {
    const { inputs: schemas } = (appRouter._def.procedures as unknown as Record<string, Defined>)[name]!._def;
    return schemas.flatMap(idPositions).flatMap((at): Foreign[] => {
      const key = `${name} ${at.join(".")}`;
      const field = at.filter((step) => step !== "[]" && step !== "{}").at(-1) ?? "";
      const of = NAMED_IN[key] ?? NAMED[field] ?? [field, field.replace(/s$/, "")].find((one): one is keyof Owned => one in foreign);
      if (of === undefined && !UNMADE.includes(field) && !(key in LEFT_OUT)) unknown.push(key);
      const id = of === undefined ? foreign.itemId : foreign[of];
      return [{ key, name, input: withAt(variants[key] ?? inputs[name] ?? NAMELESS[name], at, id) }];
    });
  });
  return { tried, unknown: [...new Set([...unknown, ...[...Object.keys(variants), ...Object.keys(LEFT_OUT), ...Object.keys(NAMED_IN)].filter((key) => !tried.some((one) => one.key === key))])] };
}

/** `NOT_FOUND`, also for what only leaves it out, if it does. */
export async function outcomeOf({ userId, workspace: { slug } }: Scope, call: Awaited<ReturnType<typeof callerOf>>, { key, name, input }: Foreign, foreign: Owned): Promise<string> {
  if (!(key in LEFT_OUT)) return call(name, input);
  const answer = JSON.stringify(await answerOf(userId, slug, name, input)) ?? "";
  const told = Object.entries(foreign).find(([, id]) => answer.includes(id));
  return told === undefined ? "NOT_FOUND" : `tells of ${told[0]}`;
}
