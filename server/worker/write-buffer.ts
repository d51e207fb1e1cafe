import type { EventRecord } from "@/server/engine/journal";
import type { LogLine, NewMessage, NewRun, RunWrite, StepWrite, WaitWrite } from "@/server/engine/ports";
import type { Path } from "@/server/engine/events";

type Amendment = { path: Path; attempt: number; value: string };

/** What one run has to make durable with its next flush. Writes to the same step run become one row, which does not change once it has ended. */
export class WriteBuffer {
  #steps = new Map<string, StepWrite>();
  #events: EventRecord[] = [];
  #logs: LogLine[] = [];
  #checkpoints = new Map<string, Amendment>();
  #progress = new Map<string, Amendment>();
  #waits: WaitWrite[] = [];
  #children: NewRun[] = [];
  #messages: NewMessage[] = [];
  #finish: RunWrite["finish"];
  #frees: RunWrite["frees"];
  #freesSteps: Path[] = [];
  #vars: string | undefined;
  #resetTakeovers = false;
  #isCleared = false;

  constructor(private readonly run: { id: string; workspaceId: string; epoch: number }) {}

  get isEmpty(): boolean {
    return (
      this.#steps.size === 0 &&
      this.#events.length === 0 &&
      this.#logs.length === 0 &&
      this.#checkpoints.size === 0 &&
      this.#progress.size === 0 &&
      this.#waits.length === 0 &&
      this.#finish === undefined &&
      !this.#isCleared
    );
  }

  step(write: StepWrite): void {
    const key = `${write.path}#${write.attempt}`;
    const before = this.#steps.get(key);
    if (before === undefined) {
      this.#steps.set(key, write);
      return;
    }
    if (before.finishedAt !== null) return;
    this.#steps.set(key, {
      ...write,
      entry: write.entry ?? before.entry,
      end: write.end ?? before.end,
      input: write.input ?? before.input ?? null,
      output: write.output ?? before.output ?? null,
      error: write.error ?? before.error ?? null,
      startedAt: before.startedAt,
    });
  }

  event(record: EventRecord): void {
    this.#events.push(record);
  }

  log(line: LogLine): void {
    this.#logs.push(line);
  }

  checkpoint(path: Path, attempt: number, value: string): void {
    this.#checkpoints.set(`${path}#${attempt}`, { path, attempt, value });
  }

  progress(path: Path, attempt: number, value: string): void {
    this.#progress.set(`${path}#${attempt}`, { path, attempt, value });
  }

  wait(write: WaitWrite): void {
    this.#waits.push(write);
  }

  child(run: NewRun): void {
    this.#children.push(run);
  }

  message(message: NewMessage): void {
    this.#messages.push(message);
  }

  variables(text: string): void {
    this.#vars = text;
  }

  resetTakeovers(): void {
    this.#resetTakeovers = true;
  }

  clear(): void {
    this.#isCleared = true;
  }

  finish(end: NonNullable<RunWrite["finish"]>, frees: RunWrite["frees"]): void {
    this.#finish = end;
    this.#frees = frees;
  }

  freeStepPlace(path: Path): void {
    this.#freesSteps.push(path);
  }

  /** Hands over what has gathered and starts anew. */
  take(): RunWrite {
    const write: RunWrite = {
      runId: this.run.id,
      workspaceId: this.run.workspaceId,
      epoch: this.run.epoch,
      steps: [...this.#steps.values()],
      events: this.#events,
      logs: this.#logs,
      checkpoints: [...this.#checkpoints.values()],
      progress: [...this.#progress.values()],
      waits: this.#waits,
      children: this.#children,
      messages: this.#messages,
      ...(this.#vars === undefined ? {} : { vars: this.#vars }),
      ...(this.#resetTakeovers ? { resetTakeovers: true } : {}),
      ...(this.#isCleared ? { isCleared: true } : {}),
      ...(this.#finish === undefined ? {} : { finish: this.#finish }),
      ...(this.#frees === undefined ? {} : { frees: this.#frees }),
      ...(this.#freesSteps.length === 0 ? {} : { freesSteps: this.#freesSteps }),
    };
    this.#empty();
    return write;
  }

  /** Of all that has gathered, what steps have said and how far they are; null: nothing. */
  takeSaid(): RunWrite | null {
    if (this.#logs.length === 0 && this.#progress.size === 0) return null;
    const { logs, progress, ...others } = this.take();
    this.#add({ ...others, logs: [], progress: [] });
    return { ...new WriteBuffer(this.run).take(), logs, progress };
  }

  /** What was handed over could not be written: it comes before what has gathered since. */
  putBack(write: RunWrite): void {
    for (const one of [write, this.take()]) this.#add(one);
  }

  #add(write: RunWrite): void {
    for (const step of write.steps) this.step(step);
    this.#events.push(...write.events);
    this.#logs.push(...write.logs);
    for (const { path, attempt, value } of write.checkpoints) this.checkpoint(path, attempt, value);
    for (const { path, attempt, value } of write.progress) this.progress(path, attempt, value);
    this.#waits.push(...write.waits);
    this.#children.push(...write.children);
    this.#messages.push(...write.messages);
    this.#freesSteps.push(...(write.freesSteps ?? []));
    this.#finish ??= write.finish;
    this.#frees ??= write.frees;
    this.#vars ??= write.vars;
    this.#resetTakeovers ||= write.resetTakeovers === true;
    this.#isCleared ||= write.isCleared === true;
  }

  #empty(): void {
    this.#steps = new Map();
    this.#events = [];
    this.#logs = [];
    this.#checkpoints = new Map();
    this.#progress = new Map();
    this.#waits = [];
    this.#children = [];
    this.#messages = [];
    this.#freesSteps = [];
    this.#finish = undefined;
    this.#frees = undefined;
    this.#vars = undefined;
    this.#resetTakeovers = false;
    this.#isCleared = false;
  }
}
