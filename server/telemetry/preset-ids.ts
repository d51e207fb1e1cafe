import { type IdGenerator, RandomIdGenerator } from "@opentelemetry/sdk-trace-node";

interface Ids {
  traceId: string;
  spanId: string;
}

/** Random ids, but for a span that is made inside of `with`. */
export class PresetIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #preset: Ids | null = null;

  with<Result>(ids: Ids, make: () => Result): Result {
    this.#preset = ids;
    try {
      return make();
    } finally {
      this.#preset = null;
    }
  }

  generateTraceId = (): string => this.#preset?.traceId ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.#preset?.spanId ?? this.#random.generateSpanId();
}
