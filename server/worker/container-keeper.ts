import type { EngineCommand, EngineEvent, Path } from "@/server/engine/events";
import { toRecord } from "@/server/engine/journal";
import { parentPath, splitIteration } from "@/server/engine/state";
import { encodeValue } from "@/server/expressions/encoding";
import { enterContainer, exitContainer, iterateContainer, type ContainerEnd } from "@/server/worker/container-execution";
import { Payload } from "@/server/worker/payload";
import { iterationsBegun } from "@/server/worker/replay";
import { recordRow } from "@/server/worker/rows";
import type { RunSession } from "@/server/worker/session";

type ContainerCommand = Extract<EngineCommand, { type: "enter" | "iterate" | "exit" }>;

/** Evaluates what containers ask for and writes their rows and those of their iterations. */
export class ContainerKeeper {
  /** When containers and iterations began. */
  readonly #opened = new Map<Path, number>();
  readonly #underWay = new Map<string, ContainerCommand>();

  constructor(private readonly session: RunSession) {}

  isRunning(command: ContainerCommand): boolean {
    return this.#underWay.has(keyOf(command));
  }

  start(command: ContainerCommand): void {
    this.#underWay.set(keyOf(command), command);
    this.noteBegin(command.path);
    void this.session.work(() => this.#evaluate(command).finally(() => this.#leave(command)));
  }

  async #evaluate(command: ContainerCommand): Promise<void> {
    await this.session.options.pacer.pause();
    const { run, now } = this.session;
    const end = await evaluate(run, command, now);
    if (!this.session.isOver) await this.#store(command, end);
  }

  /** The same may have been asked for again by then. */
  #leave(command: ContainerCommand): void {
    if (this.#underWay.get(keyOf(command)) === command) this.#underWay.delete(keyOf(command));
  }

  /** Something begins in the iteration that holds this path: so has the iteration. */
  noteBegin(path: Path): void {
    const around = parentPath(path);
    if (around.endsWith("]") && !this.#opened.has(around)) this.#opened.set(around, this.session.now);
  }

  async #store(command: ContainerCommand, ended: ContainerEnd): Promise<void> {
    const { event } = ended;
    const end = ended.error === null ? ended : { ...ended, error: await this.session.run.payloads.fit(ended.error) };
    if (event.type === "iterated") return void (await this.session.applyPlain(event));
    if (event.type !== "entered" && event.type !== "exited") return;
    if (event.path === "") {
      this.session.runExit = { output: end.output, error: end.error };
      return void (await this.session.apply(event, () => {}));
    }
    const { payloads } = this.session.run;
    const input = end.input === null ? await iterationInput(this.session, event.path) : end.input.text;
    const texts = {
      input: input === null ? null : await payloads.store(input),
      output: end.output === null ? null : await payloads.store(end.output.text),
      error: end.error === null ? null : encodeValue(end.error),
    };
    const iterations = event.type === "exited" ? iterationsBegun(this.session.run.workflow.plan, this.session.state, event.path) : 0;
    await this.session.apply(event, (seq) => this.#record(command, end, event, seq, texts, iterations));
  }

  #record(command: ContainerCommand, end: ContainerEnd, event: EngineEvent & { path: Path }, seq: number, texts: { input: string | null; output: string | null; error: string | null }, iterations: number): void {
    const { run, journal } = this.session;
    const record = toRecord(event, seq);
    if (record?.table !== "step" || command.nodeId === null) return;
    const node = run.workflow.node(command.nodeId);
    const isEntry = record.phase === "enter";
    if (isEntry) this.#opened.set(record.path, record.at);
    const startedAt = this.#opened.get(record.path) ?? record.at;
    journal.buffer.step(recordRow({ path: record.path, attempt: record.attempt, node, startedAt }, record, texts));
    const error = end.error === null ? null : new Payload(texts.error ?? "null");
    run.values.set(record.path, { attempt: record.attempt, status: record.status, output: end.output, error, input: isEntry ? end.input : null });
    if (end.error !== null) run.rememberError(record.path, record.attempt, end.error);
    if (isEntry) return;
    this.#opened.delete(record.path);
    run.values.drop(record.path, iterations);
    const iteration = node.plan.role === "while" ? splitIteration(record.path) : null;
    if (iteration !== null) run.values.forget(`${iteration.loop}[${iteration.index - 1}]`);
  }
}

function keyOf(command: ContainerCommand): string {
  return `${command.type} ${command.path} ${command.type === "iterate" ? command.index : ""}`;
}

function evaluate(run: RunSession["run"], command: ContainerCommand, now: number): Promise<ContainerEnd> {
  switch (command.type) {
    case "enter":
      return enterContainer(run, command, now);
    case "iterate":
      return iterateContainer(run, command, now);
    case "exit":
      return exitContainer(run, command, now);
  }
}

/** What an iteration was for, as its row shows it. */
async function iterationInput(session: RunSession, path: Path): Promise<string | null> {
  const iteration = splitIteration(path);
  if (iteration === null) return null;
  await session.run.values.load([{ path: iteration.loop, what: "input" }]);
  const items = (session.run.values.get(iteration.loop)?.input?.value as { items?: unknown[] } | null | undefined)?.items;
  return encodeValue(items === undefined ? { index: iteration.index } : { index: iteration.index, item: items[iteration.index] });
}
