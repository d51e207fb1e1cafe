import { createHash } from "node:crypto";
import { sharedPool } from "@/server/db/client";

/** Questions that come within so long of each other are asked in one statement. */
const GATHER_MS = 5;

interface Asked {
  answer: Promise<boolean>;
  settle(answer: boolean): void;
  fail(error: unknown): void;
}

// A development server reloads modules; what has been asked survives it here.
const holder = globalThis as typeof globalThis & { millraceQuestions?: Map<string, Asked> };

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
  const text = `SELECT ${questions.map(([condition], index) => `(${condition}) AS q${index}`).join(", ")}`;
  try {
    const { rows } = await sharedPool().query<Record<string, boolean>>({ name: `ask-${createHash("sha1").update(text).digest("hex")}`, text });
    questions.forEach(([, { settle }], index) => settle(rows[0]?.[`q${index}`] === true));
  } catch (error) {
    for (const [, { fail }] of questions) fail(error);
  }
}
