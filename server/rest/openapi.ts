import { z } from "zod";
import { problemDocumentSchema } from "./contract";
import type { Route } from "./route";
import { ROUTES } from "./routes";

export const API_PREFIX = "/api/v1";

type Schema = Record<string, unknown>;

let document: Schema | undefined;

/** OpenAPI 3.1, made from the same contracts that check the requests. */
export function openApiDocument(): Schema {
  return (document ??= {
    openapi: "3.1.0",
    info: { title: "Millrace", version: "1", description: "Workflows, runs and waits. Errors are RFC 9457 problem documents that name the field." },
    servers: [{ url: API_PREFIX }],
    security: [{ token: [] }],
    tags: [...new Set(ROUTES.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: { ...pathsOf(ROUTES), ...openPaths() },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "An API token with the permission that the operation names; made in the settings." } },
      schemas: { Problem: schemaOf(problemDocumentSchema, "output") },
      responses: { Problem: { description: "What is wrong", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } } },
    },
  });
}

function pathsOf(routes: readonly Route[]): Record<string, Schema> {
  const paths: Record<string, Schema> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  return paths;
}

function operationOf(route: Route): Schema {
  const { properties = {}, required = [] } = schemaOf(route.input, "input") as { properties?: Record<string, Schema>; required?: string[] };
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const hasBody = route.method !== "GET" && route.method !== "DELETE";
  const inQuery = Object.keys(properties).filter((name) => !inPath.includes(name) && (!hasBody || route.queryFields.includes(name)));
  const inBody = hasBody ? Object.keys(properties).filter((name) => !inPath.includes(name) && !inQuery.includes(name)) : [];
  const parameter = (place: "path" | "query") => (name: string) => ({ name, in: place, required: place === "path" || required.includes(name), schema: properties[name] ?? {} });
  const body = { type: "object", properties: pick(properties, inBody), required: required.filter((name) => inBody.includes(name)), additionalProperties: false };
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    description: `Needs the permission \`${route.permission}\`.`,
    tags: [route.tag],
    parameters: [...inPath.map(parameter("path")), ...inQuery.map(parameter("query"))],
    ...(inBody.length === 0 ? {} : { requestBody: { required: body.required.length > 0, content: { "application/json": { schema: body }, ...(route.takesCsv ? csvBodies(body.properties) : {}) } } }),
    responses: responsesOf(route),
  };
}

/** With `text/csv`, the other fields stand in the query. */
function csvBodies({ inputs: _inputs, csv: _csv, ...fields }: Record<string, Schema>): Record<string, Schema> {
  const form = { ...fields, file: { type: "string", format: "binary" }, delimiter: { type: "string" }, labels: { type: "string", description: "JSON" }, mapping: { type: "string", description: "JSON" } };
  return {
    "text/csv": { schema: { type: "string", description: `The file. What else there is to say stands in the query: ${[...Object.keys(fields), "delimiter", "mapping"].join(", ")}.` } },
    "multipart/form-data": { schema: { type: "object", properties: form, required: ["workflowId", "file"] } },
  };
}

function responsesOf(route: Route): Schema {
  const schema = schemaOf(route.output, "output");
  const statuses = Object.keys(route.statuses).some((status) => Number(status) < 300) ? route.statuses : { 200: "Done", ...route.statuses };
  const answers = Object.entries(statuses).map(([status, description]) => {
    const isProblem = Number(status) >= 400;
    return [status, isProblem ? { $ref: "#/components/responses/Problem" } : { description, content: { "application/json": { schema } } }] as const;
  });
  return { ...Object.fromEntries(answers), default: { $ref: "#/components/responses/Problem" } };
}

function openPaths(): Record<string, Schema> {
  const open = (operationId: string, summary: string) => ({ get: { operationId, summary, security: [], responses: { 200: { description: "Done" }, default: { $ref: "#/components/responses/Problem" } } } });
  return { "/health": open("getHealth", "Whether the installation works"), "/openapi.json": open("getOpenApi", "This document") };
}

function operationIdOf({ method, path }: Route): string {
  const words = path.split("/").filter((part) => part !== "").map((part) => part.replace(/[{}]/g, ""));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
}

function pick(source: Record<string, Schema>, names: string[]): Record<string, Schema> {
  return Object.fromEntries(names.map((name) => [name, source[name]!]));
}
