import { z } from "zod";
import { usesSchema } from "@/server/named-values/contract";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const variablesRouter = router({
  list: procedure("variable:read").output(z.array(contract.variableViewSchema)).query(({ ctx }) => service.listVariables(ctx)),
  ofWorkflow: procedure("variable:read")
    .input(contract.variablesOfWorkflowInput)
    .output(contract.seenVariablesSchema)
    .query(({ ctx, input }) => service.variablesOfWorkflow(ctx, input)),
  uses: procedure("variable:read").input(contract.variableIdInput).output(usesSchema).query(({ ctx, input }) => service.viewVariableUses(ctx, input)),
  set: procedure("variable:write")
    .input(contract.setVariableInput)
    .output(z.object({ name: z.string() }))
    .mutation(({ ctx, input }) => service.setVariable(ctx, input)),
  delete: procedure("variable:write")
    .input(contract.variableRefInput)
    .mutation(({ ctx, input }) => service.deleteVariable(ctx, input)),
});
