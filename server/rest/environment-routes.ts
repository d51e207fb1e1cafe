import { z } from "zod";
import * as contract from "@/server/deployments/contract";
import * as service from "@/server/deployments/service";
import { environmentSchema } from "@/server/environments/contract";
import { listEnvironments } from "@/server/environments/service";
import { route } from "./route";

const tag = "Environments";
const environments = z.object({ items: z.array(environmentSchema) });

export const environmentRoutes = [
  route("GET /environments", {
    tag, permission: "workflow:read", summary: "The workspace's environments, in the order of promotion; the last one is live",
    input: z.object({}), output: environments,
    handle: async (context) => ({ items: await listEnvironments(context) }),
  }),
  route("GET /workflows/{workflowId}/deployments", {
    tag, permission: "workflow:read", summary: "Which version of a workflow each environment has, and what it had",
    input: contract.workflowInput, output: contract.deploymentsOfWorkflowSchema,
    handle: (context, input) => service.deploymentsOfWorkflow(context, input),
  }),
  route("GET /workflows/{workflowId}/promotion", {
    tag, permission: "workflow:read", summary: "What a promotion would change, and what keeps it from happening",
    input: contract.planInput, output: contract.planSchema,
    handle: (context, input) => service.planPromotion(context, input),
  }),
  route("POST /workflows/{workflowId}/promotions", {
    tag, permission: "workflow:publish", summary: "Bring a version from one environment to the next",
    input: contract.promoteInput, output: contract.deploymentsOfWorkflowSchema,
    handle: (context, input) => service.promote(context, input),
  }),
  route("POST /workflows/{workflowId}/rollbacks", {
    tag, permission: "workflow:publish", summary: "Bring back a version that an environment has had",
    input: contract.rollBackInput, output: contract.deploymentsOfWorkflowSchema,
    handle: (context, input) => service.rollBack(context, input),
  }),
];
