import type { ErrorRef, Path } from "@/server/engine/events";
import type { ExpressionScope, References, ScopeRoot } from "@/server/expressions/references";
import type { StepError } from "@/server/nodes/runner";
import type { PathValueKind, PathValues, ValueStore } from "@/server/worker/value-store";
import { enclosingContainers, enclosingLoops, prefixAbove } from "@/server/worker/visibility";

/** Where an expression stands: what it sees follows from it. */
export interface Site {
  /** Path of the step, container, iteration or run it belongs to. */
  path: Path;
  nodeId: string | null;
  attempt: number;
  visible: ReadonlyMap<string, number>;
  /** Inside a container: paths of visible nodes begin below `path` itself. */
  inside: boolean;
  now: number;
  /** Values in place of what the path would give: `error` of a failed attempt, the step's own result. */
  overlay?: { error?: unknown; self?: { id: string; value: StepValue }; [extraName: string]: unknown };
}

/** What `steps.<id>` is. */
export interface StepValue {
  output: unknown;
  error: unknown;
  status: string | null;
}

/** What the scope of every expression of a run is made from. */
export interface RunScopeSource {
  values: ValueStore;
  input(): unknown;
  trigger(): unknown;
  variables(): unknown;
  run(): unknown;
  workspace(): unknown;
  /** Whether the loop has items; else it is a `while`. */
  isForEach(loop: string): boolean;
  /** The error a `tryCatch` execution has caught. */
  caughtBy(container: Path): ErrorRef | null;
  errorOf(ref: ErrorRef): StepError | Promise<StepError>;
  /** Set in a run of a single node: given values take the place of the run's own. */
  given?: Record<string, unknown>;
}

/** The values an expression reads, no others. A promise only when something has to be loaded. */
export function scopeFor(source: RunScopeSource, references: References, site: Site): ExpressionScope | Promise<ExpressionScope> {
  if (references.roots.length === 0) return site.overlay ?? EMPTY;
  const wanted = wantedValues(references, site);
  const loading = wanted.length === 0 ? undefined : source.values.load(wanted);
  const caught = caughtError(source, references, site);
  if (loading !== undefined || caught instanceof Promise) {
    return Promise.all([loading, caught]).then(([, error]) => build(source, references, site, error));
  }
  return build(source, references, site, caught);
}

const EMPTY: ExpressionScope = {};

function build(source: RunScopeSource, references: References, site: Site, caught: StepError | null): ExpressionScope {
  const scope: { [Root in ScopeRoot]?: unknown } = {};
  for (const root of references.roots) {
    const value = valueOf(source, root, references, site, caught);
    if (value !== undefined) scope[root] = value;
  }
  if (site.overlay === undefined && source.given === undefined) return scope;
  return { ...scope, ...extraNames(site), ...givenRoots(source.given, references, scope) };
}

function valueOf(source: RunScopeSource, root: ScopeRoot, references: References, site: Site, caught: StepError | null): unknown {
  switch (root) {
    case "input":
      return source.input();
    case "trigger":
      return source.trigger();
    case "vars":
      return source.variables();
    case "run":
      return source.run();
    case "workspace":
      return source.workspace();
    case "now":
      return site.now;
    case "error":
      return site.overlay?.error ?? caught ?? undefined;
    case "steps":
      return stepsOf(source, references, site, caught);
    case "item":
    case "index":
    case "previous":
    case "loops":
      return loopValue(source, root, site);
  }
}

function pathOf(site: Site, id: string, level: number): Path {
  if (!site.inside) return prefixAbove(site.path, level) + id;
  return (level === 0 ? `${site.path}/` : prefixAbove(site.path, level - 1)) + id;
}

function readSteps(references: References, site: Site): readonly string[] {
  return references.dynamicSteps ? [...site.visible.keys()] : references.steps;
}

