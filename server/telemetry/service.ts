export { noteDispatched } from "./dispatch-metric";
export { metricsResponse } from "./metrics-response";
export { startWorkerTelemetry, type WorkerTelemetry } from "./observer";
export { inRequestSpan } from "./request-span";
export { requestTrace } from "./request-trace";
export { startTracing, type Tracing } from "./tracing";
