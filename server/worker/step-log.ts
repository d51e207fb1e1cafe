import { encodeValue } from "@/server/expressions/encoding";
import { storableText } from "@/server/expressions/storable";
import type { LogLine } from "@/server/engine/ports";
import type { Attempt } from "@/server/worker/attempt";
import type { RunContext } from "@/server/worker/run-context";

const MAX_MESSAGE_CHARACTERS = 16_384;

/** Log lines of a run's steps. What exceeds the cap of an attempt is counted and said, never silently dropped. */
export class StepLog {
  readonly #written = new Map<string, number>();

  constructor(
    private readonly run: RunContext,
    private readonly write: (line: LogLine) => void,
  ) {}

  add(attempt: Attempt, level: LogLine["level"], message: string, fields?: Record<string, unknown>): void {
    const key = `${attempt.path}#${attempt.number}`;
    const count = (this.#written.get(key) ?? 0) + 1;
    this.#written.set(key, count);
    if (count > this.run.worker.settings.maxLogLines) return;
    this.#line(attempt, level, message, fields);
  }

  /** The attempt has ended. */
  end(attempt: Attempt): void {
    const key = `${attempt.path}#${attempt.number}`;
    const dropped = (this.#written.get(key) ?? 0) - this.run.worker.settings.maxLogLines;
    this.#written.delete(key);
    if (dropped > 0) this.#line(attempt, "warn", `${dropped} more lines were not kept: an attempt may log ${this.run.worker.settings.maxLogLines}`);
  }

  #line(attempt: Attempt, level: LogLine["level"], message: string, fields?: Record<string, unknown>): void {
    const { redaction, worker } = this.run;
    this.write({
      path: attempt.path,
      attempt: attempt.number,
      level,
      // Cut afterwards: half a secret would not be recognized.
      message: shortened(redaction.text(storableText(message))),
      ...(fields === undefined ? {} : { fields: encodedFields(redaction.value(fields)) }),
      at: worker.clock.now(),
    });
  }
}

function encodedFields(fields: Record<string, unknown>): string {
  try {
    return encodeValue(fields);
  } catch (error) {
    return encodeValue({ unreadable: error instanceof Error ? error.message : String(error) });
  }
}

function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE_CHARACTERS) return message;
  return `${message.slice(0, MAX_MESSAGE_CHARACTERS)}… (${message.length - MAX_MESSAGE_CHARACTERS} more characters)`;
}
