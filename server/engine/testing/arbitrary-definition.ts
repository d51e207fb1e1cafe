import * as fc from "fast-check";
import { definitionSchema, type Definition, type DefinitionInput } from "@/server/engine/definition";
import { portsOf, slotsOf, type Rates } from "./script";

/** A workflow and the world it runs in. */
export interface Scenario {
  definition: Definition;
  startNode: string | undefined;
  seed: number;
  rates: Rates;
  /** Milliseconds after the start at which a person cancels the run. */
  cancelAt: number | null;
}

interface LinkShape {
  back: number;
  port: number;
  when: boolean;
}

interface NodeShape {
  kind: string;
  links: LinkShape[];
  onError: "fail" | "continue" | "route" | undefined;
  skipIf: boolean;
  disabled: boolean;
  /** Retry of a leaf; containers have none. */
  retry: { maxAttempts: number; strategy: "constant" | "exponential"; delaySeconds: number; maxElapsedSeconds?: number } | undefined;
  config: Record<string, unknown>;
  /** A join that every node without another way out leads to. */
  gathers?: boolean;
  /** Children by slot; missing for leaves. */
  slots?: Record<string, NodeShape[]>;
}

const PLAIN_KINDS = ["set", "set", "set", "http", "http", "log", "log", "fail"];
const WAIT_KINDS = ["delay", "wait.signal", "approval", "subworkflow"];
const CONTROL_KINDS = ["stop", "break", "break", "continue", "continue"];
const DEPTH = 3;

const link: fc.Arbitrary<LinkShape> = fc.record({ back: fc.nat(3), port: fc.constantFrom(0, 0, 0, 1, 2), when: sometimes(0.2) });

const common = {
  links: fc.array(link, { maxLength: 3, size: "max" }),
  onError: fc.constantFrom(undefined, undefined, undefined, "fail" as const, "continue" as const, "route" as const, "route" as const),
  skipIf: sometimes(0.2),
  disabled: sometimes(0.04),
};

const retryPolicy = fc.record(
  { maxAttempts: fc.integer({ min: 1, max: 4 }), strategy: fc.constantFrom("constant" as const, "exponential" as const), delaySeconds: fc.integer({ min: 0, max: 9_000 }), maxElapsedSeconds: fc.integer({ min: 1, max: 40_000 }) },
  { requiredKeys: ["maxAttempts", "strategy", "delaySeconds"] },
);

const joinConfig = fc.record({ mode: fc.constantFrom("all", "any", "n"), n: fc.integer({ min: 1, max: 3 }), cancelOthers: fc.boolean() });

/** How often the kinds of leaves come; `races` has many things end early while others run. */
const PROFILES = {
  even: { plain: 10, branch: 3, join: 3, wait: 2, control: 1, joinConfig, retry: rarely(retryPolicy, undefined) },
  races: { plain: 6, branch: 1, join: 5, wait: 4, control: 2, joinConfig: fc.record({ mode: fc.constantFrom("any", "any", "n"), n: fc.constant(2), cancelOthers: sometimes(0.8) }), retry: retryPolicy },
} as const;
type Profile = keyof typeof PROFILES;

function leaf(profile: Profile): fc.Arbitrary<NodeShape> {
  const { plain, branch, join, wait, control, joinConfig: config, retry } = PROFILES[profile];
  const plainConfig = fc.constant<Record<string, unknown>>({});
  const body: fc.Arbitrary<Pick<NodeShape, "kind" | "config" | "gathers">> = fc.oneof(
    { weight: plain, arbitrary: fc.record({ kind: fc.constantFrom(...PLAIN_KINDS), config: plainConfig }) },
    { weight: branch, arbitrary: fc.record({ kind: fc.constantFrom("if", "switch"), config: plainConfig }) },
    { weight: join, arbitrary: fc.record({ kind: fc.constant("join"), config, gathers: fc.boolean() }) },
    { weight: wait, arbitrary: fc.record({ kind: fc.constantFrom(...WAIT_KINDS), config: plainConfig }) },
    { weight: control, arbitrary: fc.record({ kind: fc.constantFrom(...CONTROL_KINDS), config: plainConfig }) },
  );
  return fc.record({ ...common, retry, body }).map((shape) => ({ links: shape.links, onError: shape.onError, skipIf: shape.skipIf, disabled: shape.disabled, retry: shape.retry, ...shape.body }));
}

