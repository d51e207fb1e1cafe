import { initialValue } from "@/components/forms/initial-value";
import type { TriggerDetail } from "@/server/triggers/contract";
import { parameterOf } from "@/server/triggers/kinds/route/path";
import { routeConfig, type RouteAuth } from "@/server/triggers/kinds/route/spec";

/** A line for a shell that calls the route; what only the caller knows stands in capitals. */
export function curlLineOf({ url, config, inputSchema }: Pick<TriggerDetail, "url" | "config" | "inputSchema">): string | null {
  const parsed = routeConfig.safeParse(config);
  if (url === null || !parsed.success) return null;
  const { auth, answer, method } = parsed.data;
  const [protocol, rest = ""] = url.split("://");
  const address = `${protocol}://${rest.split("/").map((segment) => parameterOf(segment)?.toUpperCase() ?? segment).join("/")}`;
  const chosen = method === "ANY" ? "POST" : method;
  const hasBody = chosen !== "GET" && chosen !== "DELETE";
  const inPath = rest.split("/").flatMap((segment) => parameterOf(segment) ?? []);
  const parts = ["curl", ...(answer.mode === "stream" ? ["-N"] : []), ...(chosen === "GET" ? [] : ["-X", chosen]), quoted(address), ...headersOf(auth).flatMap((header) => ["-H", quoted(header)])];
  if (auth.type === "basic") parts.push("-u", quoted(`${auth.username}:PASSWORD`));
  if (hasBody) parts.push("-H", quoted("Content-Type: application/json"), "-d", quoted(JSON.stringify(sampleOf(inputSchema, inPath))));
  return parts.join(" ");
}

function headersOf(auth: RouteAuth): string[] {
  switch (auth.type) {
    case "token":
      return ["Authorization: Bearer API_TOKEN"];
    case "bearer":
      return ["Authorization: Bearer TOKEN"];
    case "session":
      return ["Cookie: SESSION_COOKIE", "Sec-Fetch-Site: same-origin"];
    case "apiKey":
      return [`${auth.header}: KEY`];
    case "hmac":
      return [...(auth.timestampHeader === undefined ? [] : [`${auth.timestampHeader}: SECONDS`]), `${auth.header}: ${auth.prefix}SIGNATURE`];
    case "workflow":
      return auth.headers.map((name) => `${name}: VALUE`);
    case "none":
    case "basic":
      return [];
  }
}

/** Every field that has to be there, with its default or an empty value of its type. */
function sampleOf(schema: unknown, inPath: readonly string[]): Record<string, unknown> {
  if (!isObject(schema)) return {};
  const begin = initialValue(schema);
  const names = Array.isArray(schema.required) ? schema.required.filter((name): name is string => typeof name === "string") : [];
  const empty = Object.fromEntries(names.map((name) => [name, emptyOf(isObject(schema.properties) ? schema.properties[name] : undefined)]));
  const all = { ...empty, ...(isObject(begin) ? begin : {}) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !inPath.includes(name)));
}

function emptyOf(schema: unknown): unknown {
  if (!isObject(schema)) return null;
  if (Array.isArray(schema.enum)) return schema.enum[0] as unknown;
  const type = [schema.type].flat()[0];
  return type === "string" ? "" : type === "number" || type === "integer" ? 0 : type === "boolean" ? false : type === "array" ? [] : type === "object" ? {} : null;
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
