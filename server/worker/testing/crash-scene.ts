import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import { expect } from "vitest";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { definitionSchema, type DefinitionInput } from "@/server/engine/definition";
import type { NewMessage, NewRun } from "@/server/engine/ports";
import { insertRuns } from "@/server/queue/enqueue";
import { deliver, lockRuns } from "@/server/queue/messages";
import { patiently } from "@/server/queue/patience";
import { bundledProgram } from "@/server/testing/bundled-program";
import { makeWorkspace } from "@/server/testing/factories";
import { hashDefinition } from "@/server/workflows/definition-hash";

export const CRASH_LEASE_SECONDS = 2;
const WORKER = await bundledProgram(path.resolve(import.meta.dirname, "../../testing/crash-worker.ts"));
const ROOT = path.resolve(import.meta.dirname, "../../..");
const PATIENCE_MS = 120_000;

/** A child worker process, killed or paused at will. */
export class CrashWorker {
  readonly exited: Promise<NodeJS.Signals | number | null>;
  readonly errors: string[] = [];
  readonly #process: ChildProcess;
  readonly #silent: Promise<void>;
  readonly #lines: string[] = [];
  #heard: (() => void)[] = [];

  constructor(variables: Record<string, string> = {}) {
    this.#process = spawn(process.execPath, [WORKER], {
      cwd: ROOT,
      env: { ...process.env, LEASE_SECONDS: String(CRASH_LEASE_SECONDS), DRAIN_SECONDS: "1", ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.exited = new Promise((resolve) => this.#process.once("exit", (code, signal) => resolve(signal ?? code)));
    const said = readline.createInterface({ input: this.#process.stdout! }).on("line", (line) => {
      this.#lines.push(line);
      for (const heard of this.#heard.splice(0)) heard();
    });
    this.#silent = new Promise((resolve) => said.once("close", resolve));
    readline.createInterface({ input: this.#process.stderr! }).on("line", (line) => this.errors.push(line));
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Resolves once the worker has said a line that begins so. */
  async said(beginning: string): Promise<string> {
    let says = true;
    for (;;) {
      const line = this.#lines.find((one) => one.startsWith(beginning));
      if (line !== undefined) return line;
      if (!says) throw new Error(`The worker ended (${await this.exited}) and never said "${beginning}":\n${this.errors.join("\n")}`);
      const heard = new Promise<boolean>((resolve) => this.#heard.push(() => resolve(true)));
      says = await Promise.race([heard, this.#silent.then(() => false)]);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    await this.exited;
  }
}

/** A workspace with workflows and runs, and what is to be true of them afterwards. */
export class CrashScene {
  readonly #versions = new Map<string, { workflowId: string; versionId: string; signals: boolean }>();
  /** Runs that wait, or will, for a signal which is sent while their workers die. */
  readonly #unsignalled: string[] = [];
  readonly #cancelled = new Set<string>();

  private constructor(readonly workspaceId: string) {}

  static async open(): Promise<CrashScene> {
    await sharedPool().query("CREATE TABLE IF NOT EXISTS crash_effect (run_id uuid NOT NULL, path text NOT NULL, attempt int NOT NULL, key text NOT NULL); GRANT INSERT ON crash_effect TO millrace_worker");
    return new CrashScene((await makeWorkspace()).id);
  }

  async publish(name: string, input: DefinitionInput): Promise<void> {
    const definition = definitionSchema.parse(input);
    const [workflowId, versionId] = [newId(), newId()];
    const { workspaceId } = this;
    await rawDb().workflow.create({ data: { id: workflowId, workspaceId, name, slug: name, draft: {} } });
    await rawDb().workflowVersion.create({
      data: { id: versionId, workspaceId, workflowId, number: 1, listed: true, definition: JSON.parse(JSON.stringify(definition)) as object, hash: hashDefinition(definition) },
    });
    await rawDb().workflow.update({ where: { id: workflowId }, data: { publishedVersionId: versionId, latestNumber: 1 } });
    this.#versions.set(name, { workflowId, versionId, signals: definition.nodes.some(({ kind }) => kind === "wait.signal") });
  }

  /** Starts runs with inputs `{ n: 0 }`, `{ n: 1 }` … Of those that wait for a signal every second one has it before its wait opens. */
  async start(name: string, count: number): Promise<string[]> {
    const { workflowId, versionId, signals } = this.#versions.get(name)!;
    const runs = Array.from({ length: count }, (_, n): NewRun => {
      const id = newId();
      return {
        id, workspaceId: this.workspaceId, workflowId, versionId, mode: "production", pool: "default", priority: 0, input: JSON.stringify({ n }),
        trigger: null, triggerKind: "manual", parent: null, rootRunId: id, depth: 0, labels: {}, options: {},
      };
    });
    await insertRuns(sharedPool(), runs);
    const ids = runs.map((run) => run.id);
    if (!signals) return ids;
    await this.#send(ids.filter((_, n) => n % 2 === 0), { kind: "signal", name: "go", payload: '"on"', key: "go" });
    this.#unsignalled.push(...ids.filter((_, n) => n % 2 === 1));
    return ids;
  }

  /** To those that have none yet, wherever they are just now. */
  async signal(): Promise<void> {
    const ids = this.#unsignalled.splice(0);
    await this.#send(ids, { kind: "signal", name: "go", payload: '"on"', key: "go" });
  }

  async cancel(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#cancelled.add(id);
    await this.#send(ids, { kind: "cancel", name: null, payload: '{"source":"user"}', key: "cancel" });
  }

  async #send(ids: readonly string[], message: Pick<NewMessage, "kind" | "name" | "payload" | "key">): Promise<void> {
    if (ids.length === 0) return;
    await patiently(PATIENCE_MS, async () => {
      const client = await sharedPool().connect();
      try {
        await client.query("BEGIN");
        const there = await lockRuns(client, ids);
        await deliver(client, [...there].map((runId) => ({ runId, path: null, attempt: null, ...message })));
        await client.query("COMMIT");
      } finally {
        // Whatever became of it: a transaction that was not committed ends with its connection.
        client.release(true);
      }
    });
  }

  async expectCancelled(ids: readonly string[]): Promise<void> {
    const ended = await this.#rows<{ status: string; count: number }>("SELECT status, count(*)::int AS count FROM run WHERE workspace_id = $1 AND id = ANY ($2) GROUP BY status", ids);
    expect(ended).toEqual([{ status: "cancelled", count: ids.length }]);
  }

  async unfinished(): Promise<number> {
    const [left] = await this.#rows<{ count: number }>("SELECT count(*)::int AS count FROM run_queue WHERE workspace_id = $1");
    return left!.count;
  }

  /** From then on runs stand at every step there is: some are done, and those without their signal are not. */
  async untilOneFinished(): Promise<void> {
    while ((await this.#rows("SELECT FROM run WHERE workspace_id = $1 AND parent_run_id IS NULL AND status = 'succeeded' LIMIT 1")).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async untilAllFinished(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      await this.signal();
      const left = await this.unfinished();
      if (left === 0) return;
      if (performance.now() > deadline) throw new Error(`${left} run(s) are unfinished: ${JSON.stringify(await this.#rows("SELECT * FROM run_queue WHERE workspace_id = $1 LIMIT 3"))}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Every run has ended as an undisturbed one does (or as one that was cancelled), and no step has two completed attempts. */
  async expectUndisturbed(ids: readonly string[], outputOf: (n: number) => unknown): Promise<void> {
    const runs = await rawDb().run.findMany({ where: { id: { in: [...ids] } } });
    const byId = new Map(runs.map((run) => [run.id, run]));
    const ended = ids.map((id) => ({ status: byId.get(id)?.status, output: byId.get(id)?.output, error: byId.get(id)?.error }));
    // A cancel may come when all is done.
    const isCancelled = (n: number): boolean => this.#cancelled.has(ids[n]!) && ended[n]!.status === "cancelled";
    expect(ended).toEqual(ids.map((_, n) => (isCancelled(n) ? { status: "cancelled", output: null, error: null } : { status: "succeeded", output: outputOf(n), error: null })));
    expect(await this.#rows("SELECT run_id, path FROM step_run WHERE workspace_id = $1 AND status = 'succeeded' GROUP BY 1, 2 HAVING count(*) > 1")).toEqual([]);
    expect(await this.#rows("SELECT run_id, path, status FROM step_run WHERE workspace_id = $1 AND (finished_at IS NULL OR attempt > CASE WHEN path = 'shaky' THEN 2 ELSE 1 END)")).toEqual([]);
    expect(await this.#rows("SELECT run_id, attempt, status FROM step_run WHERE workspace_id = $1 AND path = 'shaky' AND status <> 'cancelled' AND (attempt = 1) <> (status = 'failed')")).toEqual([]);
    expect(await this.#rows("SELECT run_id, path FROM wait WHERE workspace_id = $1 AND status = 'open'")).toEqual([]);
    const journal = `SELECT run_id, count(*), max(s) FROM (
      SELECT run_id, seq AS s FROM step_run WHERE workspace_id = $1 AND seq IS NOT NULL
      UNION ALL SELECT run_id, enter_seq FROM step_run WHERE workspace_id = $1 AND enter_seq IS NOT NULL
      UNION ALL SELECT run_id, seq FROM run_event WHERE workspace_id = $1) j
      GROUP BY run_id HAVING count(*) <> max(s) OR count(DISTINCT s) <> count(*)`;
    expect(await this.#rows(journal)).toEqual([]);
    expect(await this.#rows("SELECT DISTINCT e.key FROM crash_effect e JOIN run r ON r.id = e.run_id WHERE r.workspace_id = $1 AND e.key <> e.run_id || ':' || e.path")).toEqual([]);
  }

  /** How often an effect was carried out more than once: what at-least-once costs. */
  async repeatedEffects(): Promise<number> {
    return (await this.#rows("SELECT 1 FROM crash_effect e JOIN run r ON r.id = e.run_id WHERE r.workspace_id = $1 GROUP BY e.run_id, e.path, e.attempt HAVING count(*) > 1")).length;
  }

  async #rows<Row>(text: string, ...values: readonly unknown[]): Promise<Row[]> {
    return (await sharedPool().query(text, [this.workspaceId, ...values])).rows as Row[];
  }
}

type Nodes = DefinitionInput["nodes"];
const inLoop = { parent: { id: "loop", slot: "body" } };

/** Something of everything: effects, one that is tried again, a loop, waits that leave memory, for a time and for a signal, a child run, a handled error. */
export const MIXED: DefinitionInput = {
  schema: 1,
  nodes: [
    { id: "first", kind: "set", config: { values: { n: "{{ input.n }}" } } },
    { id: "call", kind: "effect", config: { value: "{{ steps.first.output.n * 2 }}", ms: 5 } },
    { id: "loop", kind: "forEach", config: { items: "{{ [1, 2, 3, 4] }}", mode: "parallel", limit: 2, result: "{{ steps.each.output + steps.call.output }}" } },
    { id: "each", kind: "effect", config: { value: "{{ item * 10 }}", ms: 3 }, ...inLoop },
    { id: "pause", kind: "delay", config: { seconds: 0.05 } },
    { id: "shaky", kind: "effect", config: { value: "{{ input.n + 7 }}", failures: 1 }, retry: { maxAttempts: 3, delaySeconds: 0.02, jitter: 0 } },
    { id: "go", kind: "wait.signal", config: { signal: "go" } },
    { id: "child", kind: "subworkflow", config: { workflow: "child", input: { n: "{{ input.n }}" } } },
    { id: "try", kind: "tryCatch", config: { result: "{{ steps.handle.output.code }}" } },
    { id: "bad", kind: "fail", config: { message: "expected", code: "expected" }, parent: { id: "try", slot: "body" } },
    { id: "handle", kind: "set", config: { values: { code: "{{ error.code }}" } }, parent: { id: "try", slot: "catch" } },
    { id: "last", kind: "set", config: { values: { sum: "{{ steps.loop.output }}", child: "{{ steps.child.output }}", caught: "{{ steps.try.output }}", shaky: "{{ steps.shaky.output }}", went: "{{ steps.go.output }}" } } },
  ] as Nodes,
  edges: ["first>call", "call>loop", "loop>pause", "pause>shaky", "shaky>go", "go>child", "child>try", "try>last"].map((edge) => ({ from: edge.split(">")[0]!, to: edge.split(">")[1]! })),
  output: "{{ steps.last.output }}",
};

export const CHILD: DefinitionInput = {
  schema: 1,
  nodes: [
    { id: "a", kind: "effect", config: { value: "{{ input.n + 1 }}" } },
    { id: "b", kind: "set", config: { values: { n: "{{ steps.a.output * 100 }}" } } },
  ],
  edges: [{ from: "a", to: "b" }],
};

export function mixedOutput(n: number): unknown {
  return { sum: [10, 20, 30, 40].map((each) => each + n * 2), child: { n: (n + 1) * 100 }, caught: "expected", shaky: n + 7, went: "on" };
}

/** What ends by its time alone: an attempt, a wait, a child run. */
export const TIMED: DefinitionInput = {
  schema: 1,
  nodes: [
    { id: "slow", kind: "effect", config: { value: 1, ms: 600_000 }, timeoutSeconds: 0.2, onError: "route" },
    { id: "never", kind: "wait.signal", config: { signal: "never", expiresAfterSeconds: 2 } },
    { id: "overdue", kind: "subworkflow", config: { workflow: "overdue" }, onError: "route" },
    { id: "last", kind: "set", config: { values: { slow: "{{ steps.slow.error.code }}", overdue: "{{ steps.overdue.error.code }}" } } },
  ] as Nodes,
  edges: [{ from: "slow", port: "error", to: "never" }, { from: "never", port: "expired", to: "overdue" }, { from: "overdue", port: "error", to: "last" }],
  output: "{{ steps.last.output }}",
};

export const OVERDUE: DefinitionInput = {
  schema: 1,
  nodes: [{ id: "never", kind: "wait.signal", config: { signal: "never" } }] as Nodes,
  edges: [],
  settings: { timeoutSeconds: 2 },
};
