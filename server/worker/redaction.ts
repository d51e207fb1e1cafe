import type { SecretText } from "@/server/expressions/secret-text";
import type { Acting } from "@/server/worker/acting";
import type { Redactor, SecretSource } from "@/server/worker/ports";
import { StepFailure } from "@/server/worker/step-failure";

/** The secrets a run has used since this worker claimed it: handed to runners, and kept out of all that is written. */
export class Redaction {
  readonly #known = new Map<string, string>();
  #redactor: Redactor | null = null;

  constructor(
    private readonly source: SecretSource,
    private readonly acting: Pick<Acting, "require">,
    private readonly workspaceId: string,
    private readonly runId: string,
  ) {}

  async reveal(text: SecretText): Promise<string> {
    // Also what is known already: meanwhile whom the run acts for may have lost the right.
    if (text.names.length > 0) await this.acting.require({ permission: "secret:use" }, `use the secret ${text.names.join(", ")}`);
    const missing = text.names.filter((name) => !this.#known.has(name));
    if (missing.length > 0) await this.#resolve(missing);
    return text.reveal((name) => this.#known.get(name) ?? "");
  }

  async #resolve(names: string[]): Promise<void> {
    const found = await this.source.resolve(this.workspaceId, this.runId, names);
    for (const name of names) {
      const value = found.get(name);
      if (value === undefined) throw new StepFailure({ code: "unknown_secret", message: `there is no secret ${name}` });
      this.#known.set(name, value);
    }
    this.#redactor = this.source.redactor(this.#known);
  }

  /** What is as secret as a secret, and none of the workspace's. */
  hide(name: string, value: string): void {
    this.#known.set(name, value);
    this.#redactor = this.source.redactor(this.#known);
  }

  text(text: string): string {
    return this.#redactor === null ? text : this.#redactor.text(text);
  }

  piece(text: string): { text: string; rest: string } {
    return this.#redactor === null ? { text, rest: "" } : this.#redactor.piece(text);
  }

  /** Text in a file is text; what is none stays as it is. */
  file(data: Uint8Array): Uint8Array {
    if (this.#redactor === null) return data;
    const text = textOf(data);
    const hidden = text === null ? null : this.#redactor.text(text);
    return hidden === null || hidden === text ? data : Buffer.from(hidden, "utf8");
  }

  value<Value>(value: Value): Value {
    return this.#redactor === null ? value : this.#redactor.value(value);
  }
}

function textOf(data: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return null;
  }
}
