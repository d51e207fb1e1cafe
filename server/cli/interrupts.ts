import { EXIT } from "./exit-codes";

type Undo = () => unknown;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const undos = new Set<Undo>();
let taken: (() => void) | undefined;
let isLeaving = false;

/** What is to be undone should the command be interrupted before `done` (the answer) is called. */
export function whenInterrupted(undo: Undo): () => void {
  undos.add(undo);
  return () => void undos.delete(undo);
}

/** While a command has its own answer to Ctrl-C. */
export function takeInterrupts(answer: () => void): () => void {
  taken = answer;
  return () => void (taken = undefined);
}

/** Whatever fails from then on fails because of it. */
export function isInterrupted(): boolean {
  return isLeaving;
}

/** Ctrl-C, a closed terminal, or whoever ends the command: it leaves nothing behind, and its code says so. The second time it goes at once. */
export function listenForInterrupts(): void {
  // With its terminal closed there is nowhere to write to.
  process.on("SIGHUP", () => [process.stdout, process.stderr].forEach((stream) => stream.on("error", () => {})));
  for (const signal of SIGNALS) process.on(signal, () => (taken === undefined ? void leave() : taken()));
}

async function leave(): Promise<void> {
  if (isLeaving) process.exit(EXIT.cancelled);
  isLeaving = true;
  // The last thing that was begun goes first: a file before the database that it was written from.
  for (const undo of [...undos].toReversed()) {
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
    }
  }
  process.exit(EXIT.cancelled);
}
