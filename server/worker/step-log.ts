import { encodeValue } from "@/server/expressions/encoding";
import { storableText } from "@/server/expressions/storable";
import type { LogLine } from "@/server/engine/ports";
import type { Attempt } from "@/server/worker/attempt";
import type { RunContext } from "@/server/worker/run-context";

const MAX_MESSAGE_CHARACTERS = 16_384;

/** Log lines of a run's steps. What exceeds the cap of an attempt is counted and said, never silently dropped. */
export class StepLog {
  readonly #written = new Map<string, number>();
  /** Fields that are too large for a row are being put away: what is said meanwhile comes after them. */
  #putAway: Promise<void> | undefined;

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

  /** Resolves once every line is handed over. */
  get settled(): Promise<void> | undefined {
    return this.#putAway;
  }

  #line(attempt: Attempt, level: LogLine["level"], message: string, given?: Record<string, unknown>): void {
    const { redaction, worker, payloads } = this.run;
    // Cut afterwards: half a secret would not be recognized.
    const line = { path: attempt.path, attempt: attempt.number, level, message: shortened(redaction.text(storableText(message))), at: worker.clock.now() };
    const fields = given === undefined ? undefined : payloads.storeFields(encodedFields(redaction.value(given)));
    if (this.#putAway === undefined && !(fields instanceof Promise)) return this.write(fields === undefined ? line : { ...line, fields });
    const handedOver = this.#after(line, fields);
    this.#putAway = handedOver;
    // Whoever waits for it hears of a failure.
    handedOver.catch(() => {});
  }

  async #after(line: LogLine, fields: string | Promise<string> | undefined): Promise<void> {
    const [stored] = await Promise.all([fields, this.#putAway]);
    this.write(stored === undefined ? line : { ...line, fields: stored });
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
