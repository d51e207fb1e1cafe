import { addressPathOf, parameterOf, segmentsOf } from "@/server/triggers/kinds/route/path";
import { METHODS } from "@/server/triggers/kinds/webhook/spec";
import type { RouteConfig } from "@/server/triggers/kinds/route/spec";
import type { ListedRoute } from "@/server/triggers/service";
import { sessionCookieName } from "@/server/auth/session-cookie";

type Json = Record<string, unknown>;
interface Workspace {
  slug: string;
  name: string;
}

/** OpenAPI 3.1 of what a workspace answers. Input schemas stand under `components`, so that references inside of them hold. */
export function openApiOfRoutes(workspace: Workspace, server: string, routes: readonly ListedRoute[]): Json {
  const paths: Record<string, Json> = {};
  const names = new Map<string, string>();
  const schemas: Json = { Problem: PROBLEM };
  const securitySchemes: Json = {};
  for (const [index, route] of routes.entries()) {
    const name = `${wordOf(route.name)}_${index + 1}`;
    if (isSchema(route.inputSchema)) schemas[`${name}_input`] = rebased(route.inputSchema, `#/components/schemas/${name}_input`);
    if (isSchema(route.outputSchema)) schemas[`${name}_output`] = rebased(route.outputSchema, `#/components/schemas/${name}_output`);
    const scheme = schemeOf(route.config);
    if (scheme !== null) securitySchemes[`${name}_auth`] = scheme;
    const path = pathOf(addressPathOf(workspace.slug, route.config), names);
    const methods = route.config.method === "ANY" ? METHODS : [route.config.method];
    for (const method of methods) {
      if (paths[path]?.[method.toLowerCase()] !== undefined && route.config.method === "ANY") continue;
      paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, method, { name, path, schemas }) };
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: workspace.name, version: "1", description: "Routes that workflows answer. Errors are RFC 9457 problem documents that name the field." },
    servers: [{ url: server }],
    paths,
    components: { schemas, securitySchemes, responses: { Problem: { description: "What is wrong", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } } } },
  };
}

/** Paths that differ in the names of their parameters alone are one path of the document, with the names of the first. */
function pathOf(address: string, known: Map<string, string>): string {
  const named = (shown: (name: string) => string) => address.split("/").map((segment) => (parameterOf(segment) === null ? segment : `{${shown(parameterOf(segment)!)}}`)).join("/");
  const shape = named(() => "");
  if (!known.has(shape)) known.set(shape, named((name) => name));
  return known.get(shape)!;
}

const parametersIn = (path: string) => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);

const PROBLEM = {
  type: "object",
  properties: {
    type: { type: "string" }, title: { type: "string" }, status: { type: "integer" }, detail: { type: "string" },
    errors: { type: "array", items: { type: "object", properties: { field: { type: "string" }, reason: { type: "string" } }, required: ["field", "reason"] } },
  },
  required: ["type", "title", "status", "detail"],
};

function operationOf(route: ListedRoute, method: string, { name, path, schemas }: { name: string; path: string; schemas: Json }): Json {
  const { config, workflow } = route;
  const input = schemas[`${name}_input`] as Json | undefined;
  const properties = isRecord(input?.properties) ? input.properties : {};
  const required = Array.isArray(input?.required) ? (input.required as string[]) : [];
  const inPath = segmentsOf(config.path).flatMap((segment) => parameterOf(segment) ?? []);
  const hasBody = method !== "GET" && method !== "DELETE";
  const inQuery = hasBody || route.isMapped ? [] : Object.keys(properties).filter((field) => !inPath.includes(field));
  const schemaOf = (field: string) => (route.isMapped ? { type: "string" } : (properties[field] ?? { type: "string" }));
  return {
    operationId: `${name}_${method.toLowerCase()}`,
    summary: route.name,
    description: [workflow.description, `Starts a run of the workflow ${workflow.name}.`, ...(route.isMapped ? ["A mapping makes its input from the request."] : [])].filter((text) => text !== "").join("\n\n"),
    parameters: [
      ...parametersIn(path).map((shown, index) => {
        const field = inPath[index] ?? shown;
        return { name: shown, in: "path", required: true, schema: schemaOf(field), ...(shown === field ? {} : { description: `The input's field ${field}.` }) };
      }),
      ...inQuery.map((field) => ({ name: field, in: "query", required: required.includes(field), schema: schemaOf(field) })),
    ],
    ...(hasBody ? { requestBody: bodyOf(route, { input, name, inPath, required }) } : {}),
    security: config.auth.type === "none" ? [] : [{ [`${name}_auth`]: [] }],
    responses: responsesOf(config, schemas[`${name}_output`] === undefined ? {} : { $ref: `#/components/schemas/${name}_output` }),
  };
}

