import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const reviewsRouter = router({
  protection: procedure("workflow:read")
    .input(contract.workflowInput)
    .output(contract.protectionStateSchema)
    .query(({ ctx, input }) => service.getProtection(ctx, input)),
  list: procedure("workflow:read")
    .input(contract.listReviewsInput)
    .output(contract.reviewPageSchema)
    .query(({ ctx, input }) => service.listReviews(ctx, input)),
  get: procedure("workflow:read")
    .input(contract.reviewRefInput)
    .output(contract.reviewDetailSchema)
    .query(({ ctx, input }) => service.getReview(ctx, input)),
  request: procedure("workflow:write")
    .input(contract.requestReviewInput)
    .output(contract.reviewDetailSchema)
    .mutation(({ ctx, input }) => service.requestReview(ctx, input)),
  comment: procedure("workflow:write")
    .input(contract.commentInput)
    .output(contract.reviewDetailSchema)
    .mutation(({ ctx, input }) => service.commentReview(ctx, input)),
  decide: procedure("workflow:publish")
    .input(contract.decideInput)
    .output(contract.reviewDetailSchema)
    .mutation(({ ctx, input }) => service.decideReview(ctx, input)),
  withdraw: procedure("workflow:write")
    .input(contract.reviewRefInput)
    .output(contract.reviewDetailSchema)
    .mutation(({ ctx, input }) => service.withdrawReview(ctx, input)),
});
