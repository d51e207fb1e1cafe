import { sharedPool } from "@/server/db/client";
import { VERSION_IN } from "@/server/environments/service";
import { checked, ENDPOINT_FIELDS, type Endpoint, findEndpointByToken } from "@/server/triggers/endpoint";
import { bySpeciality, parameterOf, parametersOf, segmentsOf, TRIED_MARK } from "@/server/triggers/kinds/route/path";
import { routeConfig, type RouteConfig } from "@/server/triggers/kinds/route/spec";

export interface RouteMatch {
  endpoint: Endpoint;
  config: RouteConfig;
  params: Record<string, string>;
}

type Found = { match: RouteMatch } | { allowed: string[] } | null;

const PATH = `(split_part(t.route_key, ' ', 2)) COLLATE "C"`;
const OWN = "t.workspace_id = (SELECT id FROM workspace WHERE slug = $1) AND t.route_key IS NOT NULL AND t.route_key NOT LIKE '% //%'";
const GLOBAL = "t.route_key LIKE '% //%'";

/**
 * Goes down the paths there are, word by word: each given one, and `{}`, which takes any that is not empty. A step is one descent of an
 * index, so that a path costs the same whatever the number of routes ("0" comes after "/").
 */
const walk = (name: string, { begin, words, where }: { begin: string; words: string; where: string }) => `
${name} AS (
  SELECT 1 AS depth, '${begin}' COLLATE "C" AS path
  UNION ALL
  SELECT w.depth + 1, n.path FROM ${name} w CROSS JOIN LATERAL (
    SELECT DISTINCT w.path || '/' || word AS path
    FROM (VALUES (CASE WHEN strpos((${words})[w.depth], '/') = 0 THEN (${words})[w.depth] END), (CASE WHEN (${words})[w.depth] <> '' THEN '{}' END)) v(word) WHERE word IS NOT NULL) n
  WHERE w.depth = cardinality(${words})
    OR w.depth < cardinality(${words}) AND EXISTS (SELECT FROM trigger t WHERE ${where} AND ${PATH} >= n.path || '/' AND ${PATH} < n.path || '0'))`;
const ends = (name: string, words: string) => `SELECT path FROM ${name} WHERE depth = cardinality(${words}) + 1`;

const find = (which: string) => {
  const [own, global] = [{ begin: "", words: "$2::text[]", where: `${OWN} AND ${which}` }, { begin: "/", words: "$3::text[]", where: `${GLOBAL} AND ${which}` }];
  return `
WITH RECURSIVE ${walk("own", own)}, ${walk("everywhere", global)}
SELECT ${ENDPOINT_FIELDS}, t.route_key AS "routeKey", t.route_key LIKE '% //%' AS "isGlobal"
FROM (
  SELECT t.* FROM (${ends("own", own.words)}) p JOIN trigger t ON ${own.where} AND ${PATH} = p.path
  UNION ALL SELECT t.* FROM (${ends("everywhere", global.words)}) p JOIN trigger t ON ${global.where} AND ${PATH} = p.path
) t JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = t.workspace_id
WHERE t.kind = 'route' AND s.deleted_at IS NULL`;
};
export const LIVE = find("t.retired_at IS NULL");
export const RETIRED = find("t.retired_at IS NOT NULL");

interface Row extends Endpoint {
  routeKey: string;
  isGlobal: boolean;
}

/** What `LIVE` and `RETIRED` are asked with. */
export function routeValues(slug: string, rest: readonly string[]): unknown[] {
  return [slug, rest.length === 0 ? [""] : rest, [slug, ...rest]];
}

/** The route for the decoded segments of a path below `/api/r`: the first is a workspace, or already a word of a route of the installation. */
export async function findRoute(method: string, segments: readonly string[]): Promise<Found> {
  const [slug = "", ...rest] = segments;
  if (slug.startsWith(TRIED_MARK)) return findTriedRoute(method, slug.slice(TRIED_MARK.length), rest);
  const values = routeValues(slug, rest);
  const { rows: live } = await sharedPool().query<Row>({ name: "trigger-by-route", text: LIVE, values });
  // What is gone answers so only where nothing else answers.
  const found = live.length > 0 ? live : (await sharedPool().query<Row>({ name: "trigger-by-retired-route", text: RETIRED, values })).rows;
  const byRank = found.sort((one, other) => Number(one.isGlobal) - Number(other.isGlobal) || bySpeciality(one.routeKey, other.routeKey));
  const row = byRank.find(({ routeKey }) => [method, "ANY"].includes(routeKey.split(" ")[0] ?? ""));
  if (row === undefined) return byRank.length === 0 ? null : { allowed: [...new Set(byRank.map(({ routeKey }) => routeKey.split(" ")[0]!))].sort() };
  const { routeKey: _key, isGlobal, ...fields } = row;
  const endpoint = checked(fields);
  const config = routeConfig.parse(endpoint.config);
  return { match: { endpoint, config, params: parametersOf(config.path, isGlobal ? segments : rest) } };
}

/** A route of a draft, at the address that it is tried at. */
async function findTriedRoute(method: string, token: string, rest: readonly string[]): Promise<Found> {
  const endpoint = await findEndpointByToken(token);
  if (endpoint?.kind !== "route") return null;
  const config = routeConfig.parse(endpoint.config);
  const wanted = segmentsOf(config.path);
  if (wanted.length !== rest.length || wanted.some((segment, index) => parameterOf(segment) === null && segment !== rest[index])) return null;
  return ["ANY", method].includes(config.method) ? { match: { endpoint, config, params: parametersOf(config.path, rest) } } : { allowed: [config.method] };
}

/** A route that can be called, as the document of its workspace describes it. */
export interface ListedRoute {
  id: string;
  name: string;
  config: RouteConfig;
  workflow: { name: string; description: string };
  /** A mapping makes the input from the request: its fields are not the request's. */
  isMapped: boolean;
  inputSchema: unknown;
  outputSchema: unknown;
}

const LIST = `
SELECT t.id, t.name, t.config, json_build_object('name', w.name, 'description', w.description) AS workflow, t.mapping IS NOT NULL AS "isMapped",
  v.input_schema AS "inputSchema", v.output_schema AS "outputSchema"
FROM trigger t JOIN workflow w ON w.id = t.workflow_id JOIN workflow_version v ON v.id = coalesce(t.version_id, ${VERSION_IN("t.environment_id")})
WHERE t.workspace_id = $1 AND t.kind = 'route' AND t.mode <> 'disabled' AND t.retired_at IS NULL AND NOT t.dormant AND w.archived_at IS NULL AND w.deleted_at IS NULL
ORDER BY split_part(t.route_key, ' ', 2), t.route_key`;

export async function listActiveRoutes(workspaceId: string): Promise<ListedRoute[]> {
  const { rows } = await sharedPool().query<ListedRoute>(LIST, [workspaceId]);
  return rows.map((row) => ({ ...row, config: routeConfig.parse(row.config) }));
}
