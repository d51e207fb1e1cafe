import { TRPCClientError } from "@trpc/client";
import { z } from "zod";
import { problemSchema, type WorkflowProblem } from "@/server/workflows/contract";

const fieldSchema = z.object({ field: z.string(), reason: z.string() });

/** What the server says about a refused request. */
const refusalSchema = z.object({
  code: z.string().optional(),
  problem: z
    .object({
      kind: z.string(),
      data: z.looseObject({ problems: z.array(problemSchema).optional().catch(undefined) }),
      fields: z.array(fieldSchema),
    })
    .optional(),
});

export interface Refusal {
  message: string;
  /** The domain's name of the error, such as `version_conflict`. */
  kind: string;
  fields: z.output<typeof fieldSchema>[];
  /** Problems of a definition that cannot be published. */
  problems: WorkflowProblem[];
  data: Record<string, unknown>;
}

export function readRefusal(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const bare = { fields: [], problems: [], data: {} };
  if (!(error instanceof TRPCClientError)) return { message, kind: "unknown", ...bare };
  if (error.data === undefined || error.data === null) {
    return { message: "The server cannot be reached just now.", kind: "unreachable", ...bare };
  }
  const problem = refusalSchema.safeParse(error.data).data?.problem;
  if (problem === undefined) return { message, kind: "unknown", ...bare };
  const { kind, fields, data } = problem;
  const isListOfFields = kind === "invalid_input" && fields.length > 0 && message.trimStart().startsWith("[");
  return {
    message: isListOfFields ? fields.map(({ field, reason }) => `${field}: ${reason}`).join("; ") : message,
    kind,
    fields,
    problems: data.problems ?? [],
    data,
  };
}
