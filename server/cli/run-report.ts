import type { RunDetail, StepSummary } from "@/server/runs/contract";
import { EXIT, type ExitCode } from "./exit-codes";

const MARKS: Record<StepSummary["status"], string> = { running: "▸", waiting: "…", succeeded: "✓", failed: "✗", skipped: "-", cancelled: "■" };

/** Says each change of each step run once, in the order in which they happened. */
export class RunReport {
  private readonly told = new Map<string, string>();

  constructor(private readonly print: (line: string) => void) {}

  steps(steps: readonly StepSummary[]): void {
    for (const step of steps) {
      const key = `${step.path}#${step.attempt}`;
      if (this.told.get(key) === step.status) continue;
      this.told.set(key, step.status);
      this.print(describeStep(step));
    }
  }

  end(run: RunDetail): void {
    const duration = run.finishedAt === null ? "" : ` after ${durationOf(run.createdAt, run.finishedAt)}`;
    this.print(`${run.status}${duration}${run.failure === null ? "" : `: ${describeFailure(run.failure)}`}`);
  }
}

function describeStep(step: StepSummary): string {
  const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : "";
  const duration = step.finishedAt === null ? "" : ` ${durationOf(step.startedAt, step.finishedAt)}`;
  const failure = step.failure === null ? "" : `: ${step.failure.message}`;
  return `${MARKS[step.status]} ${step.path} (${step.kind}${attempt}) ${step.status}${duration}${failure}`;
}

function describeFailure({ code, message, path }: NonNullable<RunDetail["failure"]>): string {
  return `${path === undefined ? "" : `${path}: `}${message} (${code})`;
}

function durationOf(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function exitCodeOf(run: RunDetail): ExitCode {
  if (run.status === "succeeded") return EXIT.succeeded;
  return run.status === "cancelled" ? EXIT.cancelled : EXIT.failed;
}
