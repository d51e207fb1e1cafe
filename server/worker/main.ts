import "@/server/dot-env";
import pino from "pino";
import { closeConnections, connectAsWorker, sharedPool } from "@/server/db/client";
import { connectionRoom, describeShortage } from "@/server/db/connection-budget";
import { describeOpenTenantLock } from "@/server/db/tenant-lock";
import { env, requireValidEnvironment } from "@/server/env";
import { openMasterKeys } from "@/server/secrets/service";
import { startTracing } from "@/server/telemetry/service";
import { startInstallationWorker } from "@/server/worker/installation-worker";

requireValidEnvironment();
connectAsWorker();
await openMasterKeys();
const logger = pino({ level: env.LOG_LEVEL, name: "worker" });
const { worker, stop } = startInstallationWorker((error, run) => {
  logger.error({ err: error, ...(run === null ? {} : { runId: run.id, workspaceId: run.workspaceId }) }, run === null ? "worker" : "run");
}, {}, { drain: () => void shutDown("drain command"), tracing: await startTracing("worker") });
logger.info({ workerId: worker.id, pools: env.WORKER_POOLS, slots: env.WORKER_SLOTS }, "started");

// The database may not be there yet; then whoever starts the next worker is told.
describeOpenTenantLock()
  .then((open) => open !== null && logger.warn(open))
  .catch((error: unknown) => logger.debug({ err: error }, "the roles could not be looked at"));
connectionRoom(sharedPool())
  .then((room) => describeShortage(room, { web: 0, workers: 1, poolSize: env.DATABASE_POOL_SIZE, isWebPooled: false }))
  .then((shortage) => shortage !== null && logger.warn(shortage))
  .catch((error: unknown) => logger.debug({ err: error }, "the connections could not be counted"));

// A promise that a step's library forgot must not end the steps of others.
process.on("unhandledRejection", (reason) => logger.error({ err: reason }, "unhandled rejection"));

let stopping = false;

/** Ctrl-C reaches the supervisor and this process at once, so the second signal is not impatience. */
async function shutDown(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, "draining");
  await stop();
  await closeConnections();
  logger.info("stopped");
  process.exit(0);
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void shutDown(signal));
