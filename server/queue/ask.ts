import { createHash } from "node:crypto";
import { sharedPool } from "@/server/db/client";

/** Questions that come within so long of each other are asked in one statement. */
const GATHER_MS = 5;
/** A statement that took longer, or failed, has one question to blame: for some time each is asked alone, so that the others get their answers. */
const SLOW_MS = 200;
const ALONE_MS = 60_000;

interface Asked {
  answer: Promise<boolean>;
  settle(answer: boolean): void;
  fail(error: unknown): void;
}

// A development server reloads modules; what has been asked survives it here.
const holder = globalThis as typeof globalThis & { millraceQuestions?: Map<string, Asked> };
let aloneUntil = -Infinity;

/**
 * Whether this condition, a constant SQL expression, holds now. Whoever looks for work once a second asks this first: most looks find
 * nothing, and those of one process that come together cost one statement instead of one each.
 */
export function ask(condition: string): Promise<boolean> {
  const gathering = (holder.millraceQuestions ??= new Map());
  if (gathering.size === 0) setTimeout(() => void answerAll(), GATHER_MS);
  let asked = gathering.get(condition);
  if (asked === undefined) gathering.set(condition, (asked = open()));
  return asked.answer;
}

function open(): Asked {
  let settle!: (answer: boolean) => void;
  let fail!: (error: unknown) => void;
  const answer = new Promise<boolean>((resolve, reject) => ([settle, fail] = [resolve, reject]));
  return { answer, settle, fail };
}

async function answerAll(): Promise<void> {
  const questions = [...(holder.millraceQuestions ?? [])].toSorted(([one], [other]) => (one < other ? -1 : 1));
  holder.millraceQuestions = new Map();
  if (questions.length > 1 && performance.now() >= aloneUntil && (await answerTogether(questions))) return;
  await Promise.all(
    questions.map(async ([condition, { settle, fail }]) => {
      try {
        settle((await look([condition]))[0] === true);
      } catch (error) {
        fail(error);
      }
    }),
  );
}

/** False: nobody was answered. */
async function answerTogether(questions: readonly (readonly [condition: string, Asked])[]): Promise<boolean> {
  const begun = performance.now();
  try {
    const answers = await look(questions.map(([condition]) => condition));
    questions.forEach(([, { settle }], index) => settle(answers[index] === true));
    if (performance.now() - begun > SLOW_MS) aloneUntil = performance.now() + ALONE_MS;
    return true;
  } catch {
    aloneUntil = performance.now() + ALONE_MS;
    return false;
  }
}

async function look(conditions: readonly string[]): Promise<(boolean | null)[]> {
  const text = `SELECT ${conditions.map((condition, index) => `(${condition}) AS q${index}`).join(", ")}`;
  const { rows } = await sharedPool().query<Record<string, boolean | null>>({ name: `ask-${createHash("sha1").update(text).digest("hex")}`, text });
  return conditions.map((_, index) => rows[0]?.[`q${index}`] ?? null);
}
