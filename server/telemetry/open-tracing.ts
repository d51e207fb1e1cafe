import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace-node";
import { version } from "@/package.json";
import { env } from "@/server/env";
import { PresetIds } from "./preset-ids";
import type { Tracing } from "./tracing";

export function openTracing(part: "web" | "worker", exporter: SpanExporter = new OTLPTraceExporter()): Tracing {
  const ids = new PresetIds();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": env.OTEL_SERVICE_NAME, "service.version": version, "service.namespace": "millrace", "millrace.process": part }).merge(detectResources({ detectors: [envDetector] })),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return { tracer: trace.getTracer("millrace", version), ids, flush: () => provider.forceFlush(), stop: () => provider.shutdown() };
}
