import { z } from "zod";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";
import { runStatusSchema, startRunInput } from "@/server/runs/contract";

/** So many problems are told; there may be more. */
export const TOLD_PROBLEMS = 100;

const csvSchema = z.object({
  /** The file with its header line. */
  text: z.string().min(1),
  /** Default: the one of comma, semicolon and tab that the header has most of. */
  delimiter: z.enum([",", ";", "\t", "|"]).optional(),
  /** Columns by field of the input. Default: each column is the field of its name, however it is capitalised and spaced, or a new one. */
  mapping: z.record(z.string().min(1).max(200), z.string().max(1_000)).optional(),
});

const rowsFields = {
  ...startRunInput.pick({ workflowId: true, versionId: true, environment: true }).shape,
  /** One input for each run; or `csv`. */
  inputs: z.array(z.unknown()).optional(),
  csv: csvSchema.optional(),
};
const hasOneSource = ({ inputs, csv }: { inputs?: unknown; csv?: unknown }) => (inputs === undefined) !== (csv === undefined);
const ONE_SOURCE = { message: "give exactly one of inputs and csv", path: ["inputs"] };

export const checkBatchFields = z.object(rowsFields);
export const checkBatchInput = checkBatchFields.refine(hasOneSource, ONE_SOURCE);
export const startBatchFields = z.object({
  ...rowsFields,
  /** Default: made of the workflow's name and the time. The runs carry it as the label `batch`. */
  name: z.string().trim().min(1).max(100).optional(),
  labels: startRunInput.shape.labels,
  /** A second call with the same key answers the first batch. */
  idempotencyKey: startRunInput.shape.idempotencyKey,
  /** `refuse`: one bad row and nothing starts. */
  badRows: z.enum(["refuse", "skip"]).default("refuse"),
});
export const startBatchInput = startBatchFields.refine(hasOneSource, ONE_SOURCE);

/** `row` counts from 1; `line` is the file's. An empty `field`: the row as a whole. */
export const rowProblemSchema = z.object({ row: z.int(), line: z.int().nullable(), field: z.string(), reason: z.string() });
export type RowProblem = z.output<typeof rowProblemSchema>;

export const checkedBatchSchema = z.object({
  total: z.int(),
  bad: z.int(),
  /** The first ones. */
  problems: z.array(rowProblemSchema),
  /** Of a CSV file, and the column that each field is read from. */
  columns: z.array(z.string()),
  mapping: z.record(z.string(), z.string()),
  /** Fields that the workflow's input names. */
  fields: z.array(z.object({ name: z.string(), type: z.string().nullable(), required: z.boolean() })),
  /** The first rows as inputs. */
  sample: z.array(z.object({ row: z.int(), input: z.unknown() })),
  limit: z.int(),
});
export type CheckedBatch = z.output<typeof checkedBatchSchema>;

export const batchRefInput = z.object({ batchId: z.uuid() });
export const batchSchema = z.object({
  id: z.string(),
  name: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Runs that were started, and rows that were left out. */
  total: z.int(),
  skipped: z.int(),
  createdAt: momentSchema,
  /** Of the runs that are still there. */
  counts: z.partialRecord(runStatusSchema, z.int()),
});
export type Batch = z.output<typeof batchSchema>;
/** `problems`: of the rows that were left out; only in the answer of the call that started the batch. */
export const startedBatchSchema = batchSchema.extend({ problems: z.array(rowProblemSchema), repeated: z.boolean() });

export const findBatchInput = z.object({ name: z.string().min(1).max(500) });
export const listBatchesInput = z.object({ workflowId: startRunInput.shape.workflowId.optional(), ...pageInput });
export const batchPageSchema = pageOf(batchSchema);
