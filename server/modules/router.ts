import { z } from "zod";
import { procedure, router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const modulesRouter = router({
  list: procedure("workflow:read")
    .output(z.array(contract.moduleSchema))
    .query(({ ctx }) => service.listModules(ctx)),
  get: procedure("workflow:read")
    .input(contract.moduleRefInput)
    .output(contract.moduleDetailSchema)
    .query(({ ctx, input }) => service.getModule(ctx, input)),
  versions: procedure("workflow:read")
    .input(contract.listModuleVersionsInput)
    .output(z.array(contract.moduleVersionLineSchema))
    .query(({ ctx, input }) => service.listModuleVersions(ctx, input)),
  ofDraft: procedure("workflow:read")
    .input(contract.draftRefInput)
    .output(contract.moduleSchema)
    .query(({ ctx, input }) => service.findModuleOfDraft(ctx, input)),
  openDraft: wholeProcedure("workflow:write")
    .input(contract.moduleRefInput)
    .output(contract.draftRefInput)
    .mutation(({ ctx, input }) => service.openDraft(ctx, input)),
  updateUse: procedure("workflow:write")
    .input(contract.updateUseInput)
    .output(z.object({ before: z.int().nullable() }))
    .mutation(({ ctx, input }) => service.updateUse(ctx, input)),
  version: procedure("workflow:read")
    .input(contract.moduleVersionInput)
    .output(contract.moduleVersionSchema)
    .query(({ ctx, input }) => service.getModuleVersion(ctx, input)),
  uses: procedure("workflow:read")
    .input(contract.moduleRefInput)
    .output(z.array(contract.moduleUseSchema))
    .query(({ ctx, input }) => service.listUses(ctx, input)),
  create: wholeProcedure("workflow:write")
    .input(contract.createModuleInput)
    .output(contract.moduleSchema)
    .mutation(({ ctx, input }) => service.createModule(ctx, input)),
  rename: wholeProcedure("workflow:write")
    .input(contract.renameModuleInput)
    .output(contract.moduleSchema)
    .mutation(({ ctx, input }) => service.renameModule(ctx, input)),
  addVersion: wholeProcedure("workflow:write")
    .input(contract.addModuleVersionInput)
    .output(contract.moduleSchema)
    .mutation(({ ctx, input }) => service.addVersion(ctx, input)),
  remove: wholeProcedure("workflow:delete")
    .input(contract.moduleRefInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.removeModule(ctx, input)),
});
