import type { ErrorRef, Path } from "@/server/engine/events";
import type { ClaimedRun, RunStore } from "@/server/engine/ports";
import { locate, type RunState } from "@/server/engine/state";
import type { RunObserver } from "@/server/telemetry/contract";
import { encodeValue } from "@/server/expressions/encoding";
import type { StepError, StepRunInfo } from "@/server/nodes/runner";
import type { StepServices } from "@/server/nodes/services";
import { Acting } from "@/server/worker/acting";
import type { CompiledWorkflow } from "@/server/worker/compiled-workflow";
import { Evaluator } from "@/server/worker/evaluation";
import { Payload } from "@/server/worker/payload";
import { PayloadPort } from "@/server/worker/payload-port";
import type { Clock, WorkerPorts, WorkerSettings, WorkspaceInfo } from "@/server/worker/ports";
import { Redaction } from "@/server/worker/redaction";
import { servicesOf } from "@/server/worker/run-services";
import type { RunScopeSource } from "@/server/worker/scope";
import { StepFailure } from "@/server/worker/step-failure";
import { ValueStore } from "@/server/worker/value-store";
import type { WorkflowCache } from "@/server/worker/workflow-cache";

/** Of which run something is told. */
export interface ReportedRun {
  readonly id: string;
  readonly workspaceId: string;
}

/** What everything that works for one claimed run shares. */
export interface WorkerContext {
  /** Tells operators of what should not happen; the worker goes on. */
  report(error: unknown, run: ReportedRun | null): void;
  store: RunStore;
  ports: WorkerPorts;
  settings: WorkerSettings;
  clock: Clock;
  /** Compiled versions: of runs that are carried out here, and of those that they call. */
  workflows: WorkflowCache;
  observer?: RunObserver | undefined;
}

/** They are copied into the row of each run that reads them. */
const VARIABLES_MAX_BYTES = 1_048_576;

export class RunContext implements RunScopeSource {
  readonly values: ValueStore;
  readonly payloads: PayloadPort;
  readonly evaluator: Evaluator;
  readonly redaction: Redaction;
  readonly acting: Acting;
  readonly info: StepRunInfo;
  readonly given: Record<string, unknown> | undefined;
  /** The engine's state; set once it exists. */
  state: RunState | undefined;

  #input: Payload;
  #trigger: Payload | null;
  readonly #errors = new Map<string, StepError>();
  readonly #kept = new Map<Path, Payload>();
  #variables: Payload | null;
  #workspace: WorkspaceInfo | undefined;
  #services: StepServices | undefined;
  #mayReadVariables = true;

  constructor(
    readonly claim: ClaimedRun,
    readonly workflow: CompiledWorkflow,
    readonly worker: WorkerContext,
  ) {
    const { id, workspaceId, workflowId, mode, createdAt, startedAt, depth, rootRunId, labels } = claim;
    this.payloads = new PayloadPort(worker.ports.blobs, { workspaceId, runId: id }, worker.settings.inlineMaxBytes, (error) => worker.report(error, { id, workspaceId }));
    this.values = new ValueStore(id, worker.store, (stored) => this.payloads.fetch(stored));
    this.evaluator = new Evaluator(id, this, worker.ports.sandbox, workspaceId);
    this.acting = new Acting(worker.ports.identity, claim);
    this.redaction = new Redaction(worker.ports.secrets, this.acting, workspaceId, id);
    this.info = { id, workspaceId, workflowId, mode, createdAt, startedAt, depth, rootRunId, labels, environment: claim.options.environment ?? null };
    this.given = claim.options.onlyNode?.scope;
    this.#input = new Payload(claim.input);
    this.#trigger = claim.trigger === null ? null : new Payload(claim.trigger);
    this.#variables = claim.vars === null ? null : new Payload(claim.vars);
  }

  /** Loads what has to be known before anything is evaluated. Answers the snapshot of the variables if it was made just now. */
  async prepare(): Promise<string | null> {
    this.#workspace = await this.worker.ports.workspace(this.claim.workspaceId);
    this.#input = await this.payloads.fetch(this.claim.input);
    if (this.claim.trigger !== null) this.#trigger = await this.payloads.fetch(this.claim.trigger);
    if (!this.workflow.readsVariables) return null;
    this.#mayReadVariables = await this.acting.may(READ_VARIABLES);
    if (this.#variables !== null || !this.#mayReadVariables) return null;
    const variables = await this.worker.ports.variables(this.claim.workspaceId, this.claim.id);
    const text = encodeValue(variables);
    const size = Buffer.byteLength(text);
    if (size > VARIABLES_MAX_BYTES) throw new StepFailure({ code: "variables_too_large", message: `the variables of the workspace take ${size} bytes; a run may see ${VARIABLES_MAX_BYTES}` });
    this.#variables = new Payload(text);
    return text;
  }

  /** Made when a step asks for it. */
  get services(): StepServices {
    return (this.#services ??= servicesOf(this));
  }

  /** The snapshot of the variables as it is stored, if there is one. */
  get variablesText(): string | null {
    return this.#variables?.text ?? null;
  }

  input(): unknown {
    return this.#input.value;
  }

  trigger(): unknown {
    return this.#trigger === null ? null : this.#trigger.value;
  }

  variables(): unknown {
    if (!this.#mayReadVariables) throw this.acting.refuse(READ_VARIABLES, "see variables");
    return this.#variables?.value ?? {};
  }

  run(): unknown {
    return this.info;
  }

  workspace(): unknown {
    return this.#workspace;
  }

  get baseUrl(): string {
    return this.#workspace?.baseUrl ?? "";
  }

  isForEach(loop: string): boolean {
    return this.workflow.plan.nodes[loop]?.kind === "forEach";
  }

  caughtBy(container: Path): ErrorRef | null {
    const { state } = this;
    if (state === undefined) return null;
    return locate(this.workflow.plan, state, container)?.status.box?.caught ?? null;
  }

  /** Keeps the error of an attempt readable after its slot has closed, as long as something may still tell of it. */
  rememberError(path: Path, attempt: number, error: StepError): void {
    if (this.#errors.size >= MAX_ERRORS) this.#errors.delete(this.#errors.keys().next().value ?? "");
    this.#errors.set(`${path}#${attempt}`, error);
  }

  keepOutput(path: Path, output: Payload): void {
    this.#kept.set(path, output);
  }

  /** It leaves once: it has arrived, or is kept again for the next slot around. */
  takeOutput(path: Path): Payload | undefined {
    const kept = this.#kept.get(path);
    this.#kept.delete(path);
    return kept;
  }

  errorOf(ref: ErrorRef): StepError | Promise<StepError> {
    if ("code" in ref) return { code: ref.code, message: ref.message, path: ref.path };
    return this.#errors.get(`${ref.path}#${ref.attempt}`) ?? this.#storedError(ref.path, ref.attempt);
  }

  async #storedError(path: Path, attempt: number): Promise<StepError> {
    const stored = await this.values.read({ path, what: "error", attempt });
    return (stored?.value as StepError | undefined) ?? { code: "unknown", message: "the error is not known any more", path };
  }
}

const READ_VARIABLES = { permission: "variable:read" } as const;
const MAX_ERRORS = 2_000;
