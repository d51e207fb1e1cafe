import { FunctionExpressionType, type JSONPathEnvironment } from "json-p3";
import { compileSafeRegex } from "@/server/schema/safe-regex";

/** RE2's worst case for all that one query tests, about a fifth of a second. */
const MAX_WORK = 20_000_000;

/**
 * The functions `match` and `search` of JSONPath with RE2 in place of the language's own expressions: patterns are written by people, or
 * taken from the event itself, and run in the process that answers everybody.
 */
export class PathRegexes {
  #work = 0;

  constructor(environment: JSONPathEnvironment) {
    environment.functionRegister.set("match", this.#functionOf((pattern) => `^(?:${withItsDots(pattern)})$`));
    environment.functionRegister.set("search", this.#functionOf(withItsDots));
  }

  /** Queries are synchronous: what comes next is one. */
  beginQuery(): void {
    this.#work = 0;
  }

  #functionOf(whole: (pattern: string) => string) {
    return {
      argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
      returnType: FunctionExpressionType.LogicalType,
      call: (text: unknown, pattern: unknown): boolean => typeof text === "string" && typeof pattern === "string" && this.#matches(text, whole(pattern)),
    };
  }

  #matches(text: string, pattern: string): boolean {
    const compiled = compileSafeRegex(pattern);
    if (!compiled.ok) return false;
    this.#work += compiled.regex.workFor(text);
    if (this.#work > MAX_WORK) throw new Error("its regular expressions take too long on this value");
    return compiled.regex.test(text);
  }
}

/** A dot of RFC 9485 is neither end of a line; one of RE2 may be a carriage return. */
function withItsDots(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gsu, (part) => (part === "." ? "[^\\n\\r]" : part));
}
