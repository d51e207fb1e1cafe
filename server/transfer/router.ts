import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const transferRouter = router({
  export: procedure("workflow:read")
    .input(contract.exportInput)
    .output(contract.exportedFileSchema)
    .query(({ ctx, input }) => service.exportWorkflows(ctx, input)),
  missing: procedure("workflow:read")
    .input(contract.missingInDraftInput)
    .output(contract.missingInDraftSchema)
    .query(({ ctx, input }) => service.missingInDraft(ctx, input)),
  preview: procedure("workflow:read")
    .input(contract.previewInput)
    .output(contract.previewSchema)
    .mutation(({ ctx, input }) => service.previewImport(ctx, input)),
  import: procedure("workflow:write")
    .input(contract.importInput)
    .output(contract.importedSchema)
    .mutation(({ ctx, input }) => service.importWorkflows(ctx, input)),
});
