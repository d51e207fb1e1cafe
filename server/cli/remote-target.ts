import { z } from "zod";
import { problemDocumentSchema } from "@/server/rest/contract";
import { stepDeltaSchema } from "@/server/runs/contract";
import { CommandError, EXIT } from "./exit-codes";
import { FOLLOW_SECONDS, type RunTarget } from "./run-target";

const startedSchema = z.object({ id: z.string() });
const resultSchema = z.object({ output: z.unknown(), error: z.unknown() });

/** Calls of a server's REST API, with answers that are checked. */
export function callerOf(server: string, token: string) {
  const base = `${server.replace(/\/$/, "")}/api/v1`;
  return async <Schema extends z.ZodType>(schema: Schema, method: "GET" | "POST", path: string, body?: unknown): Promise<z.output<Schema>> => {
    const response = await request(`${base}${path}`, method, token, body);
    const content: unknown = await response.json().catch(() => null);
    if (!response.ok) throw refusal(response.status, content);
    const parsed = schema.safeParse(content);
    if (!parsed.success) throw new CommandError(EXIT.connection, `${server} answered something that is not Millrace's API.`);
    return parsed.data;
  };
}

/** A running server, through its REST API. */
export function remoteTarget(server: string, token: string): RunTarget {
  const call = callerOf(server, token);
  return {
    start: async (given) => (await call(startedSchema, "POST", "/runs", { ...given, source: "cli" })).id,
    follow: (runId, afterSeq) => call(stepDeltaSchema, "GET", `/runs/${runId}/steps?afterSeq=${afterSeq}&wait=${FOLLOW_SECONDS}`),
    cancel: async (runId) => {
      await call(z.unknown(), "POST", `/runs/${runId}/cancel`, { reason: "Cancelled on the command line" });
    },
    result: ({ id }) => call(resultSchema, "GET", `/runs/${id}`),
    close: async () => {},
  };
}

async function request(url: string, method: string, token: string, body: unknown): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new CommandError(EXIT.connection, `${url} cannot be reached: ${cause instanceof Error ? cause.message : message}`);
  }
}

function refusal(status: number, content: unknown): CommandError {
  const problem = problemDocumentSchema.safeParse(content);
  const isInput = status === 400 || status === 404 || status === 409 || status === 413 || status === 422;
  return new CommandError(isInput ? EXIT.badInput : EXIT.connection, problem.success ? problem.data.detail : `The server answered with status ${status}.`);
}
