import { z } from "zod";
import { environmentNameSchema, environmentRefSchema, environmentSchema } from "@/server/environments/contract";
import { momentSchema } from "@/server/paging/contract";
import { draftDocumentSchema, personSchema, workflowIdSchema } from "@/server/workflows/contract";

const versionSchema = z.object({ id: z.string(), number: z.int() });
const noteSchema = z.string().trim().max(2_000).default("");

export const deploymentKindSchema = z.enum(["initial", "published", "promoted", "rolled_back"]);

export const deploymentSchema = z.object({
  id: z.string(),
  environmentId: z.string(),
  kind: deploymentKindSchema,
  version: versionSchema,
  /** Of a promotion. */
  from: environmentNameSchema.nullable(),
  note: z.string(),
  by: personSchema.nullable(),
  at: momentSchema,
  replacedAt: momentSchema.nullable(),
});
export type DeploymentView = z.output<typeof deploymentSchema>;

/** What each environment has, in the order of promotion, and what it had: the newest first, the latest 100. */
export const deploymentsOfWorkflowSchema = z.object({
  environments: z.array(environmentSchema.extend({ current: deploymentSchema.nullable() })),
  history: z.array(deploymentSchema),
});
export type DeploymentsOfWorkflow = z.output<typeof deploymentsOfWorkflowSchema>;

export const workflowInput = z.object({ workflowId: workflowIdSchema });

const target = { workflowId: workflowIdSchema, environment: environmentRefSchema.describe("Where to: an environment's id or its name for programs.") };

/** Without a version: what the environment before has. */
export const planInput = z.object({ ...target, from: environmentRefSchema.optional(), versionId: z.uuid().optional() });

export const checkSchema = z.object({ severity: z.enum(["error", "warning"]), code: z.string(), message: z.string(), nodeId: z.string().optional(), path: z.string() });
export type Check = z.output<typeof checkSchema>;

/** A value that the version names: what it is where the version comes from, and where it goes. Of secrets only whether there is one. */
export const comparedValueSchema = z.object({
  what: z.enum(["secret", "variable"]),
  name: z.string(),
  /** `own`: of the environment; `general`: of all that have none of their own; null: there is none. */
  from: z.enum(["own", "general"]).nullable(),
  to: z.enum(["own", "general"]).nullable(),
  /** As JSON text, for variables that whoever asks may read. */
  fromValue: z.string().nullable(),
  toValue: z.string().nullable(),
});
export type ComparedValue = z.output<typeof comparedValueSchema>;

const planVersionSchema = versionSchema.extend({ note: z.string(), createdAt: momentSchema, definition: draftDocumentSchema });
export const planSchema = z.object({
  environment: environmentNameSchema,
  /** Null: the version is an earlier one of the environment itself. */
  from: environmentNameSchema.nullable(),
  version: planVersionSchema,
  /** What it takes the place of. */
  current: planVersionSchema.nullable(),
  checks: z.array(checkSchema),
  values: z.array(comparedValueSchema),
  review: z.object({ isNeeded: z.boolean(), isReviewed: z.boolean(), mayBypass: z.boolean() }),
  /** By a rule for what comes to the environment. `request`: the one under way for this version. */
  approval: z.object({ isNeeded: z.boolean(), isGiven: z.boolean(), mayBypass: z.boolean(), request: z.object({ id: z.string(), status: z.enum(["open", "approved", "changes_requested"]) }).nullable() }),
  isLocked: z.boolean(),
  mayPromote: z.boolean(),
});
export type PromotionPlan = z.output<typeof planSchema>;

const decision = {
  ...target,
  versionId: z.uuid().describe("The version that is meant; if the environment that it comes from has another by now, nothing happens."),
  expectedVersionId: z.uuid().nullable().optional().describe("The version that the environment has, as you saw it; another one now is a conflict."),
  note: noteSchema,
  bypassReview: z.boolean().optional(),
};
/** Without `from`: the environment before. */
export const promoteInput = z.object({ ...decision, from: environmentRefSchema.optional() });
export const rollBackInput = z.object(decision);
export const withdrawInput = z.object(target);
