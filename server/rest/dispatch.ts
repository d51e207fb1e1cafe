import { recordingDenials } from "@/server/auth/denials";
import { countAttempt } from "@/server/auth/rate-limit";
import { originOf } from "@/server/auth/request-origin";
import { WORKSPACE_HEADER } from "@/server/auth/constants";
import { openForeignScope, openTokenScope, type Scope } from "@/server/auth/scope";
import { looksLikeJwt } from "@/server/foreign-tokens/service";
import { DomainError } from "@/server/errors/domain-error";
import { readJsonBody } from "./body";
import { readCsvBody } from "./csv-body";
import { healthResponse } from "./health";
import { API_PREFIX, openApiDocument } from "./openapi";
import { documentResponse, invalidInputResponse, problemResponse, asDomainError, typeOf } from "./problem";
import { reportUnexpected } from "./report";
import type { Route } from "./route";
import { ROUTES } from "./routes";

/** What nobody needs a token for. */
const OPEN_PLACES: Readonly<Record<string, () => Promise<Response>>> = {
  "/health": healthResponse,
  "/openapi.json": () => Promise.resolve(Response.json(openApiDocument(), { headers: { "access-control-allow-origin": "*" } })),
};

interface Match {
  route: Route;
  parameters: Record<string, string>;
}

/** Answers any request below `/api/v1`. Nothing that happens on the way ends in anything but a problem document. */
export async function handleRest(request: Request): Promise<Response> {
  const origin = originOf(request.headers);
  try {
    const path = new URL(request.url).pathname.slice(API_PREFIX.length);
    const open = request.method === "GET" ? OPEN_PLACES[path] : undefined;
    if (open !== undefined) return await open();
    const matches = ROUTES.flatMap((route) => matchPath(route, path) ?? []);
    const match = matches.find(({ route }) => route.method === request.method);
    if (match === undefined) return noRoute(request.method, path, matches);
    const { permission, isWhole } = match.route;
    const caller = await authenticate(request, origin);
    return await recordingDenials(caller, async () => {
      if (isWhole) caller.require(permission);
      const scope = caller.for(permission);
      const input = match.route.input.safeParse(await collectInput(match, request));
      if (!input.success) return invalidInputResponse(input.error, origin.requestId);
      return match.route.run({ scope, request }, input.data);
    });
  } catch (error) {
    if (asDomainError(error) === null) reportUnexpected(error, `${request.method} ${new URL(request.url).pathname}`, origin);
    return problemResponse(error, origin.requestId);
  }
}

async function authenticate(request: Request, origin: ReturnType<typeof originOf>): Promise<Scope> {
  const [scheme, token] = (request.headers.get("authorization") ?? "").split(/\s+/);
  if (scheme?.toLowerCase() !== "bearer" || token === undefined) throw new DomainError("unauthenticated", { reason: "Send an API token: Authorization: Bearer mlr_…" });
  try {
    return looksLikeJwt(token) ? await openForeignScope(token, request.headers.get(WORKSPACE_HEADER), origin) : await openTokenScope(token, origin);
  } catch (error) {
    // Keys that cannot be read count as well: the token is of anybody's making.
    if (DomainError.is(error, "unauthenticated") || DomainError.is(error, "unavailable")) await countAttempt("badTokenByAddress", origin.ip);
    throw error;
  }
}

function matchPath(route: Route, path: string): Match | null {
  const wanted = route.path.split("/");
  const given = path.replace(/\/$/, "").split("/");
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const actual = given[index] ?? "";
    if (part.startsWith("{")) parameters[part.slice(1, -1)] = safeDecode(actual);
    else if (part !== actual) return null;
  }
  return { route, parameters };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function collectInput({ route, parameters }: Match, request: Request): Promise<unknown> {
  const query = queryOf(request);
  if (route.method === "GET" || route.method === "DELETE") return { ...query, ...parameters };
  const ofFile = route.takesCsv ? await readCsvBody(request, query) : null;
  if (ofFile !== null) return { ...ofFile, ...parameters };
  const body = (await readJsonBody(request)) ?? {};
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new DomainError("invalid_input", { field: "body", reason: "must be a JSON object" });
  const fromQuery = Object.fromEntries(Object.entries(query).filter(([name]) => route.queryFields.includes(name)));
  return { ...body, ...fromQuery, ...parameters };
}

/** A name that occurs several times is a list. */
function queryOf(request: Request): Record<string, string | string[]> {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    return [name, values.length === 1 ? values[0]! : values];
  }));
}

function noRoute(method: string, path: string, others: Match[]): Response {
  if (others.length === 0) {
    return documentResponse({ type: typeOf("not_found"), title: "Not found", status: 404, detail: `There is nothing at ${API_PREFIX}${path}. See ${API_PREFIX}/openapi.json.` });
  }
  const allowed = others.map(({ route }) => route.method).join(", ");
  return documentResponse({ type: typeOf("method_not_allowed"), title: "Method not allowed", status: 405, detail: `${method} is not possible here, but ${allowed}.` }, { allow: allowed });
}

