import os from "node:os";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { createQueuePool } from "@/server/queue/queue-pool";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { startAlerts } from "@/server/alerts/service";
import { startAuditStreams } from "@/server/audit-streams/service";
import { startFacts } from "@/server/facts/service";
import { startRetention } from "@/server/retention/service";
import { startWorkerTelemetry, type Tracing } from "@/server/telemetry/service";
import { startTriggers } from "@/server/triggers/service";
import { version } from "@/package.json";
import { openInstallationPorts } from "@/server/worker/installation-ports";
import { createWorker, type Worker, type WorkerOptions } from "@/server/worker/worker";
import { capacityHere } from "@/server/worker/capacity";
import { WorkerRow } from "@/server/worker/worker-row";

export interface InstallationWorker {
  readonly worker: Worker;
  readonly store: PgRunStore;
  /** Drains, gives back what is held, and closes what it opened (but not the process's shared connections). */
  stop(): Promise<void>;
}

const QUEUE_CONNECTIONS = 6;

interface Surroundings {
  /** Asks the process to drain and end. */
  drain?: () => void;
  tracing?: Tracing | null;
}

/** A worker of this installation, as `npm start` and the headless command line run it. */
export function startInstallationWorker(report: NonNullable<WorkerOptions["report"]>, options: Partial<WorkerOptions> = {}, { drain, tracing = null }: Surroundings = {}): InstallationWorker {
  const pool = createQueuePool({ max: QUEUE_CONNECTIONS });
  const store = new PgRunStore({ pool, listenUrl: env.DATABASE_DIRECT_URL, leaseSeconds: env.LEASE_SECONDS });
  const ports = openInstallationPorts();
  const id = newId();
  const slots = env.WORKER_SLOTS;
  const capacity = capacityHere();
  const name = `${os.hostname()}-${process.pid}`;
  const telemetry = startWorkerTelemetry(name, tracing);
  const worker = createWorker({
    id,
    store,
    ports,
    pools: env.WORKER_POOLS,
    slots,
    capacity,
    leaseSeconds: env.LEASE_SECONDS,
    drainSeconds: env.DRAIN_SECONDS,
    settings: { inlineMaxBytes: env.PAYLOAD_INLINE_MAX_BYTES },
    report,
    observer: telemetry.observer,
    ...options,
  });
  const row = new WorkerRow({ id, name, version, pools: options.pools ?? env.WORKER_POOLS, slots, capacity }, () => worker.stats(), (error) => report(error, null), {
    metrics: env.METRICS_TOKEN === undefined ? undefined : telemetry.metrics,
    drain: drain === undefined ? undefined : { seconds: env.DRAIN_SECONDS, pause: () => worker.pause(), resume: () => worker.resume(), end: drain },
    takeLost: (workerIds) => store.takeLost(workerIds),
  });
  worker.start();
  row.start();
  // One that serves a pool of its own is there for one run.
  const triggers = options.pools === undefined ? startTriggers((error) => report(error, null)) : null;
  const alerts = options.pools === undefined ? startAlerts((error) => report(error, null)) : null;
  const facts = options.pools === undefined ? startFacts((error) => report(error, null)) : null;
  const auditStreams = options.pools === undefined ? startAuditStreams((error) => report(error, null)) : null;
  const retention = triggers === null ? null : startRetention((error) => report(error, null));
  return {
    worker,
    store,
    stop: async () => {
      // Its runs are handed over at once, whatever the others still have to end.
      const drained = worker.stop();
      await row.set("draining");
      await Promise.all([triggers?.stop(), facts?.stop(), retention?.stop(), auditStreams?.stop(), alerts?.stop()]);
      await drained;
      await row.set("stopped");
      await store.close();
      await ports.close();
      await pool.end();
      await telemetry.stop();
    },
  };
}
