import type { Tracer } from "@opentelemetry/api";
import type { SpanExporter } from "@opentelemetry/sdk-trace-node";
import { env } from "@/server/env";
import type { PresetIds } from "./preset-ids";

export interface Tracing {
  tracer: Tracer;
  ids: PresetIds;
  flush(): Promise<void>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/**
 * Traces go where `OTEL_EXPORTER_OTLP_ENDPOINT` says; without it nothing is traced, and the SDK is no burden. The SDK reads the other
 * standard variables itself: headers, time limits, sampler, attributes of the resource.
 */
export async function startTracing(part: "web" | "worker", exporter?: SpanExporter): Promise<Tracing | null> {
  if (exporter === undefined && (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined || env.OTEL_SDK_DISABLED)) return null;
  const { openTracing } = await import("./open-tracing");
  return openTracing(part, exporter);
}
