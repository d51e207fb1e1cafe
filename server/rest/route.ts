import type { z } from "zod";
import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RestContext {
  scope: Scope;
  request: Request;
}

/** A route as the dispatcher and the OpenAPI document see it. */
export interface Route {
  method: Method;
  /** Below `/api/v1`; `{name}` stands for a field of the input. */
  path: string;
  permission: Permission;
  /** Access to parts of the workspace is not enough. */
  isWhole: boolean;
  summary: string;
  tag: string;
  input: z.ZodObject;
  /** Fields of the input that come with the query although the method has a body. */
  queryFields: readonly string[];
  /** The body may be a CSV file, or a form with one. */
  takesCsv: boolean;
  output: z.ZodType;
  /** Other statuses than 200, with what they mean. */
  statuses: Readonly<Record<number, string>>;
  run(context: RestContext, input: unknown): Promise<Response>;
}

interface RouteOptions<Input extends z.ZodObject, Output extends z.ZodType> {
  summary: string;
  tag: string;
  permission: Permission;
  isWhole?: boolean;
  input: Input;
  output: Output;
  queryFields?: readonly (keyof Input["shape"] & string)[];
  takesCsv?: boolean;
  status?: number;
  statuses?: Readonly<Record<number, string>>;
  handle(context: RestContext, input: z.output<Input>): Promise<z.input<Output> | Answer<z.input<Output>>>;
}

/** An answer with a status of its own. */
export class Answer<Body> {
  constructor(
    readonly status: number,
    readonly body: Body,
    readonly headers: Record<string, string> = {},
  ) {}
}

/** `route("POST /runs/{runId}/cancel", {…})`: path parameters, query and body together make one input of a contract. */
export function route<Input extends z.ZodObject, Output extends z.ZodType>(place: `${Method} /${string}`, options: RouteOptions<Input, Output>): Route {
  const [method, path] = place.split(" ") as [Method, string];
  const { summary, tag, permission, input, output, status = 200 } = options;
  return {
    method, path, summary, tag, permission, input, output,
    isWhole: options.isWhole ?? false,
    queryFields: options.queryFields ?? [],
    takesCsv: options.takesCsv ?? false,
    statuses: options.statuses ?? (status === 200 ? {} : { [status]: "Done" }),
    run: async (context, given) => {
      const result = await options.handle(context, given as z.output<Input>);
      const answer = result instanceof Answer ? result : new Answer(status, result);
      const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...answer.headers };
      return new Response(JSON.stringify(output.parse(answer.body)), { status: answer.status, headers });
    },
  };
}
