import { createHash, timingSafeEqual } from "node:crypto";
import { AggregatorRegistry, collectDefaultMetrics, Registry } from "prom-client";
import { sharedPool } from "@/server/db/client";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { webMetrics } from "@/server/web-counts/service";
import { addDispatchMetric } from "./dispatch-metric";
import { addGauges } from "./gauges";
import type { WorkerMetric } from "./worker-metrics";

let own: Registry | undefined;

/**
 * `GET /metrics` with `Authorization: Bearer METRICS_TOKEN`: the whole installation in the text format of Prometheus. What workers count
 * is as of their last heartbeat; what the web process tells of itself is of the one that answers. Throws domain errors.
 */
export async function metricsResponse(request: Request): Promise<Response> {
  if (env.METRICS_TOKEN === undefined) throw new DomainError("not_found", { what: "metrics: METRICS_TOKEN is not set" });
  if (!isAuthorized(request.headers.get("authorization"), env.METRICS_TOKEN)) throw new DomainError("unauthenticated", { reason: "Send METRICS_TOKEN as a bearer token." });
  const registry = new Registry();
  await addGauges(registry);
  const families = [await registry.getMetricsAsJSON(), await ownRegistry().getMetricsAsJSON(), webMetrics() as unknown as WorkerMetric[], ...(await workerMetrics())];
  return new Response(await AggregatorRegistry.aggregate(families).metrics(), { headers: { "content-type": Registry.PROMETHEUS_CONTENT_TYPE, "cache-control": "no-store" } });
}

/** Digests have one length, so that the comparison tells nothing about the token. */
function isAuthorized(header: string | null, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}

function ownRegistry(): Registry {
  if (own === undefined) {
    own = new Registry();
    own.setDefaultLabels({ worker: "" });
    addDispatchMetric(own);
    collectDefaultMetrics({ register: own });
  }
  return own;
}

/** Of all that beat within the last minute, and of those that stopped within an hour: counters of theirs do not vanish before they were read. */
async function workerMetrics(): Promise<WorkerMetric[][]> {
  const { rows } = await sharedPool().query<{ metrics: WorkerMetric[] }>(
    `SELECT metrics FROM worker WHERE metrics IS NOT NULL
     AND (heartbeat_at > clock_timestamp() - interval '1 minute' OR stopped_at > clock_timestamp() - interval '1 hour')`,
  );
  return rows.map(({ metrics }) => metrics);
}