function sometimes(probability: number): fc.Arbitrary<boolean> {
  const truths = Math.max(1, Math.round(probability * 25));
  return fc.oneof({ weight: 25 - truths, arbitrary: fc.constant(false) }, { weight: truths, arbitrary: fc.constant(true) });
}

function rarely<Value, Else>(value: fc.Arbitrary<Value>, otherwise: Else): fc.Arbitrary<Value | Else> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });
}

function container(children: fc.Arbitrary<NodeShape>): fc.Arbitrary<NodeShape> {
  const some = fc.array(children, { minLength: 1, maxLength: 3, size: "max" });
  const maybe = fc.array(children, { maxLength: 2, size: "max" });
  const slots = (kind: string, config: fc.Arbitrary<Record<string, unknown>>, names: Record<string, fc.Arbitrary<NodeShape[]>>) =>
    fc.record({ ...common, kind: fc.constant(kind), retry: fc.constant(undefined), config, slots: fc.record(names) });
  const expression = fc.constant({ condition: "{{ true }}" });
  const forEach = slots(
    "forEach",
    fc.record({ items: fc.constant("{{ items }}"), mode: fc.constantFrom("sequential", "parallel"), limit: fc.integer({ min: 1, max: 3 }), continueOnItemError: fc.boolean() }),
    { body: some },
  );
  const grace = fc.integer({ min: 1, max: 3_600 });
  const tryCatch = slots("tryCatch", grace.map((finallyGraceSeconds) => ({ finallyGraceSeconds })), { body: some, catch: maybe, finally: maybe });
  return fc.oneof(
    forEach,
    forEach,
    slots("parallel", fc.constant({ branches: 3 }), { "branch:0": some, "branch:1": maybe, "branch:2": maybe }),
    tryCatch,
    tryCatch,
    slots("ifElse", expression, { then: some, else: maybe }),
    slots("switchCase", fc.constant({ value: 1, cases: [{ name: "a", equals: 1 }, { name: "b", equals: 2 }] }), { "case:a": some, "case:b": maybe, default: maybe }),
    slots("while", fc.record({ condition: fc.constant("{{ more }}"), maxIterations: fc.integer({ min: 1, max: 4 }) }), { body: some }),
  );
}

function nodeOfDepth(depth: number, profile: Profile): fc.Arbitrary<NodeShape> {
  if (depth === 0) return leaf(profile);
  return fc.oneof({ weight: 3, arbitrary: leaf(profile) }, { weight: 2, arbitrary: container(nodeOfDepth(depth - 1, profile)) });
}

const rate = (...values: number[]) => fc.constantFrom(...values);
const rates: fc.Arbitrary<Rates> = fc.record({
  fail: rate(0, 0, 0.02, 0.08, 0.3),
  retryable: rate(0.5, 0.9),
  fatal: rate(0, 0, 0.2),
  skip: rate(0, 0.3),
  untaken: rate(0, 0.2, 0.5),
  enterFails: rate(0, 0, 0, 0.04),
  exitFails: rate(0, 0, 0, 0.04),
  expire: rate(0, 0.5),
  turn: rate(0, 0, 0, 0.2),
});

export interface ScenarioOptions {
  profile?: Profile;
  maxParallel?: boolean;
  /** The run may have a time limit, and a person may cancel it. */
  interruptions?: boolean;
}

/** Run limits are of the order of what a run of the script takes. */
const LONGEST_RUN_MS = 2 ** 28;
const LONGEST_RUN_SECONDS = 2 ** 18;

export function arbitraryScenario({ profile = "even", maxParallel = false, interruptions = false }: ScenarioOptions = {}): fc.Arbitrary<Scenario> {
  return fc
    .record({
      nodes: fc.array(nodeOfDepth(profile === "races" ? 1 : DEPTH, profile), { minLength: 1, maxLength: 5, size: "max" }),
      triggers: fc.constantFrom(0, 0, 1, 2),
      seed: fc.nat(),
      rates,
      maxParallel: maxParallel ? fc.integer({ min: 1, max: 4 }) : fc.constant(undefined),
      timeoutSeconds: interruptions ? rarely(fc.integer({ min: 1, max: LONGEST_RUN_SECONDS }), undefined) : fc.constant(undefined),
      cancelAt: interruptions ? rarely(fc.integer({ min: 1, max: LONGEST_RUN_MS }), null) : fc.constant(null),
    })
    .map(({ nodes, triggers, seed, rates: chosenRates, cancelAt, ...settings }) => {
      const definition = new DefinitionBuilder().build(nodes, triggers, settings);
      const startNode = triggers === 0 ? undefined : definition.nodes[seed % triggers]!.id;
      return { definition, startNode, seed, rates: chosenRates, cancelAt };
    });
}

