import { MAX_TEXT_CHARACTERS } from "@/server/expressions/limits";

export type ExpressionErrorCode =
  | "threw"
  | "syntax"
  | "timeout"
  | "memory"
  | "output_too_large"
  | "unavailable";

/** Why an expression has no value. Plain data: it is stored with the step that failed. */
export interface ExpressionError {
  code: ExpressionErrorCode;
  message: string;
  /** The expression's source, without the braces. */
  expression: string;
  /** JSON pointer of the config field that holds it. */
  path: string;
  /** Offset of the expression in that field's text. */
  position: number;
}

/** Something wrong with a template before anything is evaluated. */
export interface TemplateProblem {
  /** JSON pointer of the config field. */
  path: string;
  offset: number;
  message: string;
}

/** Thrown inside the interpreter for what JavaScript would throw; never leaves `server/expressions`. */
export class InterpretationError extends Error {
  override name = "InterpretationError";
}

/** Thrown while a text is put together from its evaluated parts; never leaves `server/expressions`. */
export class TextTooLong extends Error {
  override name = "TextTooLong";

  constructor(readonly path: string) {
    super(`the text is longer than ${MAX_TEXT_CHARACTERS} characters`);
  }
}

/** Thrown inside the interpreter when an operand's semantics are QuickJS's business; never leaves `server/expressions`. */
export class NeedsSandbox extends Error {
  override name = "NeedsSandbox";
}
