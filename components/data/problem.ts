import { TRPCClientError } from "@trpc/client";
import type { WorkflowProblem } from "@/server/workflows/contract";

interface Problem {
  kind: string;
  fields: { field: string; reason: string }[];
  data: Record<string, unknown>;
}

export interface Refusal {
  message: string;
  /** The domain's name of the error, such as `version_conflict`. */
  kind: string;
  fields: Problem["fields"];
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
  const problem = problemIn(error.data);
  if (problem === null) return { message, kind: "unknown", ...bare };
  const { kind, fields, data } = problem;
  const isListOfFields = kind === "invalid_input" && fields.length > 0 && message.trimStart().startsWith("[");
  return {
    message: isListOfFields ? fields.map(({ field, reason }) => `${field}: ${reason}`).join("; ") : message,
    kind,
    fields,
    problems: Array.isArray(data.problems) ? (data.problems as WorkflowProblem[]) : [],
    data,
  };
}

/** What our server adds to each refusal; a proxy's answer has none. */
function problemIn(data: unknown): Problem | null {
  const { problem } = data as { problem?: Partial<Problem> };
  const isOurs = typeof problem?.kind === "string" && Array.isArray(problem.fields) && typeof problem.data === "object" && problem.data !== null;
  return isOurs ? (problem as Problem) : null;
}
