import { z } from "zod";
import { newId } from "@/server/db/id";
import { problemDocumentSchema } from "@/server/rest/contract";
import { stepDeltaSchema } from "@/server/runs/contract";
import { CommandError, EXIT } from "./exit-codes";
import { patiently, Unanswered } from "./patient";
import { FOLLOW_SECONDS, type RunTarget } from "./run-target";

const startedSchema = z.object({ id: z.string() });
const resultSchema = z.object({ output: z.unknown(), error: z.unknown() });

/** A connection that says nothing for longer is a dead one: no call of a run takes more than `FOLLOW_SECONDS`. */
const SILENCE_MS = (FOLLOW_SECONDS + 40) * 1_000;

/** Calls of a server's REST API, with answers that are checked. */
export function callerOf(server: string, token: string, timeoutMs?: number) {
  const base = `${server.replace(/\/$/, "")}/api/v1`;
  return async <Schema extends z.ZodType>(schema: Schema, method: "GET" | "POST", path: string, body?: unknown): Promise<z.output<Schema>> => {
    const { response, text } = await request(`${base}${path}`, { method, token, body, timeoutMs });
    const content = contentOf(text);
    if (!response.ok) throw refusal(response, content);
    const parsed = schema.safeParse(content);
    if (!parsed.success) throw new CommandError(EXIT.connection, `${server} answered something that is not Millrace's API.`);
    return parsed.data;
  };
}

/** A running server, through its REST API. What it or the way there does not answer is asked again; `key`: by which the start is known then. */
export function remoteTarget(server: string, token: string, { key = newId(), note = () => {} }: { key?: string; note?: (line: string) => void } = {}): RunTarget {
  const once = callerOf(server, token, SILENCE_MS);
  const call: typeof once = (...given) => patiently(() => once(...given), note);
  return {
    start: async (given) => {
      const begin = () =>
        once(startedSchema, "POST", "/runs", { ...given, source: "cli", idempotencyKey: key }).catch((error: unknown) => {
          // Most likely a wrong address, and nothing has begun.
          throw error instanceof Unanswered && error.isRefused ? new CommandError(EXIT.connection, error.message) : error;
        });
      return (await patiently(begin, note)).id;
    },
    follow: (runId, afterSeq) => call(stepDeltaSchema, "GET", `/runs/${runId}/steps?afterSeq=${afterSeq}&wait=${FOLLOW_SECONDS}`),
    cancel: async (runId) => {
      await call(z.unknown(), "POST", `/runs/${runId}/cancel`, { reason: "Cancelled on the command line" });
    },
    result: ({ id }) => call(resultSchema, "GET", `/runs/${id}`),
    close: async () => {},
  };
}

interface Asked {
  method: string;
  token: string;
  body: unknown;
  timeoutMs: number | undefined;
}

async function request(url: string, { method, token, body, timeoutMs }: Asked): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
    });
    return { response, text: await response.text() };
  } catch (error) {
    const { cause, message } = error as Error;
    const isRefused = cause instanceof Error && (!("code" in cause) || cause.code === "ECONNREFUSED" || cause.code === "ENOTFOUND");
    throw new Unanswered(`${url} cannot be reached: ${cause instanceof Error ? cause.message : message}.`, isRefused);
  }
}

function contentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal({ status, headers }: Response, content: unknown): CommandError {
  const problem = problemDocumentSchema.safeParse(content);
  const message = problem.success ? problem.data.detail : `The server answered with status ${status}.`;
  const isUsedUp = problem.success && problem.data.type.endsWith(":quota_reached");
  if ((status === 429 && !isUsedUp) || status >= 500) return new Unanswered(message, false, Number(headers.get("retry-after") ?? 0) || 0);
  const isInput = status === 400 || status === 404 || status === 409 || status === 413 || status === 422;
  return new CommandError(isInput ? EXIT.badInput : EXIT.connection, message);
}
