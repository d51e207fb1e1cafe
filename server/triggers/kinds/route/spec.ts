import { z } from "zod";
import { requiredText } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";
import { coerceTexts } from "@/server/triggers/kinds/route/coerce-texts";
import { pathProblem, routeKeyOf } from "@/server/triggers/kinds/route/path";
import { AUTH_BY_REQUEST, headerName, METHODS, requestFields, type WebhookAuth } from "@/server/triggers/kinds/webhook/spec";

const PERMISSIONS_OF_CALLERS = ["run:start", "run:read", "trigger:operate", "workflow:read", "workflow:write"] as const;
const permission = () => z.enum(PERMISSIONS_OF_CALLERS).default("run:start").describe("What the caller has to be allowed in this workspace.");

export const routeAuthSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }).meta({ title: "Public" }),
  z.strictObject({ type: z.literal("token"), permission: permission() }).meta({ title: "API token of this workspace" }),
  z.strictObject({ type: z.literal("session"), permission: permission() }).meta({ title: "Signed-in person" }),
  AUTH_BY_REQUEST.basic,
  AUTH_BY_REQUEST.bearer,
  AUTH_BY_REQUEST.apiKey,
  AUTH_BY_REQUEST.hmac,
  z.strictObject({
    type: z.literal("workflow"),
    workflow: requiredText(200).describe("Published workflow that decides. It gets method, path, params, query and headers, and lets in with the output true or { allow: true, caller }."),
    headers: z.array(headerName()).max(20).default(["authorization"]).describe("Headers that it gets to see. They are stored with its run."),
    timeoutSeconds: z.int().min(1).max(60).default(10).describe("Without an answer in that time nobody is let in."),
  }).meta({ title: "A workflow decides" }),
]);
export type RouteAuth = z.output<typeof routeAuthSchema>;

/** Verified by what the request holds alone. */
export function isByRequest(auth: RouteAuth): auth is Extract<RouteAuth, WebhookAuth> {
  return Object.hasOwn(AUTH_BY_REQUEST, auth.type);
}

const { answer, ...limits } = requestFields;

export const routeConfig = z.strictObject({
  method: z.enum([...METHODS, "ANY"]).default("POST"),
  path: requiredText(200).default("/").describe("Words and :parameters, such as /orders/:id. A route with a word goes before one with a parameter."),
  inWorkspace: z.boolean().default(true).describe("The address begins with the workspace's name. Without it the path is taken for the whole installation."),
  auth: routeAuthSchema.default({ type: "token", permission: "run:start" }).describe("Who may call."),
  answer: answer.default({ mode: "wait", timeoutSeconds: 30 }).describe("What the caller hears, and when."),
  ...limits,
});
export type RouteConfig = z.output<typeof routeConfig>;

/** Query, body and path together; what the path says cannot be said otherwise. Texts of query and path become what the schema asks for. */
function inputOf({ body, query, params }: EventValue, schema?: unknown): unknown {
  const texts = (value: unknown) => coerceTexts((value ?? {}) as Record<string, unknown>, schema);
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body) && !("$file" in body);
  return { ...texts(query), ...(isObject ? (body as Record<string, unknown>) : body == null ? {} : { body }), ...texts(params) };
}

export const route = {
  kind: "route",
  title: "HTTP route",
  summary: "Answers requests to a path of your choice as an HTTP API, with input checked by the workflow's schema.",
  icon: "route",
  config: routeConfig,
  inputOf,
  routeKey: (config) => routeKeyOf(routeConfig.parse(config)),
  check: (config) => {
    const parsed = routeConfig.safeParse(config);
    const problem = parsed.success ? pathProblem(parsed.data) : null;
    return problem === null ? [] : [{ path: "/path", message: problem }];
  },
} as const satisfies TriggerKindSpec;
