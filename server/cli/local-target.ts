import { closeLiveHub } from "@/server/live/hub";
import { serveSamples } from "@/server/examples/serve";
import { startInlineRun, cancelRun, readResult } from "@/server/runs/service";
import { followSteps } from "@/server/live/follow-steps";
import { startTracing } from "@/server/telemetry/service";
import { startInstallationWorker } from "@/server/worker/installation-worker";
import { DomainError } from "@/server/errors/domain-error";
import { commandPool } from "@/server/queue/abandoned-pools";
import { CommandError, EXIT } from "./exit-codes";
import { openInstallation, openLocalScope } from "./installation";
import { FOLLOW_SECONDS, type RunTarget } from "./run-target";

/** This process: the installation's database, and a worker that serves nothing but this run and its children. */
export async function localTarget(source: NodeJS.ProcessEnv, workspace: string | undefined): Promise<RunTarget> {
  // Without a server, its sample pages (which the examples read) come from here.
  const samples = source.MILLRACE_URL ? null : await serveSamples();
  if (samples !== null) source.MILLRACE_URL = samples.baseUrl;
  const installation = await openInstallation(source);
  const pool = commandPool();
  try {
    const scope = await openLocalScope(workspace);
    const worker = startInstallationWorker((error) => void process.stderr.write(`${(error as Error).message}\n`), { pools: [pool] }, { tracing: await startTracing("worker") });
    return {
      start: (given) => explained(async () => (await startInlineRun({ scope }, given, "cli", pool)).runId),
      follow: (runId, afterSeq) => followSteps({ scope }, { runId, afterSeq }, FOLLOW_SECONDS),
      cancel: async (runId) => {
        await cancelRun({ scope }, { runId, reason: "Cancelled on the command line" });
      },
      result: ({ id }) => readResult({ scope }, id),
      close: async () => {
        await worker.stop();
        await closeLiveHub();
        await installation.close();
        await samples?.close();
      },
    };
  } catch (error) {
    await installation.close();
    await samples?.close();
    throw error;
  }
}

async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError) throw new CommandError(EXIT.badInput, error.message);
    throw error;
  }
}
