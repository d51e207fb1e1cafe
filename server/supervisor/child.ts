import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { projectRoot } from "@/server/supervisor/local-environment";
import { complain } from "@/server/supervisor/say";

export interface ChildPlan {
  readonly name: string;
  /** Default: this very `node`. */
  readonly program?: string;
  /** Arguments of `node`. */
  readonly parameters: readonly string[];
  readonly variables: NodeJS.ProcessEnv;
  /** How long it may take to end after SIGTERM. */
  readonly graceMs: number;
  /** Whether its grace time running out is nothing to report. */
  readonly quiet?: boolean;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** A child that lived so long has recovered: its next crash counts as the first. */
const STABLE_MS = 60_000;
export const DIE_WITH_PARENT = path.join(import.meta.dirname, "die-with-parent.mjs");

/** Before the restart that follows the n-th crash in a row. */
export function restartDelay(crashes: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, crashes - 1));
}

/**
 * A process that is started again whenever it ends unasked. It has a process group of its own: Ctrl-C reaches the
 * supervisor alone, which then stops its children in the right order.
 */
export class SupervisedChild {
  private process: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  private crashes = 0;
  private stopping = false;

  constructor(private readonly plan: ChildPlan) {}

  get pid(): number | undefined {
    return this.process?.pid;
  }

  start(): void {
    const { name, parameters, variables, graceMs } = this.plan;
    const startedAt = performance.now();
    let child: ChildProcess;
    try {
      child = spawn(this.plan.program ?? process.execPath, ["--import", DIE_WITH_PARENT, ...parameters], {
        cwd: projectRoot,
        env: { ...variables, MILLRACE_STOP_MS: String(graceMs) },
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        detached: true,
      });
    } catch (error) {
      return this.startLater(`could not be started (${(error as Error).message})`, startedAt);
    }
    this.process = child;
    child.once("error", (error) => {
      // The machine has no process, file or memory for it just now: there is no exit to hear of.
      if (child.pid !== undefined) return complain(`${name}: ${error.message}`);
      this.process = undefined;
      this.startLater(`could not be started (${error.message})`, startedAt);
    });
    child.once("exit", (code, signal) => this.startLater(`ended (${signal ?? `code ${code}`})`, startedAt));
  }

  private startLater(what: string, startedAt: number): void {
    if (this.stopping) return;
    this.crashes = performance.now() - startedAt > STABLE_MS ? 1 : this.crashes + 1;
    const delayMs = restartDelay(this.crashes);
    complain(`The ${this.plan.name} ${what}; starting it again in ${delayMs / 1000} s.`);
    this.restart = setTimeout(() => this.start(), delayMs);
  }

  /** Asks the child to end; kills it when its grace time is over. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const { name, graceMs, quiet } = this.plan;
    await new Promise<void>((resolve) => {
      const killTimer = setTimeout(() => {
        if (!quiet) complain(`The ${name} did not end within ${graceMs / 1000} s and was killed.`);
        child.kill("SIGKILL");
      }, graceMs);
      child.once("exit", () => {
        clearTimeout(killTimer);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }

  kill(): void {
    this.stopping = true;
    clearTimeout(this.restart);
    this.process?.kill("SIGKILL");
  }
}
