import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const nothing = z.object({ ok: z.literal(true) });

export const workflowsRouter = router({
  list: procedure("workflow:read")
    .input(contract.listWorkflowsInput)
    .output(contract.workflowPageSchema)
    .query(({ ctx, input }) => service.listWorkflows(ctx, input)),
  get: procedure("workflow:read")
    .input(contract.workflowRefInput)
    .output(contract.workflowDetailSchema)
    .query(({ ctx, input }) => service.getWorkflow(ctx, input)),
  create: procedure("workflow:write")
    .input(contract.createWorkflowInput)
    .output(contract.workflowDetailSchema)
    .mutation(({ ctx, input }) => service.createWorkflow(ctx, input)),
  createFromExample: procedure("workflow:write")
    .input(contract.createFromExampleInput)
    .output(contract.workflowDetailSchema)
    .mutation(({ ctx, input }) => service.createFromExample(ctx, input)),
  updateDraft: procedure("workflow:write")
    .input(contract.updateDraftInput)
    .output(contract.updateDraftOutput)
    .mutation(({ ctx, input }) => service.updateDraft(ctx, input)),
  rename: procedure("workflow:write")
    .input(contract.renameWorkflowInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.renameWorkflow(ctx, input)),
  validate: procedure("workflow:read")
    .input(contract.validateInput)
    .output(contract.validateOutput)
    .query(({ ctx, input }) => service.validate(ctx, input)),
  publish: procedure("workflow:publish")
    .input(contract.publishInput)
    .output(contract.versionSummarySchema)
    .mutation(({ ctx, input }) => service.publish(ctx, input)),
  names: procedure("workflow:read")
    .input(contract.workflowNamesInput)
    .output(contract.workflowNamesOutput)
    .query(({ ctx, input }) => service.findWorkflowNames(ctx, input)),
  calledOutput: procedure("workflow:read")
    .input(contract.calledOutputInput)
    .output(contract.calledOutputSchema)
    .query(({ ctx, input }) => service.findCalledOutput(ctx, input)),
  versions: procedure("workflow:read")
    .input(contract.listVersionsInput)
    .output(z.array(contract.versionSummarySchema))
    .query(({ ctx, input }) => service.listVersions(ctx, input)),
  version: procedure("workflow:read")
    .input(contract.versionRefInput)
    .output(contract.versionDetailSchema)
    .query(({ ctx, input }) => service.getVersion(ctx, input)),
  duplicate: procedure("workflow:write")
    .input(contract.duplicateWorkflowInput)
    .output(z.object({ id: z.string(), name: z.string() }))
    .mutation(({ ctx, input }) => service.duplicateWorkflow(ctx, input)),
  changeMany: procedure("workflow:delete")
    .input(contract.changeManyInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.changeMany(ctx, input)),
  archive: procedure("workflow:delete")
    .input(contract.workflowRefInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.archiveWorkflow(ctx, input)),
  restore: procedure("workflow:delete")
    .input(contract.workflowRefInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.restoreWorkflow(ctx, input)),
  delete: procedure("workflow:delete")
    .input(contract.workflowRefInput)
    .output(nothing)
    .mutation(({ ctx, input }) => service.deleteWorkflow(ctx, input)),
});

export const examplesRouter = router({
  list: procedure("workflow:read")
    .output(z.array(contract.exampleSchema))
    .query(() => service.listExamples()),
});
