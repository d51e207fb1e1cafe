import { RE2JS } from "re2js";

/** A user's regular expression that runs in linear time: RE2, so without lookaround and backreferences. */
export interface SafeRegex {
  /** Whether the pattern matches anywhere in the text. Throws RegexLimitError when that would take too long. */
  test(text: string): boolean;
  /** The most steps that a test of this text can take. */
  workFor(text: string): number;
}

export type SafeRegexResult = { ok: true; regex: SafeRegex } | { ok: false; message: string };

export class RegexLimitError extends Error {
  override name = "RegexLimitError";
}

const MAX_PATTERN_CHARACTERS = 2_000;
const MAX_INSTRUCTIONS = 5_000;
/** Instructions times characters: RE2's worst case, about half a second. */
const MAX_WORK = 50_000_000;
const CACHED_PATTERNS = 500;

const FLAGS: Readonly<Record<string, number>> = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL, u: 0, g: 0 };
const cache = new Map<string, SafeRegexResult>();

export function compileSafeRegex(pattern: string, flags = ""): SafeRegexResult {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const result = compile(pattern, flags);
  const [oldest] = cache.keys();
  if (cache.size >= CACHED_PATTERNS && oldest !== undefined) cache.delete(oldest);
  cache.set(key, result);
  return result;
}

function compile(pattern: string, flags: string): SafeRegexResult {
  if (pattern.length > MAX_PATTERN_CHARACTERS) return { ok: false, message: `a pattern may have at most ${MAX_PATTERN_CHARACTERS} characters` };
  const unknown = [...flags].find((flag) => !Object.hasOwn(FLAGS, flag));
  if (unknown !== undefined) return { ok: false, message: `the flag ${unknown} is not supported` };
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern), [...flags].reduce((bits, flag) => bits | FLAGS[flag]!, 0));
    const instructions = compiled.programSize();
    if (instructions > MAX_INSTRUCTIONS) return { ok: false, message: "the pattern is too large" };
    const workFor = (text: string) => instructions * text.length;
    const test = (text: string) => {
      if (workFor(text) > MAX_WORK) throw new RegexLimitError(`a text of ${text.length} characters is too long for this pattern`);
      return compiled.test(text);
    };
    return { ok: true, regex: { test, workFor } };
  } catch (error) {
    return { ok: false, message: describe(error) };
  }
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error);
  const isLookaround = /`\(\?<?[=!]/.test(message);
  return isLookaround ? "lookahead and lookbehind are not supported" : /escape sequence: `\\\d/.test(message) ? "backreferences are not supported" : message;
}