class DefinitionBuilder {
  private readonly nodes: DefinitionInput["nodes"] = [];
  private readonly edges: DefinitionInput["edges"] = [];

  build(shapes: NodeShape[], triggers: number, settings: { maxParallel?: number | undefined; timeoutSeconds?: number | undefined }): Definition {
    const starts = Array.from({ length: triggers }, (_, index) => this.addTrigger(index));
    this.addFrame(shapes, undefined, false, starts);
    return definitionSchema.parse({ schema: 1, nodes: this.nodes, edges: this.edges, settings });
  }

  private addTrigger(index: number): NodeShape & { id: string } {
    const kind = index === 0 ? "trigger.manual" : "trigger.webhook";
    const id = `trigger${index}`;
    this.nodes.push({ id, kind });
    return { id, kind, links: [], onError: undefined, skipIf: false, disabled: false, retry: undefined, config: {} };
  }

  private addFrame(shapes: NodeShape[], parent: { id: string; slot: string } | undefined, inLoop: boolean, before: (NodeShape & { id: string })[] = []): void {
    const placed = [...before];
    for (const shape of shapes) {
      const kind = this.kindHere(shape, placed.length, inLoop);
      const id = `${kind.replace(/[^A-Za-z]/g, "")}${this.nodes.length}`;
      const incoming = this.link(id, this.linksOf(shape, kind, placed), placed) || this.linkFromTrigger(id, before);
      const config = kind === "join" ? { ...shape.config, n: Math.min(Number(shape.config.n), incoming) } : kind === shape.kind ? shape.config : {};
      this.nodes.push({
        id,
        kind,
        config,
        ...(parent === undefined ? {} : { parent }),
        ...(shape.disabled ? { disabled: true } : {}),
        ...(shape.skipIf ? { skipIf: "{{ skip }}" } : {}),
        ...(shape.onError === undefined ? {} : { onError: shape.onError }),
        ...(shape.retry === undefined ? {} : { retry: { ...shape.retry, factor: 2, jitter: 0, maxDelaySeconds: 15_000 } }),
      });
      placed.push({ ...shape, kind, id });
      for (const slot of shape.slots === undefined ? [] : slotsOf({ kind, config })) {
        this.addFrame(shape.slots?.[slot] ?? [], { id, slot }, inLoop || kind === "forEach" || kind === "while");
      }
    }
  }

  /** Where there are triggers, everything has to be reached from one. */
  private linkFromTrigger(to: string, triggers: { id: string }[]): number {
    const trigger = triggers[this.nodes.length % triggers.length];
    if (trigger === undefined) return 0;
    this.edges.push({ from: trigger.id, port: "out", to });
    return 1;
  }

  /** A kind that could not stand at this place becomes a plain one. */
  private kindHere(shape: NodeShape, nodesBefore: number, inLoop: boolean): string {
    if (shape.kind === "join" && ((shape.links.length === 0 && shape.gathers !== true) || nodesBefore === 0)) return "set";
    if ((shape.kind === "break" || shape.kind === "continue") && !inLoop) return "set";
    return shape.kind;
  }

  private linksOf(shape: NodeShape, kind: string, placed: { id: string }[]): LinkShape[] {
    if (kind !== "join" || shape.gathers !== true) return shape.links;
    const ends = placed.flatMap(({ id }, index) => (this.edges.some((edge) => edge.from === id) ? [] : [{ back: placed.length - 1 - index, port: 0, when: false }]));
    return ends.length === 0 ? [{ back: 0, port: 0, when: false }] : ends;
  }

  /** Edges from earlier nodes of the frame; answers how many there are. */
  private link(to: string, links: LinkShape[], placed: (NodeShape & { id: string })[]): number {
    const seen = new Set<string>();
    for (const { back, port, when } of links) {
      const source = placed[placed.length - 1 - Math.min(back, placed.length - 1)];
      if (source === undefined) continue;
      const ports = [...portsOf(source.kind), ...(source.onError === "route" ? ["error"] : [])];
      const chosen = ports[port % ports.length]!;
      if (seen.has(`${source.id} ${chosen}`)) continue;
      seen.add(`${source.id} ${chosen}`);
      this.edges.push({ from: source.id, port: chosen, to, ...(when ? { when: "{{ when }}" } : {}) });
    }
    return seen.size;
  }
}
