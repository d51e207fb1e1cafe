import { z } from "zod";
import { usesSchema } from "@/server/named-values/contract";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const secretsRouter = router({
  list: procedure("secret:list").output(z.array(contract.secretViewSchema)).query(({ ctx }) => service.listSecrets(ctx)),
  ofWorkflow: procedure("secret:list")
    .input(contract.secretsOfWorkflowInput)
    .output(contract.seenSecretsSchema)
    .query(({ ctx, input }) => service.secretsOfWorkflow(ctx, input)),
  uses: procedure("secret:list").input(contract.secretIdInput).output(usesSchema).query(({ ctx, input }) => service.viewSecretUses(ctx, input)),
  put: procedure("secret:write")
    .input(contract.putSecretInput)
    .output(z.object({ name: z.string(), revision: z.int() }))
    .mutation(({ ctx, input }) => service.putSecret(ctx, input)),
  delete: procedure("secret:write")
    .input(contract.secretRefInput)
    .mutation(({ ctx, input }) => service.deleteSecret(ctx, input)),
});
