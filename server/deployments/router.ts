import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const deploymentsRouter = router({
  ofWorkflow: procedure("workflow:read")
    .input(contract.workflowInput)
    .output(contract.deploymentsOfWorkflowSchema)
    .query(({ ctx, input }) => service.deploymentsOfWorkflow(ctx, input)),
  plan: procedure("workflow:read")
    .input(contract.planInput)
    .output(contract.planSchema)
    .query(({ ctx, input }) => service.planPromotion(ctx, input)),
  promote: procedure("workflow:publish")
    .input(contract.promoteInput)
    .output(contract.deploymentsOfWorkflowSchema)
    .mutation(({ ctx, input }) => service.promote(ctx, input)),
  rollBack: procedure("workflow:publish")
    .input(contract.rollBackInput)
    .output(contract.deploymentsOfWorkflowSchema)
    .mutation(({ ctx, input }) => service.rollBack(ctx, input)),
  withdraw: procedure("workflow:publish")
    .input(contract.withdrawInput)
    .output(contract.deploymentsOfWorkflowSchema)
    .mutation(({ ctx, input }) => service.withdraw(ctx, input)),
});
