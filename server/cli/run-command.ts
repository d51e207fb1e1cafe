import type { RunDetail } from "@/server/runs/contract";
import { EXIT, type ExitCode } from "./exit-codes";
import { readInput, readWorkflowFile, requireValid } from "./files";
import { takeInterrupts } from "./interrupts";
import { exitCodeOf, RunReport } from "./run-report";
import type { RunTarget } from "./run-target";

export interface RunOptions {
  input?: string;
  environment?: string;
  quiet?: boolean;
}

const FINAL = ["succeeded", "failed", "cancelled"];

/** Runs a workflow file to its end; steps are told on stderr, the output is all that stdout gets. */
export async function runFile(fileName: string, options: RunOptions, openTarget: () => Promise<RunTarget>, out = process.stdout, err = process.stderr): Promise<ExitCode> {
  const print = (line: string) => void err.write(`${line}\n`);
  const file = readWorkflowFile(fileName);
  requireValid(file, print);
  const input = readInput(options.input, file);
  const target = await openTarget();
  try {
    const runId = await target.start({ definition: file.definition, name: file.name, input, ...(options.environment === undefined ? {} : { environment: options.environment }) });
    print(`Run ${runId}`);
    const stopListening = cancelOnInterrupt(() => target.cancel(runId), print);
    const run = await followToEnd(target, runId, new RunReport(options.quiet === true ? () => {} : print)).finally(stopListening);
    const { output, error } = await target.result(run);
    if (run.status === "succeeded") out.write(`${JSON.stringify(output, null, 2)}\n`);
    else if (run.status === "failed") print(JSON.stringify(error, null, 2));
    return exitCodeOf(run);
  } finally {
    await target.close();
  }
}

async function followToEnd(target: RunTarget, runId: string, report: RunReport): Promise<RunDetail> {
  for (let afterSeq = 0; ; ) {
    const { run, steps, seq, more } = await target.follow(runId, afterSeq);
    report.steps(steps);
    afterSeq = seq;
    if (!more && FINAL.includes(run.status)) {
      report.end(run);
      return run;
    }
  }
}

/** The first Ctrl-C asks the run to end, with its `finally` slots; the second gives up on it. */
function cancelOnInterrupt(cancel: () => Promise<void>, print: (line: string) => void): () => void {
  let asked = false;
  const interrupt = () => {
    if (asked) process.exit(EXIT.cancelled);
    asked = true;
    print("Cancelling; once more to leave at once.");
    cancel().catch((error: unknown) => print((error as Error).message));
  };
  return takeInterrupts(interrupt);
}
