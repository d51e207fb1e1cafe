import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { startedRunSchema } from "@/server/runs/contract";
import { workflowRefInput } from "@/server/workflows/contract";

const nodeIdSchema = z.string().min(1).max(63);
const pathSchema = z.string().min(1).max(2_000);
const MEBIBYTE = 1024 * 1024;

/** Pins go with every test run, so they stay small. */
export const PIN_MAX_BYTES = MEBIBYTE;
export const PINS_MAX_BYTES = 4 * MEBIBYTE;
export const SAMPLE_MAX_BYTES = MEBIBYTE;
export const SAMPLES_MAX = 100;
/** What a step reads when it is tested alone. */
export const STEP_SCOPE_MAX_BYTES = 4 * MEBIBYTE;
export const PREVIEW_SCOPE_MAX_BYTES = MEBIBYTE;

const pinRefInput = workflowRefInput.extend({ nodeId: nodeIdSchema });

export const pinInput = pinRefInput.extend({
  /** The output as somebody wrote it, or where a run has it. */
  from: z.union([z.object({ value: z.unknown() }), z.object({ runId: z.uuid(), path: pathSchema, attempt: z.int().min(1).optional() })]),
});
export const unpinInput = pinRefInput;
/** A step was given another id. */
export const movePinInput = pinRefInput.extend({ to: nodeIdSchema });
/** What was pinned before, for taking it back. */
export const pinChangeSchema = z.object({ before: z.object({ value: z.unknown() }).nullable() });

export const sampleSchema = z.object({ id: z.string(), name: z.string(), input: z.unknown(), updatedAt: momentSchema });
export type SampleInput = z.output<typeof sampleSchema>;
/** A name that exists already gets the new input. */
export const saveSampleInput = workflowRefInput.extend({ name: z.string().trim().min(1).max(100), input: z.unknown() });
export const deleteSampleInput = workflowRefInput.extend({ sampleId: z.uuid() });

const stepPlaceSchema = z.object({ runId: z.uuid(), path: pathSchema, attempt: z.int().min(1).optional() });

export const testStepInput = workflowRefInput.extend({
  nodeId: nodeIdSchema,
  input: z.unknown().optional(),
  trigger: z.unknown().optional(),
  /** Where the results come from of steps that are not pinned, by node id. */
  sources: z.record(nodeIdSchema, stepPlaceSchema).default({}),
  /** Iteration of each loop around the step, the outermost first. */
  loops: z.array(stepPlaceSchema.extend({ id: nodeIdSchema, index: z.int().min(0).max(10_000_000) })).max(20).default([]),
});
export const testStepOutput = startedRunSchema;

/** Expressions that need a JavaScript engine, with the values they read and no others. */
export const previewInput = z.object({
  expressions: z.array(z.object({ source: z.string().min(1).max(20_000), paths: z.array(z.array(z.string().max(1_000)).max(5)).max(200) })).min(1).max(20),
  /** In the encoding of stored values. */
  scope: z.string().max(PREVIEW_SCOPE_MAX_BYTES),
  nowMs: z.number().int().min(0).max(8_640_000_000_000_000),
});
export const previewOutput = z.array(z.union([z.object({ ok: z.literal(true), value: z.string() }), z.object({ ok: z.literal(false), code: z.string(), message: z.string() })]));
