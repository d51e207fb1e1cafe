/** The path of a route: literal segments, and `:name` for one segment of any text. */
export interface RoutePath {
  method: string;
  path: string;
  /** Whether the address begins with the workspace's name. */
  inWorkspace: boolean;
}

export const ROUTE_PREFIX = "/api/r";
/** Where the document that lists the routes of a workspace is. */
export const ROUTES_DOCUMENT = "openapi.json";
/** Begins the first segment of an address at which a route of a draft is tried: neither workspaces nor words of paths have it. */
export const TRIED_MARK = "@";
const MAX_SEGMENTS = 20;
const LITERAL = /^[A-Za-z0-9._~-]+$/;
const PARAMETER = /^:([A-Za-z_][A-Za-z0-9_]*)$/;

export function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

export function parameterOf(segment: string): string | null {
  return PARAMETER.exec(segment)?.[1] ?? null;
}

/** Null: it can be used. */
export function pathProblem({ path, inWorkspace }: Pick<RoutePath, "path" | "inWorkspace">): string | null {
  if (!path.startsWith("/")) return "must begin with /";
  const segments = segmentsOf(path);
  if (path !== `/${segments.join("/")}`) return "must not have empty segments or end with /";
  if (segments.length > MAX_SEGMENTS) return `must have at most ${MAX_SEGMENTS} segments`;
  const names = segments.flatMap((segment) => parameterOf(segment) ?? []);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `names :${twice} twice`;
  const bad = segments.find((segment) => parameterOf(segment) === null && (!LITERAL.test(segment) || /^\.\.?$/.test(segment)));
  if (bad !== undefined) return `has the segment ${bad}, which is neither a :name nor letters, digits and . _ ~ -`;
  if (inWorkspace) return path === `/${ROUTES_DOCUMENT}` ? "is the address of the document that lists the routes" : null;
  return segments[0] === undefined || parameterOf(segments[0]) !== null ? "must begin with a word when the workspace is not part of the address" : null;
}

/**
 * What makes two routes the same: the method and the path without the names of its parameters, `GET /orders/{}`. Routes outside of
 * their workspace have keys with two slashes, unique in the whole installation.
 */
export function routeKeyOf({ method, path, inWorkspace }: RoutePath): string {
  const shape = segmentsOf(path).map((segment) => (parameterOf(segment) === null ? segment : "{}"));
  return `${method} ${inWorkspace ? "/" : "//"}${shape.join("/")}`;
}

/** The path of the address, for people and documents. */
export function addressPathOf(workspaceSlug: string, { path, inWorkspace }: Pick<RoutePath, "path" | "inWorkspace">): string {
  return `${ROUTE_PREFIX}${inWorkspace ? `/${workspaceSlug}` : ""}${path === "/" ? "" : path}`;
}

/** Values of the parameters for the decoded segments of a request that the route matches. */
export function parametersOf(path: string, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(segmentsOf(path).flatMap((segment, index) => {
    const name = parameterOf(segment);
    return name === null ? [] : [[name, given[index] ?? ""]];
  }));
}

/** The more special of two shapes comes first: a word before a parameter, from the left; a method of its own before any method. */
export function bySpeciality(one: string, other: string): number {
  const [[oneMethod = "", oneShape = ""], [otherMethod = "", otherShape = ""]] = [one.split(" "), other.split(" ")];
  const rank = (shape: string) => shape.split("/").map((segment) => (segment === "{}" ? "1" : "0")).join("");
  const byShape = rank(oneShape) < rank(otherShape) ? -1 : rank(oneShape) > rank(otherShape) ? 1 : 0;
  return byShape === 0 ? Number(oneMethod === "ANY") - Number(otherMethod === "ANY") : byShape;
}