function wantedValues(references: References, site: Site): { path: Path; what: PathValueKind }[] {
  const wanted: { path: Path; what: PathValueKind }[] = [];
  if (references.roots.includes("steps")) {
    for (const id of readSteps(references, site)) {
      const level = site.visible.get(id);
      if (level === undefined) continue;
      const path = pathOf(site, id, level);
      wanted.push({ path, what: "output" }, { path, what: "error" });
    }
  }
  if (references.roots.some((root) => root === "item" || root === "loops" || root === "previous")) {
    for (const loop of enclosingLoops(site.path)) {
      wanted.push({ path: loop.path, what: "input" });
      if (loop.index > 0) wanted.push({ path: `${loop.path}[${loop.index - 1}]`, what: "output" });
    }
  }
  return wanted;
}

function stepsOf(source: RunScopeSource, references: References, site: Site, caught: StepError | null): Record<string, StepValue> {
  const steps: Record<string, StepValue> = {};
  const given = source.given?.steps as Record<string, StepValue> | undefined;
  for (const id of readSteps(references, site)) {
    const level = site.visible.get(id);
    if (level !== undefined) steps[id] = stepValue(source.values.get(pathOf(site, id, level)));
    else if (given !== undefined && Object.hasOwn(given, id)) steps[id] = given[id]!;
  }
  const catching = caught === null ? undefined : catchingContainer(source, site);
  const catcher = catching === undefined ? undefined : catching.slice(catching.lastIndexOf("/") + 1);
  if (catcher !== undefined && steps[catcher] !== undefined) steps[catcher] = { ...steps[catcher], error: caught };
  const self = site.overlay?.self;
  if (self !== undefined) steps[self.id] = self.value;
  return steps;
}

function stepValue(values: PathValues | undefined): StepValue {
  if (values === undefined) return { output: null, error: null, status: null };
  return { output: values.output?.value ?? null, error: values.error?.value ?? null, status: values.status };
}

function loopValue(source: RunScopeSource, root: "item" | "index" | "previous" | "loops", site: Site): unknown {
  const loops = enclosingLoops(site.path);
  if (root === "loops") {
    return Object.fromEntries(loops.toReversed().map((loop) => [loop.id, { item: itemOf(source, loop), index: loop.index }]));
  }
  // Of the loops around it, each name is of the nearest that has it.
  const nearest = root === "index" ? loops[0] : loops.find(({ id }) => source.isForEach(id) === (root === "item"));
  if (nearest === undefined) return undefined;
  if (root === "index") return nearest.index;
  if (root === "item") return itemOf(source, nearest);
  return nearest.index === 0 ? null : (source.values.get(`${nearest.path}[${nearest.index - 1}]`)?.output?.value ?? null);
}

function itemOf(source: RunScopeSource, loop: { path: Path; index: number }): unknown {
  const input = source.values.get(loop.path)?.input?.value as { items?: unknown[] } | null | undefined;
  return input?.items?.[loop.index] ?? null;
}

function catchingContainer(source: RunScopeSource, site: Site): Path | undefined {
  return enclosingContainers(site.inside ? `${site.path}/` : site.path).find((container) => source.caughtBy(container) !== null);
}

function caughtError(source: RunScopeSource, references: References, site: Site): StepError | null | Promise<StepError> {
  if (!site.inside && !site.path.includes("/")) return null;
  if (!references.roots.includes("error") && !references.roots.includes("steps")) return null;
  const container = catchingContainer(source, site);
  const ref = container === undefined ? null : source.caughtBy(container);
  return ref === null ? null : source.errorOf(ref);
}

function extraNames(site: Site): Record<string, unknown> {
  if (site.overlay === undefined) return {};
  const { error: _error, self: _self, ...extra } = site.overlay;
  return extra;
}

const LOOP_ROOTS: readonly string[] = ["item", "index", "previous"];

/** `steps` of a given scope are merged node by node, `loops` loop by loop; other given roots replace the run's own, but not what a loop inside of the node gives. */
function givenRoots(given: Record<string, unknown> | undefined, references: References, own: ExpressionScope): Record<string, unknown> {
  if (given === undefined) return {};
  const replaced = Object.entries(given).filter(([root]) => root !== "steps" && references.roots.includes(root as ScopeRoot) && !(LOOP_ROOTS.includes(root) && Object.hasOwn(own, root)));
  return Object.fromEntries(replaced.map(([root, value]) => [root, root === "loops" ? { ...(value as object), ...(own.loops as object | undefined) } : value]));
}
