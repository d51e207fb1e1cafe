import { DomainError } from "@/server/errors/domain-error";

/** The price of a guess grows with the length; whoever types more than this has typed enough. */
const WEIGHED_CHARACTERS = 40;
/** 0 to 4; 3: more than 10⁸ guesses. */
const SCORE_MIN = 3;

interface Weigher {
  check(password: string, personal: string[]): { score: number; feedback: { warning: string | null } };
}

let weigher: Promise<Weigher> | undefined;

/** Words, names, keyboard rows, dates and repetitions; no list of leaked passwords. Some 20 MB: loaded with the first new password. */
async function loadWeigher(): Promise<Weigher> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs }, english] = await Promise.all([
    import("@zxcvbn-ts/core"), import("@zxcvbn-ts/language-common"), import("@zxcvbn-ts/language-en"),
  ]);
  return new ZxcvbnFactory({ dictionary: english.dictionary, graphs: adjacencyGraphs, translations: english.translations });
}

/** Refuses what is guessed easily, with the reason. `personal`: what everybody knows of this person. */
export async function requireStrongPassword(password: string, personal: readonly string[], field = "password"): Promise<void> {
  weigher ??= loadWeigher();
  const { score, feedback } = (await weigher).check(password.slice(0, WEIGHED_CHARACTERS), wordsOf(["Millrace", ...personal]));
  if (score >= SCORE_MIN) return;
  const because = feedback.warning === null ? "" : `: ${feedback.warning.replace(/\.$/, "")}`;
  throw new DomainError("invalid_input", { field, reason: `is easy to guess${because}. Make it longer, of words that do not belong together` });
}

function wordsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [text, text.replace(/[^\p{L}\p{N}]+/gu, ""), ...text.split(/[^\p{L}\p{N}]+/u)]).filter((word) => word.length > 2);
}
