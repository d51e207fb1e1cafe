import { z } from "zod";
import { exportedFileSchema, exportManyInput, exportOneInput, importedSchema, importInput, previewInput, previewSchema } from "@/server/transfer/contract";
import { exportMany, exportWorkflows, importWorkflows, previewImport } from "@/server/transfer/service";
import * as contract from "@/server/workflows/contract";
import * as service from "@/server/workflows/service";
import { route } from "./route";

const tag = "Workflows";
const done = z.object({ ok: z.literal(true) });

export const workflowRoutes = [
  route("GET /workflows", {
    tag, permission: "workflow:read", summary: "List workflows, the latest changed first",
    input: contract.listWorkflowsInput, output: contract.workflowPageSchema,
    handle: (context, input) => service.listWorkflows(context, input),
  }),
  route("POST /workflows", {
    tag, permission: "workflow:write", summary: "Create a workflow with a draft", status: 201,
    input: contract.createWorkflowInput, output: contract.workflowDetailSchema,
    handle: (context, input) => service.createWorkflow(context, input),
  }),
  route("POST /workflows/import", {
    tag, permission: "workflow:write",
    isWhole: true, summary: "Make workflows from a file: YAML documents, a JSON value or a list; all of them or none", status: 201,
    input: importInput, output: importedSchema,
    handle: (context, input) => importWorkflows(context, input),
  }),
  route("POST /workflows/import/preview", {
    tag, permission: "workflow:read", summary: "What an import would make, rename and miss, without making it",
    input: previewInput, output: previewSchema,
    handle: (context, input) => previewImport(context, input),
  }),
  route("POST /workflows/export", {
    tag, permission: "workflow:read", summary: "Drafts of several workflows, or of all, as one file, with the blocks that they use",
    input: exportManyInput, output: exportedFileSchema,
    handle: (context, input) => exportMany(context, input),
  }),
  route("GET /workflows/{workflowId}/export", {
    tag, permission: "workflow:read", summary: "The draft as a file, YAML or JSON, for importing elsewhere",
    input: exportOneInput, output: exportedFileSchema,
    handle: (context, { workflowId, format }) => exportWorkflows(context, { workflowIds: [workflowId], format }),
  }),
  route("POST /workflows/validate", {
    tag, permission: "workflow:read", summary: "Check a definition that is nowhere stored",
    input: z.object({ definition: z.unknown() }), output: contract.validateOutput,
    handle: (context, { definition }) => service.validate(context, { definition }),
  }),
  route("GET /workflows/{workflowId}", {
    tag, permission: "workflow:read", summary: "Draft, revision, versions and problems of a workflow",
    input: contract.workflowRefInput, output: contract.workflowDetailSchema,
    handle: (context, input) => service.getWorkflow(context, input),
  }),
  route("PATCH /workflows/{workflowId}", {
    tag, permission: "workflow:write", summary: "Rename a workflow",
    input: contract.renameWorkflowInput, output: done,
    handle: (context, input) => service.renameWorkflow(context, input),
  }),
  route("DELETE /workflows/{workflowId}", {
    tag, permission: "workflow:delete", summary: "Delete a workflow; its runs stay",
    input: contract.workflowRefInput, output: done,
    handle: (context, input) => service.deleteWorkflow(context, input),
  }),
  route("PUT /workflows/{workflowId}/draft", {
    tag, permission: "workflow:write", summary: "Save the draft, valid or not, if its revision is still the given one",
    statuses: { 409: "Somebody else saved in between" },
    input: contract.updateDraftInput, output: contract.updateDraftOutput,
    handle: (context, input) => service.updateDraft(context, input),
  }),
  route("POST /workflows/{workflowId}/validate", {
    tag, permission: "workflow:read", summary: "Check the draft",
    input: contract.workflowRefInput, output: contract.validateOutput,
    handle: (context, input) => service.validate(context, input),
  }),
  route("POST /workflows/{workflowId}/publish", {
    tag, permission: "workflow:publish", summary: "Make the draft the version that new runs use", status: 201,
    statuses: { 201: "Published", 422: "The draft has errors" },
    input: contract.publishInput, output: contract.versionSummarySchema,
    handle: (context, input) => service.publish(context, input),
  }),
  route("POST /workflows/{workflowId}/archive", {
    tag, permission: "workflow:delete", summary: "Take a workflow out of use; its runs go on",
    input: contract.workflowRefInput, output: done,
    handle: (context, input) => service.archiveWorkflow(context, input),
  }),
  route("POST /workflows/{workflowId}/restore", {
    tag, permission: "workflow:delete", summary: "Take an archived workflow back into use",
    input: contract.workflowRefInput, output: done,
    handle: (context, input) => service.restoreWorkflow(context, input),
  }),
  route("GET /workflows/{workflowId}/versions", {
    tag, permission: "workflow:read", summary: "Published versions, newest first, 50 at a time; `cursor` is the number of the last one that is known",
    input: contract.listVersionsInput, output: z.object({ items: z.array(contract.versionSummarySchema) }),
    handle: async (context, input) => ({ items: await service.listVersions(context, input) }),
  }),
  route("GET /versions/{versionId}", {
    tag, permission: "workflow:read", summary: "One version with its definition",
    input: contract.versionRefInput, output: contract.versionDetailSchema,
    handle: (context, input) => service.getVersion(context, input),
  }),
];