function bodyOf(route: ListedRoute, { input, name, inPath, required }: { input: Json | undefined; name: string; inPath: string[]; required: string[] }): Json {
  const own = required.filter((field) => !inPath.includes(field));
  const { properties, required: _required, ...rest } = input ?? {};
  const isWhole = inPath.length === 0 || !isRecord(properties);
  const reduced = isRecord(properties) ? { ...rest, properties: Object.fromEntries(Object.entries(properties).filter(([field]) => !inPath.includes(field))), required: own } : {};
  const schema = route.isMapped || input === undefined ? {} : isWhole ? { $ref: `#/components/schemas/${name}_input` } : reduced;
  return { required: !route.isMapped && own.length > 0, content: { "application/json": { schema } } };
}

const TAKEN = { type: "object", properties: { runId: { type: ["string", "null"] }, eventId: { type: "string" }, duplicate: { type: "boolean" }, filtered: { type: "boolean" } }, required: ["runId", "eventId", "duplicate"] };

function responsesOf({ answer, auth }: RouteConfig, output: Json): Json {
  const accepted = { description: answer.mode === "accept" ? "Taken; the run follows" : "Taken, and not ended in time", content: { "application/json": { schema: TAKEN } } };
  const ended = answer.mode === "wait" ? { 200: { description: "The workflow's output, or what its respond step says", content: { "application/json": { schema: output } } } } : {};
  const streamed = answer.mode === "stream" ? { 200: { description: "Events run, step, text, and output or failed", content: { "text/event-stream": { schema: { type: "string" } } } } } : {};
  const problems = [400, ...(auth.type === "none" ? [] : [401]), ...(auth.type === "token" || auth.type === "session" ? [403] : []), 410, 413, 429];
  return { ...ended, ...streamed, 202: accepted, ...Object.fromEntries(problems.map((status) => [status, { $ref: "#/components/responses/Problem" }])), default: { $ref: "#/components/responses/Problem" } };
}

function schemeOf({ auth }: RouteConfig): Json | null {
  switch (auth.type) {
    case "none":
      return null;
    case "basic":
      return { type: "http", scheme: "basic" };
    case "bearer":
      return { type: "http", scheme: "bearer" };
    case "token":
      return { type: "http", scheme: "bearer", description: `An API token of this workspace with ${auth.permission}.` };
    case "session":
      return { type: "apiKey", in: "cookie", name: sessionCookieName(), description: `The session of a member with ${auth.permission}.` };
    case "apiKey":
      return { type: "apiKey", in: "header", name: auth.header };
    case "hmac":
      return { type: "apiKey", in: "header", name: auth.header, description: `HMAC ${auth.algorithm} of ${auth.timestampHeader === undefined ? "the body" : `<${auth.timestampHeader}>.<body>`}, ${auth.encoding}${auth.prefix === "" ? "" : `, after ${auth.prefix}`}.` };
    case "workflow":
      return { type: "apiKey", in: "header", name: auth.headers[0] ?? "authorization", description: "A workflow decides." };
  }
}

/** References of a schema begin at its own root; here that is a place in the document. */
function rebased(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((one) => rebased(one, base));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "$schema").map(([key, one]) => [key, key === "$ref" && typeof one === "string" && one.startsWith("#") ? `${base}${one.slice(1)}` : rebased(one, base)]));
}

const wordOf = (name: string) => name.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || "route";
const isSchema = (value: unknown) => isRecord(value);

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
