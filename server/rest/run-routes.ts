import { z } from "zod";
import { DomainError } from "@/server/errors/domain-error";
import { awaitRun } from "@/server/live/await-run";
import { waitReasonViewSchema } from "@/server/limits/contract";
import { explainWait } from "@/server/limits/service";
import { followSteps } from "@/server/live/follow-steps";
import * as contract from "@/server/runs/contract";
import * as service from "@/server/runs/service";
import { findCalled } from "@/server/workflows/service";
import { Answer, type RestContext, route } from "./route";

const tag = "Runs";
const WAIT_SECONDS_MAX = 300;

const waitField = z.coerce.number().min(0).max(WAIT_SECONDS_MAX).default(0).describe("Seconds to wait for the end of the run before answering.");

/** A finished run has its output or error beside it. */
const runResultSchema = contract.runDetailSchema.extend({ output: z.unknown().optional(), error: z.unknown().optional() });
const runWithStepsSchema = runResultSchema.extend({ steps: z.array(contract.stepSummarySchema), stepsSeq: z.int(), moreSteps: z.boolean() });

const startInput = z.object({
  workflowId: contract.startRunInput.shape.workflowId.optional(),
  workflow: z.string().min(1).max(200).optional().describe("Slug or name of a published workflow, in place of its id."),
  definition: z.unknown().optional().describe("A definition to run in test mode, in place of a workflow; needs the permission workflow:write too."),
  name: contract.startInlineRunInput.shape.name,
  ...contract.startRunInput.omit({ workflowId: true }).shape,
  source: z.enum(["api", "cli"]).default("api"),
  wait: waitField,
});

export const runRoutes = [
  route("POST /runs", {
    tag, permission: "run:start", summary: "Start a run of a workflow, or of a definition in test mode",
    statuses: { 200: "Ended within `wait` seconds", 202: "Started" },
    input: startInput, queryFields: ["wait"], output: runResultSchema,
    handle: async (context, input) => {
      const { runId } = await start(context, input);
      return answerWithRun(context, runId, input.wait);
    },
  }),
  route("GET /runs", {
    tag, permission: "run:read", summary: "List runs, newest first",
    input: contract.listRunsInput, output: contract.runPageSchema,
    handle: (context, input) => service.listRuns(context, input),
  }),
  route("GET /runs/{runId}", {
    tag, permission: "run:read", summary: "A run with its step runs (without payloads) and, once it has ended, its output",
    input: contract.runRefInput.extend({ wait: waitField }), output: runWithStepsSchema,
    handle: async (context, { runId, wait }) => {
      if (wait > 0) await untilFinished(context, runId, wait);
      const { run, steps, seq, more, moreOpenSteps } = await service.getSteps(context, { runId, afterSeq: 0 });
      return { ...(await withResult(context, run)), steps, stepsSeq: seq, moreSteps: more || moreOpenSteps > 0 };
    },
  }),
  route("GET /runs/{runId}/steps", {
    tag, permission: "run:read", summary: "What changed since `afterSeq`, waiting for a change if asked to",
    input: contract.runStepsInput.extend({ wait: waitField }), output: contract.stepDeltaSchema,
    handle: ({ scope, request }, { wait, ...input }) => followSteps({ scope }, input, wait, request.signal),
  }),
  route("GET /runs/{runId}/value", {
    tag, permission: "run:read", summary: "A slice of a stored input, output or error",
    input: contract.runValueInput, output: contract.runValueSchema,
    handle: (context, input) => service.getValue(context, input),
  }),
  route("GET /runs/{runId}/logs", {
    tag, permission: "run:read", summary: "Log lines, oldest first",
    input: contract.runLogsInput, output: contract.runLogPageSchema,
    handle: (context, input) => service.getLogs(context, input),
  }),
  route("GET /runs/{runId}/why", {
    tag, permission: "run:read", summary: "What keeps an unfinished run from going on: a limit, a missing worker, the database. `reason` is null when nothing of that kind does",
    input: contract.runRefInput, output: z.object({ reason: waitReasonViewSchema.nullable() }),
    handle: async (context, { runId }) => ({ reason: await explainWait(context, { runId }) }),
  }),
  route("POST /runs/{runId}/cancel", {
    tag, permission: "run:cancel", summary: "Ask a run to end", status: 202, statuses: { 202: "Requested" },
    input: contract.cancelRunInput, output: contract.cancelRunOutput,
    handle: (context, input) => service.cancelRun(context, input),
  }),
  route("POST /runs/{runId}/rerun", {
    tag, permission: "run:start", summary: "Repeat a run, whole or from one step on",
    statuses: { 200: "Ended within `wait` seconds", 202: "Started" },
    input: contract.rerunInput.extend({ wait: waitField }), queryFields: ["wait"], output: runResultSchema,
    handle: async (context, { wait, ...input }) => {
      const { runId } = await service.rerun(context, input);
      return answerWithRun(context, runId, wait);
    },
  }),
  route("POST /runs/{runId}/signals", {
    tag, permission: "wait:answer", summary: "Send a named signal", status: 202, statuses: { 202: "Delivered" },
    input: contract.signalRunInput, output: contract.cancelRunOutput,
    handle: (context, input) => service.signalRun(context, input),
  }),
];

async function start(context: RestContext, input: z.output<typeof startInput>): Promise<{ runId: string }> {
  const { workflowId, workflow, definition, source, name: _name, wait: _wait, ...options } = input;
  const given = [workflowId, workflow, definition].filter((way) => way !== undefined);
  if (given.length !== 1) throw new DomainError("invalid_input", { field: "workflowId", reason: "give exactly one of workflowId, workflow and definition" });
  if (definition !== undefined && options.versionId !== undefined) throw new DomainError("invalid_input", { field: "versionId", reason: "counts for runs of a workflow, not for a definition" });
  if (definition !== undefined) return service.startInlineRun(context, input as z.output<typeof contract.startInlineRunInput>, source);
  const id = workflowId ?? (await findCalled(context.scope.workspaceId, workflow ?? ""));
  if (id === null) throw new DomainError("not_found", { what: "workflow", id: workflow });
  return service.startRun(context, { ...options, workflowId: id }, source);
}

async function answerWithRun(context: RestContext, runId: string, wait: number) {
  if (wait > 0) await untilFinished(context, runId, wait);
  const run = await service.getRunDetail(context, runId);
  return new Answer(service.isFinal(run.status) ? 200 : 202, await withResult(context, run), { location: `/api/v1/runs/${runId}` });
}

async function withResult(context: RestContext, run: contract.RunDetail) {
  return service.isFinal(run.status) ? { ...run, ...(await service.readResult(context, run.id)) } : run;
}

function untilFinished({ scope, request }: RestContext, runId: string, seconds: number): Promise<true | null> {
  return awaitRun({ workspaceId: scope.workspaceId, runId }, seconds, async () => ((await service.isFinished({ scope }, runId)) ? true : null), request.signal);
}
