import { afterAll, beforeAll } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { followSteps } from "@/server/live/follow-steps";
import { closeLiveHub } from "@/server/live/hub";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import type { RunDetail } from "../contract";
import { isFinal } from "../service";

/** A worker carries out runs while the tests of a file run; afterwards all connections are closed. */
export function workWhileTesting(): void {
  let worker: InstallationWorker;
  beforeAll(() => {
    worker = startInstallationWorker(() => {});
  });
  afterAll(async () => {
    await worker.stop();
    await closeLiveHub();
    await closeConnections();
  });
}

export async function untilRun(scope: Scope, runId: string, isThere: (run: RunDetail) => boolean): Promise<RunDetail> {
  for (let afterSeq = 0; ; ) {
    const { run, seq } = await followSteps({ scope }, { runId, afterSeq }, 1);
    if (isThere(run)) return run;
    afterSeq = seq;
  }
}

export function untilEnded(scope: Scope, runId: string): Promise<RunDetail> {
  return untilRun(scope, runId, ({ status }) => isFinal(status));
}
