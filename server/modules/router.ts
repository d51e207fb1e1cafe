import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const modulesRouter = router({
  list: procedure("workflow:read")
    .output(z.array(contract.moduleSchema))
    .query(({ ctx }) => service.listModules(ctx)),
  version: procedure("workflow:read")
    .input(contract.moduleVersionInput)
    .output(contract.moduleVersionSchema)
    .query(({ ctx, input }) => service.getModuleVersion(ctx, input)),
  uses: procedure("workflow:read")
    .input(contract.moduleRefInput)
    .output(z.array(contract.moduleUseSchema))
    .query(({ ctx, input }) => service.listUses(ctx, input)),
  create: procedure("workflow:write")
    .input(contract.createModuleInput)
    .output(contract.moduleSchema)
    .mutation(({ ctx, input }) => service.createModule(ctx, input)),
  addVersion: procedure("workflow:write")
    .input(contract.addModuleVersionInput)
    .output(contract.moduleSchema)
    .mutation(({ ctx, input }) => service.addVersion(ctx, input)),
  remove: procedure("workflow:delete")
    .input(contract.moduleRefInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.removeModule(ctx, input)),
});
