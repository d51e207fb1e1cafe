import { z } from "zod";
import { procedure, router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const environmentsRouter = router({
  list: procedure("workflow:read")
    .output(contract.environmentsSchema)
    .query(({ ctx }) => service.listEnvironments(ctx)),
  add: wholeProcedure("settings:write")
    .input(contract.addEnvironmentsInput)
    .output(contract.environmentsSchema)
    .mutation(({ ctx, input }) => service.addEnvironments(ctx, input)),
  change: wholeProcedure("settings:write")
    .input(contract.changeEnvironmentInput)
    .output(contract.environmentsSchema)
    .mutation(({ ctx, input }) => service.changeEnvironment(ctx, input)),
  order: wholeProcedure("settings:write")
    .input(contract.orderEnvironmentsInput)
    .output(contract.environmentsSchema)
    .mutation(({ ctx, input }) => service.orderEnvironments(ctx, input)),
  remove: wholeProcedure("settings:write")
    .input(contract.removeEnvironmentInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.removeEnvironment(ctx, input)),
});
