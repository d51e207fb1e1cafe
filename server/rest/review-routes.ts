import { z } from "zod";
import { protectionRuleSchema, setProtectionInput } from "@/server/protection/contract";
import { listRules, setRule } from "@/server/protection/service";
import * as contract from "@/server/reviews/contract";
import * as service from "@/server/reviews/service";
import { route } from "./route";

const tag = "Reviews";
const rules = z.object({ items: z.array(protectionRuleSchema) });

export const reviewRoutes = [
  route("POST /workflows/{workflowId}/reviews", {
    tag, permission: "workflow:write", summary: "Ask for a review of the draft as it is now, or of a version that is to come to an environment", status: 201,
    input: contract.requestReviewInput, output: contract.reviewDetailSchema,
    handle: (context, input) => service.requestReview(context, input),
  }),
  route("GET /workflows/{workflowId}/protection", {
    tag, permission: "workflow:read", summary: "Whether a workflow is locked, and whether publishing needs a review",
    input: contract.workflowInput, output: contract.protectionStateSchema,
    handle: (context, input) => service.getProtection(context, input),
  }),
  route("GET /reviews", {
    tag, permission: "workflow:read", summary: "Reviews, the newest first: those that wait for a decision, one's own, or all",
    input: contract.listReviewsInput, output: contract.reviewPageSchema,
    handle: (context, input) => service.listReviews(context, input),
  }),
  route("GET /reviews/{reviewId}", {
    tag, permission: "workflow:read", summary: "One review with the draft, the version that it is compared with, and what was said",
    input: contract.reviewRefInput, output: contract.reviewDetailSchema,
    handle: (context, input) => service.getReview(context, input),
  }),
  route("POST /reviews/{reviewId}/comments", {
    tag, permission: "workflow:write", summary: "Say something to a review",
    input: contract.commentInput, output: contract.reviewDetailSchema,
    handle: (context, input) => service.commentReview(context, input),
  }),
  route("POST /reviews/{reviewId}/withdraw", {
    tag, permission: "workflow:write", summary: "Withdraw a review",
    input: contract.reviewRefInput, output: contract.reviewDetailSchema,
    handle: (context, input) => service.withdrawReview(context, input),
  }),
  route("GET /protection", {
    tag, permission: "settings:read", isWhole: true, summary: "The rules that protect folders, environments and the workspace",
    input: z.object({}), output: rules,
    handle: async (context) => ({ items: await listRules(context) }),
  }),
  route("PUT /protection", {
    tag, permission: "settings:write", isWhole: true, summary: "Put the rule of one place or environment; neither of both takes it away",
    input: setProtectionInput, output: rules,
    handle: async (context, input) => ({ items: await setRule(context, input) }),
  }),
];
