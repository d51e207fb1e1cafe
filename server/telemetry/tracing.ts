import { trace, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace-node";
import { version } from "@/package.json";
import { env } from "@/server/env";
import { PresetIds } from "./preset-ids";

export interface Tracing {
  tracer: Tracer;
  ids: PresetIds;
  flush(): Promise<void>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/**
 * Traces go where `OTEL_EXPORTER_OTLP_ENDPOINT` says; without it nothing is traced. The SDK reads the other standard variables itself:
 * headers, time limits, sampler, attributes of the resource.
 */
export function startTracing(part: "web" | "worker", exporter?: SpanExporter): Tracing | null {
  if (exporter === undefined && (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined || env.OTEL_SDK_DISABLED)) return null;
  const ids = new PresetIds();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": env.OTEL_SERVICE_NAME, "service.version": version, "service.namespace": "millrace", "millrace.process": part }).merge(detectResources({ detectors: [envDetector] })),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter ?? new OTLPTraceExporter())],
  });
  provider.register();
  return { tracer: trace.getTracer("millrace", version), ids, flush: () => provider.forceFlush(), stop: () => provider.shutdown() };
}
